// The time of day. Domain code never asks the system itself: it is handed a Clock, so tests set the
// time.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace ventanilla {

// Microseconds since 1970 in UTC, the resolution of PostgreSQL's timestamptz.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override;
};

// A clock that stands still until it is told otherwise.
class FixedClock : public Clock {
  public:
    explicit FixedClock(Timestamp start) : now_(start) {}
    [[nodiscard]] Timestamp now() const override { return now_; }
    void advance(std::chrono::microseconds by) { now_ += by; }

  private:
    Timestamp now_;
};

// How people read a time, in the process's time zone (setting TIME_ZONE): "14:35", "21 nov 2026",
// "21 nov 2026, 14:35".
[[nodiscard]] std::string clock_text(Timestamp when);
[[nodiscard]] std::string date_text(Timestamp when);
[[nodiscard]] std::string date_time_text(Timestamp when);

// Midnight here at the beginning of the day that a date field says ("2026-11-21"), or of the day so
// many days later. Absent for other text.
[[nodiscard]] std::optional<Timestamp> local_midnight(const std::string& date, int days_later = 0);

// "2026-11-21 20:35:00.123456+00", as PostgreSQL writes and reads it, and back. Throws Failure on
// other text.
[[nodiscard]] std::string iso_text(Timestamp when);
[[nodiscard]] Timestamp parse_iso(const std::string& text);

}  // namespace ventanilla
