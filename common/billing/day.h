// Days and months of the calendar here (setting TIME_ZONE): what is due on a day is due wherever
// the database stands.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace ventanilla {

class Day {
  public:
    Day() = default;
    explicit Day(std::chrono::sys_days value) : value_(value) {}

    // The day that it is here at that moment.
    [[nodiscard]] static Day of(Timestamp when);
    // "2026-11-21", as date fields send it and PostgreSQL writes it. Absent for other text and for
    // days that are in no calendar.
    [[nodiscard]] static std::optional<Day> read(std::string_view text);

    [[nodiscard]] std::chrono::sys_days value() const { return value_; }
    [[nodiscard]] std::chrono::year_month_day date() const { return value_; }
    [[nodiscard]] Day plus(int days) const { return Day(value_ + std::chrono::days(days)); }
    // How many days `other` lies ahead; negative when it is past.
    [[nodiscard]] int until(Day other) const {
        return static_cast<int>((other.value_ - value_).count());
    }
    // NOLINTNEXTLINE(modernize-use-nullptr): the check mistakes the 0 that <=> is compared with
    [[nodiscard]] auto operator<=>(const Day&) const = default;

    [[nodiscard]] std::string iso() const;     // "2026-11-21"
    [[nodiscard]] std::string text() const;    // "21 nov 2026"
    [[nodiscard]] Timestamp midnight() const;  // when it begins here

  private:
    std::chrono::sys_days value_;
};

class Month {
  public:
    Month() = default;
    explicit Month(std::chrono::year_month value) : value_(value) {}

    [[nodiscard]] static Month of(Day day);
    // "2026-11". Absent for other text.
    [[nodiscard]] static std::optional<Month> read(std::string_view text);

    [[nodiscard]] Month plus(int months) const {
        return Month(value_ + std::chrono::months(months));
    }
    [[nodiscard]] Day first_day() const;
    [[nodiscard]] Day last_day() const;
    // The day of that number, or the last one of a shorter month.
    [[nodiscard]] Day day(int number) const;
    [[nodiscard]] auto operator<=>(const Month&) const = default;

    [[nodiscard]] std::string iso() const;         // "2026-11"
    [[nodiscard]] std::string text() const;        // "noviembre 2026"
    [[nodiscard]] std::string short_text() const;  // "nov"

  private:
    std::chrono::year_month value_{std::chrono::year(1970), std::chrono::January};
};

// For db::Rows: a column date. Throws Failure for NULL and other text.
void parse_cell(std::optional<std::string_view> cell, Day& day);

}  // namespace ventanilla
