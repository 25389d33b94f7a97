#include "core/money.h"

#include <algorithm>

#include "core/errors.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr std::size_t most_digits = 14;  // numeric(14,2)
constexpr std::size_t decimals = 2;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_digit);
}

// Of at most eighteen digits, which always fit.
std::int64_t number_of(std::string_view digits) {
    std::int64_t number = 0;
    for (const char c : digits) {
        number = number * 10 + (c - '0');
    }
    return number;
}

std::string two_digits(std::int64_t value) {
    return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

// "1,350" without its commas; absent when they do not stand between thousands.
std::optional<std::string> ungrouped(std::string_view whole) {
    constexpr std::size_t group = 3;
    std::string digits;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        const std::size_t behind = whole.size() - at - 1;
        if (whole[at] != ',') {
            digits += whole[at];
        } else if (at == 0 || behind % (group + 1) != group) {
            return std::nullopt;
        }
    }
    const std::size_t commas = whole.size() - digits.size();
    const bool is_complete = commas == 0 || commas == (digits.size() - 1) / group;
    return is_complete && !digits.empty() && are_digits(digits) ? std::optional(digits)
                                                                : std::nullopt;
}

// "1350" and "5" as 135050; absent when there is no room.
std::optional<std::int64_t> joined(std::string_view whole, std::string_view fraction) {
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
    if (whole.size() + decimals > most_digits) {
        return std::nullopt;
    }
    std::string digits(whole);
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    return number_of(digits);
}

// The part behind the point; absent without a point.
std::optional<std::string_view> split_fraction(std::string_view& text) {
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view fraction = text.substr(point + 1);
    text = text.substr(0, point);
    return fraction;
}

}  // namespace

void parse_cell(std::optional<std::string_view> cell, MinorUnits& units) {
    std::string_view text = cell.value_or("NULL");
    const bool is_negative = text.starts_with('-');
    text.remove_prefix(is_negative ? 1 : 0);
    const std::string_view fraction = split_fraction(text).value_or("");
    constexpr std::size_t most_whole_digits = 16;  // of a sum
    if (text.empty() || text.size() > most_whole_digits || fraction.size() > decimals
        || !are_digits(text) || !are_digits(fraction)) {
        throw Failure("not an amount in a column: " + std::string(cell.value_or("NULL")));
    }
    std::string digits(text);
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    units.value = is_negative ? -number_of(digits) : number_of(digits);
}

Money::Money(std::int64_t minor_units, std::string_view currency)
    : minor_(minor_units), currency_(currency) {
    if (!is_currency_code(currency)) {
        throw Failure("not a currency: " + currency_);
    }
}

std::optional<Money> Money::typed(std::string_view text, std::string_view currency) {
    const std::string plain = trimmed(text);
    std::string_view rest = plain;
    if (rest.starts_with('$')) {
        rest.remove_prefix(1);
        rest.remove_prefix(rest.starts_with(' ') ? 1 : 0);
    }
    const auto fraction = split_fraction(rest);
    if (fraction && (fraction->empty() || fraction->size() > decimals || !are_digits(*fraction))) {
        return std::nullopt;
    }
    const auto whole = ungrouped(rest);
    const auto minor = whole ? joined(*whole, fraction.value_or("")) : std::nullopt;
    return minor ? std::optional(Money(*minor, currency)) : std::nullopt;
}

void Money::expect_same_currency(const Money& other) const {
    if (currency_ != other.currency_ || !is_currency_code(currency_) || currency_ == "XXX") {
        throw Failure("amounts of " + currency_ + " and " + other.currency_ + " met");
    }
}

Money& Money::operator+=(const Money& other) {
    expect_same_currency(other);
    if (__builtin_add_overflow(minor_, other.minor_, &minor_)) {
        throw Failure("a sum of money has no room");
    }
    return *this;
}

Money& Money::operator-=(const Money& other) {
    return *this += -other;
}

Money Money::operator+(const Money& other) const {
    Money sum = *this;
    return sum += other;
}

Money Money::operator-(const Money& other) const {
    Money rest = *this;
    return rest -= other;
}

Money Money::operator-() const {
    Money opposite = *this;
    if (__builtin_sub_overflow(std::int64_t{0}, minor_, &opposite.minor_)) {
        throw Failure("a sum of money has no room");
    }
    return opposite;
}

std::strong_ordering Money::operator<=>(const Money& other) const {
    expect_same_currency(other);
    return minor_ <=> other.minor_;
}

std::string Money::plain() const {
    // Unsigned, because the least number has no opposite.
    const auto size = minor_ < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(minor_)
                                 : static_cast<std::uint64_t>(minor_);
    return (minor_ < 0 ? "-" : "") + std::to_string(size / 100) + '.'
           + two_digits(static_cast<std::int64_t>(size % 100));
}

std::string Money::shown(std::string_view own) const {
    std::string text = plain();
    const std::string sign = is_negative() ? "-" : "";
    text.erase(0, sign.size());
    constexpr std::size_t group = 3;
    for (std::size_t at = text.find('.'); at > group; at -= group) {
        text.insert(at - group, 1, ',');
    }
    return sign + '$' + text + (currency_ == own ? "" : ' ' + currency_);
}

bool is_currency_code(std::string_view text) {
    return text.size() == 3
           && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace ventanilla
