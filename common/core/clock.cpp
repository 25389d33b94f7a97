#include "core/clock.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::array month_names = {
    "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"};

// Downwards, also before 1970, so that the fraction that is left is never negative.
std::time_t whole_seconds(Timestamp when) {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

bool is_possible(const std::tm& parts) {
    const std::chrono::year_month_day day(
        std::chrono::year(parts.tm_year + 1900),
        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
        std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
    return day.ok() && parts.tm_hour < 24 && parts.tm_min < 60 && parts.tm_sec < 60;
}

std::tm local_parts(Timestamp when) {
    const std::time_t seconds = whole_seconds(when);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

Timestamp SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

std::string clock_text(Timestamp when) {
    const std::tm parts = local_parts(when);
    std::array<char, 16> text{};
    (void)std::snprintf(text.data(), text.size(), "%02d:%02d", parts.tm_hour, parts.tm_min);
    return text.data();
}

std::string date_text(Timestamp when) {
    const std::tm parts = local_parts(when);
    const auto month = static_cast<std::size_t>(parts.tm_mon);
    return std::to_string(parts.tm_mday) + ' ' + month_names.at(month) + ' '
           + std::to_string(parts.tm_year + 1900);
}

std::string date_time_text(Timestamp when) {
    return date_text(when) + ", " + clock_text(when);
}

std::optional<Timestamp> local_midnight(const std::string& date, int days_later) {
    constexpr std::size_t shape = 10;
    int year = 0;
    int month = 0;
    int day = 0;
    const auto number = [&](std::size_t at, std::size_t digits, int& value) {
        const char* end = date.data() + at + digits;
        return std::from_chars(date.data() + at, end, value).ptr == end;
    };
    const bool fine = date.size() == shape && date[4] == '-' && date[7] == '-' && number(0, 4, year)
                      && number(5, 2, month) && number(8, 2, day);
    std::tm parts{};
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_mday = day;
    if (!fine || !is_possible(parts)) {
        return std::nullopt;
    }
    parts.tm_mday += days_later;
    parts.tm_isdst = -1;
    return Timestamp(std::chrono::seconds(mktime(&parts)));
}

std::string iso_text(Timestamp when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::string text = "0000-00-00 00:00:00.000000+00";
    const auto put = [&text](std::size_t at, std::size_t digits, std::int64_t value) {
        for (std::size_t i = digits; i > 0; --i, value /= 10) {
            text[at + i - 1] = static_cast<char>('0' + value % 10);
        }
    };
    put(0, 4, static_cast<int>(date.year()));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, time.hours().count());
    put(14, 2, time.minutes().count());
    put(17, 2, time.seconds().count());
    put(20, 6, time.subseconds().count());
    return text;
}

Timestamp parse_iso(const std::string& text) {
    constexpr std::size_t shape = 19;  // "2026-11-21 20:35:00"
    const auto fail = [&] { return Failure("not a timestamp in UTC: " + text); };
    const bool has_shape = text.size() > shape && text[4] == '-' && text[7] == '-'
                           && (text[10] == ' ' || text[10] == 'T') && text[13] == ':'
                           && text[16] == ':';
    if (!has_shape) {
        throw fail();
    }
    const auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        const char* end = text.data() + at + digits;
        if (std::from_chars(text.data() + at, end, value).ptr != end) {
            throw fail();
        }
        return value;
    };
    std::tm parts{};
    parts.tm_year = number(0, 4) - 1900;
    parts.tm_mon = number(5, 2) - 1;
    parts.tm_mday = number(8, 2);
    parts.tm_hour = number(11, 2);
    parts.tm_min = number(14, 2);
    parts.tm_sec = number(17, 2);
    if (!is_possible(parts)) {
        throw fail();
    }
    long micros = 0;
    std::size_t rest = shape;
    if (text[rest] == '.') {
        long unit = 100000;
        for (++rest; rest < text.size() && text[rest] >= '0' && text[rest] <= '9'; ++rest) {
            micros += unit * (text[rest] - '0');
            unit /= 10;
        }
    }
    const std::string_view zone = std::string_view(text).substr(rest);
    if (zone != "+00" && zone != "Z") {
        throw fail();
    }
    return Timestamp(std::chrono::seconds(timegm(&parts)) + std::chrono::microseconds(micros));
}

}  // namespace ventanilla
