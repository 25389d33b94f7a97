// Money, days and the settings that speak of them.
#include "core/money.h"

#include <limits>
#include <map>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "billing/day.h"
#include "core/errors.h"
#include "core/settings.h"

using namespace ventanilla;

namespace {

std::string read(std::string_view text) {
    const auto money = Money::typed(text, "MXN");
    return money ? money->plain() : "refused";
}

std::string cell(std::optional<std::string_view> text) {
    MinorUnits units;
    parse_cell(text, units);
    return std::to_string(units.value);
}

Settings settings_with(const std::string& name, const std::string& value) {
    return Settings::read([&](const std::string& asked) -> std::optional<std::string> {
        if (asked == name) {
            return value;
        }
        return asked == "SECRET_KEY" ? std::optional(std::string(40, 'k')) : std::nullopt;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(money)

BOOST_AUTO_TEST_CASE(what_people_type_is_read_exactly) {
    const std::map<std::string, std::string> taken = {{"350", "350.00"},
                                                      {"350.5", "350.50"},
                                                      {"350.55", "350.55"},
                                                      {"1,350.00", "1350.00"},
                                                      {"1,350", "1350.00"},
                                                      {"12,345,678.90", "12345678.90"},
                                                      {"$350.00", "350.00"},
                                                      {"$ 350.00", "350.00"},
                                                      {"  350 ", "350.00"},
                                                      {"0", "0.00"},
                                                      {"0.05", "0.05"},
                                                      {"00350.10", "350.10"},
                                                      {"999999999999.99", "999999999999.99"}};
    for (const auto& [text, plain] : taken) {
        BOOST_TEST(read(text) == plain, text);
    }
    for (const char* text : {"",
                             "$",
                             ".",
                             ".5",
                             "5.",
                             "350,00",
                             "1,35",
                             "1350,000",
                             ",350",
                             "1,,350",
                             "-5",
                             "+5",
                             "1.234",
                             "1.2.3",
                             "1e3",
                             "abc",
                             "3 50",
                             "350 pesos",
                             "1000000000000",
                             "$$5",
                             "0x10"}) {
        BOOST_TEST(read(text) == "refused", text);
    }
}

BOOST_AUTO_TEST_CASE(people_read_groups_of_three_and_a_foreign_currency_by_its_code) {
    const auto shown = [](std::int64_t minor, const char* currency = "MXN") {
        return Money(minor, currency).shown("MXN");
    };
    BOOST_TEST(shown(0) == "$0.00");
    BOOST_TEST(shown(5) == "$0.05");
    BOOST_TEST(shown(99999) == "$999.99");
    BOOST_TEST(shown(135050) == "$1,350.50");
    BOOST_TEST(shown(123456789012345) == "$1,234,567,890,123.45");
    BOOST_TEST(shown(-5) == "-$0.05");
    BOOST_TEST(shown(-135050) == "-$1,350.50");
    BOOST_TEST(shown(135050, "USD") == "$1,350.50 USD");
    BOOST_TEST(Money(std::numeric_limits<std::int64_t>::min(), "MXN").plain()
               == "-92233720368547758.08");
}

BOOST_AUTO_TEST_CASE(two_currencies_never_meet) {
    const Money pesos(100, "MXN");
    const Money dollars(100, "USD");
    BOOST_CHECK_THROW(static_cast<void>(pesos + dollars), Failure);
    BOOST_CHECK_THROW(static_cast<void>(pesos - dollars), Failure);
    BOOST_CHECK_THROW(static_cast<void>(pesos < dollars), Failure);
    BOOST_TEST(!(pesos == dollars));
    BOOST_CHECK_THROW(static_cast<void>(Money() + Money()), Failure);
    for (const char* code : {"", "mxn", "MX", "MXNN", "M1N"}) {
        BOOST_CHECK_THROW(static_cast<void>(Money(1, code)), Failure);
    }
}

BOOST_AUTO_TEST_CASE(a_sum_without_room_is_an_error) {
    const Money most(std::numeric_limits<std::int64_t>::max(), "MXN");
    BOOST_CHECK_THROW(static_cast<void>(most + Money(1, "MXN")), Failure);
    BOOST_CHECK_THROW(static_cast<void>(-Money(std::numeric_limits<std::int64_t>::min(), "MXN")),
                      Failure);
    BOOST_TEST((most - most).is_zero());
}

BOOST_AUTO_TEST_CASE(a_column_is_read_exactly_or_not_at_all) {
    BOOST_TEST(cell("1350.50") == "135050");
    BOOST_TEST(cell("-0.05") == "-5");
    BOOST_TEST(cell("0") == "0");
    BOOST_TEST(cell("7.5") == "750");
    BOOST_TEST(cell("9999999999999999.99") == "999999999999999999");
    for (const char* text : {"", "1.234", "1e5", "NaN", "Infinity", " 1", "1,000.00", "--1", "-"}) {
        BOOST_CHECK_THROW(cell(text), Failure);
    }
    BOOST_CHECK_THROW(cell(std::nullopt), Failure);
}

BOOST_AUTO_TEST_CASE(ten_thousand_amounts_come_back_as_they_went) {
    std::mt19937_64 random(20261121);
    std::uniform_int_distribution<std::int64_t> amounts(0, 99'999'999'999'999);
    for (int i = 0; i < 10'000; ++i) {
        const Money money(amounts(random) >> (random() % 40), "MXN");
        MinorUnits units;
        parse_cell(money.plain(), units);
        BOOST_REQUIRE_EQUAL(units.value, money.minor_units());
        BOOST_REQUIRE(Money::typed(money.shown("MXN"), "MXN") == money);
    }
}

BOOST_AUTO_TEST_CASE(a_day_is_the_day_here) {
    const Settings settings = settings_with("TIME_ZONE", "America/Mexico_City");
    BOOST_TEST(Day::of(parse_iso("2026-11-21 05:59:59+00")).iso() == "2026-11-20");
    BOOST_TEST(Day::of(parse_iso("2026-11-21 06:00:00+00")).iso() == "2026-11-21");
    BOOST_TEST(iso_text(Day::read("2026-11-21")->midnight()) == "2026-11-21 06:00:00.000000+00");
    BOOST_TEST(Day::read("2026-11-21")->text() == "21 nov 2026");
    for (const char* text :
         {"", "2026-02-29", "2026-13-01", "2026-1-1", "21-11-2026", "2026-11-21 ", "2026/11/21"}) {
        BOOST_TEST(!Day::read(text).has_value(), text);
    }
    BOOST_TEST(Day::read("2026-02-27")->until(*Day::read("2026-03-02")) == 3);
}

BOOST_AUTO_TEST_CASE(a_month_knows_its_days) {
    const auto month = Month::read("2028-02");
    BOOST_TEST(month->last_day().iso() == "2028-02-29");
    BOOST_TEST(month->day(31).iso() == "2028-02-29");
    BOOST_TEST(month->day(10).iso() == "2028-02-10");
    BOOST_TEST(month->text() == "febrero 2028");
    BOOST_TEST(month->plus(-2).iso() == "2027-12");
    BOOST_TEST(month->short_text() == "feb");
    for (const char* text : {"", "2026", "2026-13", "2026-00", "2026-1", "2026-11-01", "11-2026"}) {
        BOOST_TEST(!Month::read(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(settings_of_money_are_checked) {
    BOOST_TEST((read_day_list("3,1").value() == std::vector<int>{3, 1}));
    BOOST_TEST(read_day_list("")->empty());
    for (const char* text : {",", "3,", ",3", "0", "366", "3,3", "3 1", "-1", "x"}) {
        BOOST_TEST(!read_day_list(text).has_value(), text);
        BOOST_CHECK_THROW(settings_with("REMINDER_DAYS_AFTER", text), Misconfigured);
    }
    BOOST_CHECK_THROW(settings_with("CURRENCY", "mxn"), Misconfigured);
    BOOST_CHECK_THROW(settings_with("LATE_FEE_AMOUNT", "50,00"), Misconfigured);
    BOOST_CHECK_THROW(settings_with("LATE_FEE_PERCENT", "100.01"), Misconfigured);
    BOOST_TEST(settings_with("LATE_FEE_PERCENT", "2.5").late_fee_percent == "2.5");
}

BOOST_AUTO_TEST_SUITE_END()
