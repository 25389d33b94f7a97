#include "billing/day.h"

#include <array>
#include <charconv>
#include <ctime>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::array month_names = {"enero",
                                    "febrero",
                                    "marzo",
                                    "abril",
                                    "mayo",
                                    "junio",
                                    "julio",
                                    "agosto",
                                    "septiembre",
                                    "octubre",
                                    "noviembre",
                                    "diciembre"};
constexpr std::size_t short_name = 3;

// The digits from `at` on, `count` of them; -1 when they are none.
int number_at(std::string_view text, std::size_t at, std::size_t count) {
    int number = -1;
    const char* end = text.data() + at + count;
    const auto [rest, error] = std::from_chars(text.data() + at, end, number);
    return error == std::errc() && rest == end ? number : -1;
}

std::string padded(int number, std::size_t digits) {
    const std::string text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

Day Day::of(Timestamp when) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return Day(std::chrono::year(parts.tm_year + 1900)
               / std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1))
               / std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
}

std::optional<Day> Day::read(std::string_view text) {
    constexpr std::size_t shape = 10;
    if (text.size() != shape || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const int year = number_at(text, 0, 4);
    const int month = number_at(text, 5, 2);
    const int day = number_at(text, 8, 2);
    if (year < 1 || month < 1 || day < 1) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date(std::chrono::year{year},
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    return date.ok() ? std::optional(Day(date)) : std::nullopt;
}

std::string Day::iso() const {
    const auto day = date();
    return padded(static_cast<int>(day.year()), 4) + '-'
           + padded(static_cast<int>(static_cast<unsigned>(day.month())), 2) + '-'
           + padded(static_cast<int>(static_cast<unsigned>(day.day())), 2);
}

std::string Day::text() const {
    return date_text(midnight());
}

Timestamp Day::midnight() const {
    const auto begin = local_midnight(iso());
    if (!begin) {
        throw Failure("no midnight of " + iso());
    }
    return *begin;
}

Month Month::of(Day day) {
    const auto date = day.date();
    return Month(date.year() / date.month());
}

std::optional<Month> Month::read(std::string_view text) {
    constexpr std::size_t shape = 7;
    const auto first = text.size() == shape ? Day::read(std::string(text) + "-01") : std::nullopt;
    return first ? std::optional(of(*first)) : std::nullopt;
}

Day Month::first_day() const {
    return Day(std::chrono::sys_days(value_ / std::chrono::day(1)));
}

Day Month::last_day() const {
    return Day(std::chrono::sys_days(value_ / std::chrono::last));
}

Day Month::day(int number) const {
    return std::min(first_day().plus(number - 1), last_day());
}

std::string Month::iso() const {
    return first_day().iso().substr(0, 7);
}

std::string Month::text() const {
    return std::string(month_names.at(static_cast<unsigned>(value_.month()) - 1)) + ' '
           + std::to_string(static_cast<int>(value_.year()));
}

std::string Month::short_text() const {
    return std::string(month_names.at(static_cast<unsigned>(value_.month()) - 1))
        .substr(0, short_name);
}

void parse_cell(std::optional<std::string_view> cell, Day& day) {
    const auto read = Day::read(cell.value_or("NULL"));
    if (!read) {
        throw Failure("not a date in a column: " + std::string(cell.value_or("NULL")));
    }
    day = *read;
}

}  // namespace ventanilla
