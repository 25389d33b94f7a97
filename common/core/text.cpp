#include "core/text.h"

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdint>
#include <cwctype>
#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale is POSIX, not C++

#include <arpa/inet.h>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::size_t max_username_characters = 150;
constexpr std::size_t max_email_bytes = 254;
constexpr std::size_t max_email_local_bytes = 64;

// Debian always has C.UTF-8; it knows the letters of every script without a language's rules.
locale_t utf8_locale() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

// How many bytes the character starting with `lead` takes; 0 when none starts so.
std::size_t sequence_size(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        return 4;
    }
    return 0;
}

struct Character {
    std::uint32_t code = 0;
    std::size_t size = 0;  // 0: not a character
};

Character character_at(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = sequence_size(lead);
    if (size == 0 || at + size > text.size()) {
        return {};
    }
    if (size == 1) {
        return {lead, 1};
    }
    std::uint32_t code = lead & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(text[at + i]);
        if ((byte & 0xc0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte & 0x3fU);
    }
    constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < smallest.at(size) || is_surrogate || code > 0x10ffff) {
        return {};
    }
    return {code, size};
}

void append_character(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0U | (code >> 6U));
        text += static_cast<char>(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
        text += static_cast<char>(0xe0U | (code >> 12U));
        text += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
        text += static_cast<char>(0x80U | (code & 0x3fU));
    } else {
        text += static_cast<char>(0xf0U | (code >> 18U));
        text += static_cast<char>(0x80U | ((code >> 12U) & 0x3fU));
        text += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
        text += static_cast<char>(0x80U | (code & 0x3fU));
    }
}

bool is_space(std::uint32_t code) {
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xa0 || code == 0x3000
           || (code >= 0x2000 && code <= 0x200b) || code == 0xfeff;
}

// Of the part before the @: what stands there in practice, in any script. No blanks, controls or
// quotes.
bool is_local_character(std::uint32_t code) {
    if (code < 0x80) {
        return code > 0x20 && code != 0x7f
               && std::string_view("()<>[]:;,\"\\@").find(static_cast<char>(code))
                      == std::string_view::npos;
    }
    return iswgraph_l(static_cast<wint_t>(code), utf8_locale()) != 0 && !is_space(code);
}

bool is_local_part(std::string_view local) {
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) {
        return false;
    }
    for (std::size_t at = 0; at < local.size();) {
        const Character character = character_at(local, at);
        if (!is_local_character(character.code)) {
            return false;
        }
        at += character.size;
    }
    return true;
}

// RFC 1035 2.3.4, and letters of every script.
bool is_domain_label(std::string_view label) {
    constexpr std::size_t max_label_bytes = 63;
    if (label.empty() || label.size() > max_label_bytes || label.front() == '-'
        || label.back() == '-') {
        return false;
    }
    for (std::size_t at = 0; at < label.size();) {
        const Character character = character_at(label, at);
        if (character.code != '-'
            && iswalnum_l(static_cast<wint_t>(character.code), utf8_locale()) == 0) {
            return false;
        }
        at += character.size;
    }
    return true;
}

bool is_domain(std::string_view domain) {
    if (domain.find('.') == std::string_view::npos) {
        return false;
    }
    while (!domain.empty()) {
        const auto end = std::min(domain.find('.'), domain.size());
        if (!is_domain_label(domain.substr(0, end)) || end + 1 == domain.size()) {
            return false;
        }
        domain.remove_prefix(std::min(end + 1, domain.size()));
    }
    return true;
}

}  // namespace

bool is_valid_text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (character.size == 0 || character.code == 0) {
            return false;
        }
        at += character.size;
    }
    return true;
}

std::size_t character_count(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) {
        count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    }
    return count;
}

std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    while (end < text.size() && count > 0) {
        end += character_at(text, end).size;
        --count;
    }
    return std::string(text.substr(0, end));
}

std::string trimmed(std::string_view text) {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool started = false;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (character.size == 0) {
            return std::string(text);
        }
        if (!is_space(character.code)) {
            begin = started ? begin : at;
            started = true;
            end = at + character.size;
        }
        at += character.size;
    }
    return std::string(text.substr(begin, end - begin));
}

std::string folded(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (character.size == 0) {
            return std::string(text);
        }
        append_character(result,
                         static_cast<std::uint32_t>(
                             towlower_l(static_cast<wint_t>(character.code), utf8_locale())));
        at += character.size;
    }
    return result;
}

bool looks_like_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > max_email_local_bytes
        || at + 1 == text.size() || text.size() > max_email_bytes || !is_valid_text(text)) {
        return false;
    }
    return is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

std::string username_characters(std::string_view text) {
    std::string kept;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size() && count < max_username_characters;) {
        const Character character = character_at(text, at);
        if (character.size == 0) {
            break;
        }
        const bool is_mark = character.code < 0x80
                             && std::string_view("@.+-_").find(static_cast<char>(character.code))
                                    != std::string_view::npos;
        if (is_mark || iswalnum_l(static_cast<wint_t>(character.code), utf8_locale()) != 0) {
            kept += text.substr(at, character.size);
            ++count;
        }
        at += character.size;
    }
    return kept;
}

std::string masked_username(std::string_view username) {
    if (username.empty()) {
        return "***";
    }
    std::string masked = first_characters(username, 1) + "***";
    if (character_count(username) > 2) {
        std::size_t last = username.size() - 1;
        while ((static_cast<unsigned char>(username[last]) & 0xc0U) == 0x80U) {
            --last;
        }
        masked += username.substr(last);
    }
    return masked;
}

std::string network_of(const std::string& address) {
    std::array<unsigned char, 16> bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) {
        bytes[3] = 0;
        inet_ntop(AF_INET, bytes.data(), text.data(), text.size());
        return std::string(text.data()) + "/24";
    }
    // An IPv4 visitor of a socket that takes both.
    constexpr std::string_view mapped = "::ffff:";
    if (address.starts_with(mapped) && address.find('.') != std::string::npos) {
        return network_of(address.substr(mapped.size()));
    }
    if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) {
        for (std::size_t i = 7; i < bytes.size(); ++i) {
            bytes.at(i) = 0;
        }
        inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
        return std::string(text.data()) + "/56";
    }
    return address;
}

}  // namespace ventanilla
