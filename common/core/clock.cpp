#include "core/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::array month_names = {
    "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"};

std::tm local_parts(Timestamp when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
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

std::string iso_text(Timestamp when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    const auto whole = std::chrono::floor<std::chrono::seconds>(when);
    const auto micros = static_cast<long>((when - whole).count());
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    (void)std::snprintf(text.data(),
                        text.size(),
                        "%04d-%02d-%02d %02d:%02d:%02d.%06ld+00",
                        parts.tm_year + 1900,
                        parts.tm_mon + 1,
                        parts.tm_mday,
                        parts.tm_hour,
                        parts.tm_min,
                        parts.tm_sec,
                        micros);
    return text.data();
}

Timestamp parse_iso(const std::string& text) {
    std::tm parts{};
    int used = 0;
    // NOLINTNEXTLINE(cert-err34-c): the field count and the range check of timegm's input follow
    if (std::sscanf(text.c_str(),
                    "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d%n",
                    &parts.tm_year,
                    &parts.tm_mon,
                    &parts.tm_mday,
                    &parts.tm_hour,
                    &parts.tm_min,
                    &parts.tm_sec,
                    &used)
        != 6) {
        throw Failure("not a timestamp: " + text);
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    long micros = 0;
    auto rest = static_cast<std::size_t>(used);
    if (rest < text.size() && text[rest] == '.') {
        long unit = 100000;
        for (++rest; rest < text.size() && text[rest] >= '0' && text[rest] <= '9'; ++rest) {
            micros += unit * (text[rest] - '0');
            unit /= 10;
        }
    }
    if (text.substr(rest) != "+00" && text.substr(rest) != "Z") {
        throw Failure("not a timestamp in UTC: " + text);
    }
    return Timestamp(std::chrono::seconds(timegm(&parts)) + std::chrono::microseconds(micros));
}

}  // namespace ventanilla
