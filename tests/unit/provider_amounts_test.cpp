// Amounts survive the way to each provider and back, exactly.
#include "payments/provider_amounts.h"

#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

#include "payments/provider_json.h"

using namespace ventanilla;

namespace {

constexpr int tries = 10'000;
constexpr std::int64_t most_minor_units = 99'999'999'999'999;

using Numbers = std::mt19937_64;

std::int64_t random_units(Numbers& numbers, std::int64_t step) {
    // As many small amounts as large ones.
    const auto size = std::uniform_int_distribution<int>(1, 14)(numbers);
    std::int64_t most = 1;
    for (int i = 0; i < size; ++i) {
        most *= 10;
    }
    const auto units = std::uniform_int_distribution<std::int64_t>(1, most - 1)(numbers);
    return std::max(step, units - units % step);
}

std::vector<Money> random_amounts(Numbers& numbers, const char* currency, std::int64_t step) {
    std::vector<Money> amounts;
    for (int i = 0; i < tries; ++i) {
        amounts.emplace_back(random_units(numbers, step), currency);
    }
    return amounts;
}

// How many come back the same, through one document.
template <typename Write, typename Read>
int survivors(const std::vector<Money>& amounts, Write write, Read read) {
    std::vector<std::string> written;
    std::transform(amounts.begin(), amounts.end(), std::back_inserter(written), write);
    const auto json = Json::parse(json_array(written));
    BOOST_REQUIRE(json.has_value());
    int count = 0;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        count += read(json->elements().at(i)) == amounts[i] ? 1 : 0;
    }
    return count;
}

struct Currency {
    const char* code;
    std::int64_t step;  // the least amount, in hundredths
};

// The way back as ask() goes it: through a parsed document.
std::optional<Money> read_back(const std::string& number, const char* currency) {
    const auto json = Json::parse("{\"transaction_amount\":" + number + "}");
    BOOST_REQUIRE(json.has_value());
    return decimal_money((*json)["transaction_amount"].number(), currency);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(provider_amounts)

BOOST_AUTO_TEST_CASE(ten_thousand_amounts_of_each_currency_survive_stripe) {
    Numbers numbers(1);  // NOLINT: the same ones each time
    for (const auto& [code, step] : std::vector<Currency>{{"MXN", 1},
                                                          {"USD", 1},
                                                          {"ARS", 1},
                                                          {"COP", 1},
                                                          {"PEN", 1},
                                                          {"UYU", 1},
                                                          {"BRL", 1},
                                                          {"EUR", 1},
                                                          {"CLP", 100},
                                                          {"PYG", 100},
                                                          {"JPY", 100},
                                                          {"ISK", 100},
                                                          {"UGX", 100}}) {
        const auto amounts = random_amounts(numbers, code, step);
        const int survived = survivors(
            amounts,
            [](const Money& amount) { return std::to_string(stripe_units(amount).value_or(-1)); },
            [&, currency = code](const Json& told) {
                return stripe_money(told.whole().value_or(-1), currency);
            });
        BOOST_TEST(survived == tries, code);
    }
}

BOOST_AUTO_TEST_CASE(ten_thousand_amounts_of_each_currency_survive_mercado_pago) {
    Numbers numbers(2);  // NOLINT: the same ones each time
    for (const char* code : {"ARS",
                             "BRL",
                             "MXN",
                             "CLP",
                             "COP",
                             "PEN",
                             "UYU",
                             "BOB",
                             "PYG",
                             "USD",
                             "CRC",
                             "DOP",
                             "HNL",
                             "NIO",
                             "GTQ",
                             "VES"}) {
        const bool is_whole = std::string_view(code) == "CLP" || std::string_view(code) == "PYG";
        const int survived = survivors(
            random_amounts(numbers, code, is_whole ? 100 : 1),
            [](const Money& amount) { return mercadopago_amount(amount).value_or("null"); },
            [&](const Json& told) { return decimal_money(told.number(), code); });
        BOOST_TEST(survived == tries, code);
    }
}

BOOST_AUTO_TEST_CASE(ten_thousand_amounts_of_each_currency_survive_paypal) {
    Numbers numbers(3);  // NOLINT: the same ones each time
    for (const char* code :
         {"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS",
          "JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"}) {
        const std::string_view name = code;
        const bool is_whole = name == "HUF" || name == "JPY" || name == "TWD";
        const int survived = survivors(
            random_amounts(numbers, code, is_whole ? 100 : 1),
            [](const Money& amount) { return json_text(paypal_amount(amount).value_or("")); },
            [&](const Json& told) { return decimal_money(told.text(), code); });
        BOOST_TEST(survived == tries, code);
    }
}

BOOST_AUTO_TEST_CASE(each_provider_writes_amounts_its_own_way) {
    BOOST_TEST(stripe_units(Money(35050, "MXN")).value() == 35050);
    BOOST_TEST(stripe_units(Money(500000, "CLP")).value() == 5000);
    BOOST_TEST(stripe_units(Money(500, "ISK")).value() == 500);
    BOOST_TEST(mercadopago_amount(Money(35050, "MXN")).value() == "350.50");
    BOOST_TEST(mercadopago_amount(Money(5, "MXN")).value() == "0.05");
    BOOST_TEST(mercadopago_amount(Money(500000, "CLP")).value() == "5000");
    BOOST_TEST(paypal_amount(Money(35000, "MXN")).value() == "350.00");
    BOOST_TEST(paypal_amount(Money(35000, "JPY")).value() == "350");
    BOOST_TEST(mercadopago_amount(Money(most_minor_units, "MXN")).value() == "999999999999.99");
}

BOOST_AUTO_TEST_CASE(an_amount_that_a_provider_cannot_be_told_is_absent) {
    for (const char* code : {"CLP", "PYG", "JPY", "ISK", "UGX"}) {
        BOOST_TEST(!stripe_units(Money(35050, code)).has_value(), code);
    }
    for (const char* code : {"KWD", "BHD", "JOD", "OMR", "TND", "IQD", "LYD", "CLF", "XXX"}) {
        BOOST_TEST(!stripe_units(Money(35000, code)).has_value(), code);
        BOOST_TEST(!stripe_money(350, code).has_value(), code);
    }
    BOOST_TEST(!mercadopago_amount(Money(35050, "PYG")).has_value());
    BOOST_TEST(!mercadopago_amount(Money(35000, "EUR")).has_value());
    BOOST_TEST(!paypal_amount(Money(35050, "HUF")).has_value());
    for (const char* code : {"ARS", "CLP", "COP", "PEN", "UYU", "BOB", "PYG", "VES"}) {
        BOOST_TEST(!paypal_amount(Money(35000, code)).has_value(), code);
    }
    for (const std::int64_t units : {std::int64_t{0}, std::int64_t{-100}, most_minor_units + 1}) {
        BOOST_TEST(!stripe_units(Money(units, "USD")).has_value());
        BOOST_TEST(!mercadopago_amount(Money(units, "USD")).has_value());
        BOOST_TEST(!paypal_amount(Money(units, "USD")).has_value());
    }
}

BOOST_AUTO_TEST_CASE(what_a_provider_writes_is_read_exactly_or_not_at_all) {
    for (const char* written : {"350.5", "350.50", "350.500"}) {
        BOOST_TEST((decimal_money(written, "MXN") == Money(35050, "MXN")), written);
        BOOST_TEST((read_back(written, "MXN") == Money(35050, "MXN")), written);
    }
    for (const char* written : {"350", "350.0", "350.00"}) {
        BOOST_TEST((read_back(written, "MXN") == Money(35000, "MXN")), written);
    }
    // What a double would round.
    BOOST_TEST((read_back("999999999999.99", "MXN") == Money(most_minor_units, "MXN")));
    for (const char* written :
         {"3.505e2", "350.505", "-350", "1234567890123", "0.001", "123456789012345678901234"}) {
        BOOST_TEST(!read_back(written, "MXN").has_value(), written);
    }
    for (const char* written :
         {"", ".", "350.", ".5", "+350", "350,00", "0x10", " 350", "1.2.3", "NaN"}) {
        BOOST_TEST(!decimal_money(written, "MXN").has_value(), written);
    }
    BOOST_TEST(!decimal_money("350", "").has_value());
    BOOST_TEST(!decimal_money("350", "mxn").has_value());
    BOOST_TEST(!stripe_money(-1, "MXN").has_value());
    BOOST_TEST(!stripe_money(INT64_MAX, "CLP").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(provider_json)

BOOST_AUTO_TEST_CASE(numbers_keep_their_digits_and_other_kinds_read_as_empty) {
    const auto json = Json::parse(R"({"a":350.10,"b":-7,"c":"x","d":[true,null],"a":1.50})");
    BOOST_REQUIRE(json.has_value());
    BOOST_TEST((*json)["a"].number() == "1.50");
    BOOST_TEST((*json)["b"].whole().value() == -7);
    BOOST_TEST(!(*json)["a"].whole().has_value());
    BOOST_TEST((*json)["c"].text() == "x");
    BOOST_TEST((*json)["c"].number() == "");
    BOOST_TEST((*json)["d"].first().truth().value());
    BOOST_TEST((*json)["d"].elements().size() == 2U);
    BOOST_TEST((*json)["none"]["deeper"].first()["still"].text() == "");
    BOOST_TEST((*json)["c"].elements().empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_document_is_absent) {
    for (const std::string& text : {std::string(),
                                    std::string("{"),
                                    std::string("{}{}"),
                                    std::string("{\"a\":}"),
                                    std::string("{\"a\":\"\xff\"}"),
                                    std::string("nul"),
                                    std::string("{\"a\":1e400}"),
                                    std::string(100, '['),
                                    std::string("{\"a\":1},\"b\":2")}) {
        BOOST_TEST(!Json::parse(text).has_value(), text);
    }
    BOOST_TEST(Json::parse(std::string(64, '[') + std::string(64, ']')).has_value());
    BOOST_TEST(!Json::parse(std::string(65, '[') + std::string(65, ']')).has_value());
}

BOOST_AUTO_TEST_CASE(texts_are_written_so_that_they_end_where_they_end) {
    BOOST_TEST(json_object({{"a", json_text("x\"},\n\\")}, {"b", json_array({"1", "2.50"})}})
               == R"({"a":"x\"},\n\\","b":[1,2.50]})");
    BOOST_TEST(json_object({}) == "{}");
    BOOST_TEST(Json::parse(json_text("\xff")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
