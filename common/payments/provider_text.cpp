#include "payments/provider_text.h"

#include <algorithm>
#include <charconv>

#include "core/digest.h"
#include "core/errors.h"
#include "core/text.h"
#include "core/web_address.h"

namespace ventanilla {
namespace {

constexpr std::size_t most_ref_bytes = 255;
constexpr std::size_t most_shown_bytes = 200;

bool is_visible(char c) {
    return c > ' ' && c < 0x7f;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    constexpr std::size_t digits = 2;
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at] == '+' ? ' ' : text[at];
            continue;
        }
        const auto byte = from_hex(text.substr(at + 1, digits));
        if (!byte || byte->size() != 1) {
            return std::nullopt;
        }
        decoded += *byte;
        at += digits;
    }
    return decoded;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// The next piece of `text`, which loses it and the mark behind it.
std::string_view next_piece(std::string_view& text, char mark) {
    const std::size_t end = std::min(text.find(mark), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

// "Z", "+00:00", "-0600" as seconds east of Greenwich.
std::optional<std::chrono::seconds> zone_offset(std::string_view zone) {
    if (zone == "Z") {
        return std::chrono::seconds(0);
    }
    std::string digits(zone.substr(std::min<std::size_t>(1, zone.size())));
    std::erase(digits, ':');
    constexpr std::size_t shape = 4;
    constexpr int hour = 100;
    int value = 0;
    const bool is_number =
        digits.size() == shape && digits.find_first_not_of("0123456789") == std::string::npos
        && std::from_chars(digits.data(), digits.data() + shape, value).ec == std::errc();
    if (!is_number || (zone.front() != '+' && zone.front() != '-')) {
        return std::nullopt;
    }
    const std::chrono::seconds east =
        std::chrono::hours(value / hour) + std::chrono::minutes(value % hour);
    return zone.front() == '-' ? -east : east;
}

}  // namespace

std::string small_letters(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::string capital_letters(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

void FormBody::add(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "" : "&";
    text_ += name;
    text_ += '=' + percent_encoded(value);
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        std::string_view value = next_piece(query, '&');
        if (percent_decoded(next_piece(value, '=')) == name) {
            return percent_decoded(value);
        }
    }
    return std::nullopt;
}

HeaderPairs header_pairs(std::string_view header) {
    HeaderPairs pairs;
    while (!header.empty()) {
        std::string_view value = next_piece(header, ',');
        const std::string_view name = next_piece(value, '=');
        pairs.emplace_back(without_blanks(name), without_blanks(value));
    }
    return pairs;
}

std::optional<Timestamp> epoch_time(std::string_view digits) {
    constexpr std::size_t most_digits = 15;
    constexpr std::size_t digits_of_milliseconds = 13;
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || digits.size() > most_digits || error != std::errc() || stop != end
        || value < 0) {
        return std::nullopt;
    }
    return digits.size() < digits_of_milliseconds ? Timestamp(std::chrono::seconds(value))
                                                  : Timestamp(std::chrono::milliseconds(value));
}

bool is_between(Timestamp when, Timestamp earliest, Timestamp latest) {
    return when >= earliest && when <= latest;
}

std::int64_t epoch_seconds(Timestamp when) {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

std::string iso_time(Timestamp when) {
    constexpr std::size_t between_date_and_time = 10;
    constexpr std::size_t end_of_milliseconds = 23;
    std::string text = iso_text(when).substr(0, end_of_milliseconds);
    text[between_date_and_time] = 'T';
    return text + "+00:00";
}

std::optional<Timestamp> read_iso_time(std::string_view text) {
    constexpr std::size_t end_of_seconds = 19;
    constexpr std::size_t longest = 40;
    const std::size_t zone = text.find_first_of("Z+-", end_of_seconds);
    if (text.size() > longest || zone == std::string_view::npos) {
        return std::nullopt;
    }
    const auto east = zone_offset(text.substr(zone));
    try {
        return east ? std::optional(parse_iso(std::string(text.substr(0, zone)) + 'Z') - *east)
                    : std::nullopt;
    } catch (const Failure&) {
        return std::nullopt;
    }
}

std::string ref_of(const Json& json) {
    const std::string& text = json.text();
    if (json.whole()) {
        return json.number();
    }
    return text.size() <= most_ref_bytes && std::all_of(text.begin(), text.end(), is_visible) ? text
                                                                                              : "";
}

std::string link_of(const Json& json) {
    const auto address = web_address(json.text());
    return address && (address->is_https || is_loopback_host(address->host)) ? json.text() : "";
}

std::string shortened(std::string_view text) {
    std::string shown(text.substr(0, most_shown_bytes));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c != ' ' && !is_visible(c); }, '?');
    return shown;
}

}  // namespace ventanilla
