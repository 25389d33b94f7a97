// Times as people and PostgreSQL read them.
#include "core/clock.h"

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"

using namespace ventanilla;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// Times that people read follow the process's zone; each case says which.
class InZone {
  public:
    explicit InZone(const char* zone) {
        const char* before = std::getenv("TZ");
        before_ = before == nullptr ? "" : before;
        set(zone);
    }
    InZone(const InZone&) = delete;
    InZone& operator=(const InZone&) = delete;
    ~InZone() { set(before_.c_str()); }

  private:
    static void set(const char* zone) {
        setenv("TZ", zone, 1);
        tzset();
    }
    std::string before_;
};

Timestamp at(std::int64_t seconds, std::int64_t micros = 0) {
    return Timestamp(std::chrono::seconds(seconds) + std::chrono::microseconds(micros));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clock_texts)

BOOST_AUTO_TEST_CASE(a_time_is_shown_in_the_zone_of_the_setting) {
    const InZone zone("America/Mexico_City");
    const Timestamp when = parse_iso("2026-11-21 20:35:00+00");
    BOOST_TEST(clock_text(when) == "14:35");
    BOOST_TEST(date_text(when) == "21 nov 2026");
    BOOST_TEST(date_time_text(when) == "21 nov 2026, 14:35");
}

BOOST_AUTO_TEST_CASE(the_day_is_the_one_of_the_zone) {
    const InZone zone("America/Mexico_City");
    BOOST_TEST(date_text(parse_iso("2026-12-01 05:59:59+00")) == "30 nov 2026");
    BOOST_TEST(date_text(parse_iso("2026-12-01 06:00:00+00")) == "1 dic 2026");
}

BOOST_AUTO_TEST_CASE(every_month_has_its_name) {
    const InZone zone("UTC");
    const std::array names = {
        "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"};
    for (std::size_t month = 0; month < names.size(); ++month) {
        const std::string number =
            month < 9 ? "0" + std::to_string(month + 1) : std::to_string(month + 1);
        BOOST_TEST(date_text(parse_iso("2024-" + number + "-29 12:00:00+00"))
                   == "29 "s + names.at(month) + " 2024");
    }
}

BOOST_AUTO_TEST_CASE(minutes_are_not_rounded_up) {
    const InZone zone("UTC");
    BOOST_TEST(clock_text(parse_iso("2026-01-01 00:00:59.999999+00")) == "00:00");
}

BOOST_AUTO_TEST_CASE(a_time_before_1970_is_shown_right) {
    const InZone zone("UTC");
    BOOST_TEST(date_time_text(parse_iso("1969-12-31 23:59:00+00")) == "31 dic 1969, 23:59");
    BOOST_TEST(clock_text(parse_iso("1969-12-31 23:59:59.500000+00")) == "23:59");
}

BOOST_AUTO_TEST_CASE(iso_text_is_what_postgresql_writes) {
    BOOST_TEST(iso_text(at(0)) == "1970-01-01 00:00:00.000000+00");
    BOOST_TEST(iso_text(at(1795293300, 123456)) == "2026-11-21 20:35:00.123456+00");
    BOOST_TEST(iso_text(at(951782400)) == "2000-02-29 00:00:00.000000+00");
}

BOOST_AUTO_TEST_CASE(iso_text_and_back_is_the_same_moment) {
    for (const std::int64_t seconds :
         {-2208988800LL, -86400LL, -1LL, 0LL, 1LL, 951782400LL, 4102444799LL}) {
        for (const std::int64_t micros : {0, 1, 10, 999, 500000, 999999}) {
            const Timestamp when = at(seconds, micros);
            BOOST_TEST_CONTEXT("seconds " << seconds << ", micros " << micros) {
                BOOST_TEST((parse_iso(iso_text(when)) - when).count() == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_moment_before_1970_has_its_own_second) {
    BOOST_TEST(iso_text(at(0, -500000)) == "1969-12-31 23:59:59.500000+00");
    BOOST_TEST(iso_text(at(-86400)) == "1969-12-31 00:00:00.000000+00");
}

BOOST_AUTO_TEST_CASE(short_fractions_and_the_forms_of_iso_8601_are_read) {
    BOOST_TEST((parse_iso("1970-01-01 00:00:00.5+00") - at(0, 500000)).count() == 0);
    BOOST_TEST((parse_iso("1970-01-01 00:00:00.000001+00") - at(0, 1)).count() == 0);
    BOOST_TEST((parse_iso("1970-01-01T00:00:01Z") - at(1)).count() == 0);
    BOOST_TEST((parse_iso("1970-01-01 00:00:00.1234567+00") - at(0, 123456)).count() == 0);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_timestamps) {
    for (const char* text : {"",
                             "x",
                             "2026-11-21",
                             "2026-11-21 20:35",
                             "2026-11-21 20:35:00",
                             "2026-11-21 20:35:00+02",
                             "2026-11-21 20:35:00+00 BC",
                             "2026-11-21 20:35:00+00x",
                             "infinity",
                             "-infinity"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW((void)parse_iso(text), Failure);
        }
    }
}

BOOST_AUTO_TEST_CASE(impossible_dates_are_no_timestamps) {
    for (const char* text : {"2026-13-01 00:00:00+00",
                             "2026-00-01 00:00:00+00",
                             "2026-02-30 00:00:00+00",
                             "2026-01-01 25:00:00+00",
                             "2026-01-01 00:61:00+00"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW((void)parse_iso(text), Failure);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_fixed_clock_stands_still_until_told) {
    FixedClock clock(at(100));
    BOOST_TEST((clock.now() - at(100)).count() == 0);
    clock.advance(1500ms);
    BOOST_TEST((clock.now() - at(101, 500000)).count() == 0);
    BOOST_TEST((SystemClock().now() > at(1700000000)));
}

BOOST_AUTO_TEST_SUITE_END()
