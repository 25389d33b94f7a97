#include "core/web_address.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace ventanilla {
namespace {

constexpr std::size_t max_address = 2000;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host_name(std::string_view host) {
    return !host.empty() && host.front() != '.' && host.find("..") == std::string_view::npos
           && std::all_of(host.begin(), host.end(), [](char c) {
                  return is_letter_or_digit(c) || c == '-' || c == '.';
              });
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
    });
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

}  // namespace

std::optional<WebAddress> web_address(std::string_view text) {
    constexpr std::string_view plain = "http://";
    constexpr std::string_view secure = "https://";
    WebAddress address;
    address.is_https = lower(text.substr(0, secure.size())) == secure;
    if (!address.is_https && lower(text.substr(0, plain.size())) != plain) {
        return std::nullopt;
    }
    if (text.size() > max_address || !is_plain(text)) {
        return std::nullopt;
    }
    text.remove_prefix(address.is_https ? secure.size() : plain.size());
    const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
    std::string_view authority = text.substr(0, end);
    address.rest = text.substr(end);
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        address.port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
        if (address.port.empty() || !is_digits(address.port)) {
            return std::nullopt;
        }
    }
    address.host = lower(authority);
    return address.host == "[::1]" || is_host_name(address.host) ? std::optional(address)
                                                                 : std::nullopt;
}

bool is_loopback_host(std::string_view host) {
    constexpr unsigned char loopback_net = 127;
    std::array<unsigned char, 4> bytes{};
    const bool is_address = inet_pton(AF_INET, std::string(host).c_str(), bytes.data()) == 1;
    return host == "localhost" || host == "[::1]" || (is_address && bytes[0] == loopback_net);
}

bool is_host_under(std::string_view host, std::string_view domain) {
    return host == domain
           || (host.size() > domain.size() && host.ends_with(domain)
               && host[host.size() - domain.size() - 1] == '.');
}

std::string percent_encoded(std::string_view text, std::string_view also_plain) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view marks = "-._~";
    std::string encoded;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                              || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos
                              || also_plain.find(c) != std::string_view::npos;
        if (is_plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4U];
        encoded += digits[byte & 0xfU];
    }
    return encoded;
}

}  // namespace ventanilla
