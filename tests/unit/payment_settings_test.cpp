// The settings for paying online: half a provider, foreign addresses and lists that are none do not
// start.
#include "core/payment_settings.h"

#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"

using namespace ventanilla;

namespace {

using Values = std::map<std::string, std::string>;

const Values stripe = {{"STRIPE_SECRET_KEY", "sk_test_1"}, {"STRIPE_WEBHOOK_SECRET", "whsec_1"}};
const Values mercadopago = {{"MERCADOPAGO_ACCESS_TOKEN", "TEST-1-2-3"},
                            {"MERCADOPAGO_WEBHOOK_SECRET", "secreto"}};
const Values paypal = {
    {"PAYPAL_CLIENT_ID", "id"}, {"PAYPAL_CLIENT_SECRET", "secreto"}, {"PAYPAL_WEBHOOK_ID", "WH-1"}};

Settings read(const Values& values) {
    return Settings::read([&](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        if (name == "SECRET_KEY") {
            return std::string(64, 'k');
        }
        return found == values.end() ? std::nullopt : std::optional(found->second);
    });
}

// What is said about wrong ones; empty when they are taken.
std::string complaint(Values values, const Values& others = {}) {
    values.insert(others.begin(), others.end());
    try {
        (void)read(values);
    } catch (const Misconfigured& error) {
        return error.what();
    }
    return "";
}

bool blames(const std::string& said, const std::string& name) {
    return said.starts_with("setting " + name + " ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(payment_settings)

BOOST_AUTO_TEST_CASE(without_keys_there_is_no_provider_and_with_all_of_them_there_is) {
    BOOST_TEST(complaint({}) == "");
    BOOST_TEST(complaint(stripe) == "");
    BOOST_TEST(complaint(mercadopago) == "");
    BOOST_TEST(complaint(paypal) == "");
}

BOOST_AUTO_TEST_CASE(a_provider_with_some_of_its_keys_is_refused_by_the_one_that_is_missing) {
    for (const auto& keys : {stripe, mercadopago, paypal}) {
        for (const auto& [name, value] : keys) {
            Values some = keys;
            some.erase(name);
            BOOST_TEST(blames(complaint(some), name), name);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_base_is_https_or_this_host_and_has_no_path) {
    const Values test_bases = {{"STRIPE_API_BASE", "http://127.0.0.1:12111"},
                               {"MERCADOPAGO_API_BASE", "http://localhost:1"},
                               {"PAYPAL_API_BASE", "http://[::1]:1"}};
    for (const auto& [name, base] : test_bases) {
        BOOST_TEST(complaint({{name, base}}) == "", name);
        for (const char* wrong : {"http://api.ejemplo.org",
                                  "https://api.ejemplo.org/",
                                  "https://api.ejemplo.org/v1",
                                  "https://u:p@api.ejemplo.org",
                                  "api.ejemplo.org",
                                  "ftp://127.0.0.1"}) {
            BOOST_TEST(blames(complaint({{name, wrong}}), name), name << "=" << wrong);
        }
    }
}

BOOST_AUTO_TEST_CASE(live_keys_go_to_the_providers_own_address_alone) {
    const Values other_stripe = {{"STRIPE_API_BASE", "http://127.0.0.1:1"}};
    for (const char* key : {"sk_live_1", "rk_live_1"}) {
        const Values live = {{"STRIPE_SECRET_KEY", key}, {"STRIPE_WEBHOOK_SECRET", "whsec_1"}};
        BOOST_TEST(complaint(live) == "");
        BOOST_TEST(blames(complaint(live, other_stripe), "STRIPE_API_BASE"));
    }
    BOOST_TEST(complaint(stripe, other_stripe) == "");
    const Values other_mercadopago = {{"MERCADOPAGO_API_BASE", "http://127.0.0.1:1"}};
    const Values live = {{"MERCADOPAGO_ACCESS_TOKEN", "APP_USR-1-2-3"},
                         {"MERCADOPAGO_WEBHOOK_SECRET", "secreto"}};
    BOOST_TEST(complaint(live) == "");
    BOOST_TEST(blames(complaint(live, other_mercadopago), "MERCADOPAGO_API_BASE"));
    BOOST_TEST(complaint(mercadopago, other_mercadopago) == "");
}

BOOST_AUTO_TEST_CASE(paypal_is_one_of_its_two_addresses_or_this_host) {
    for (const char* base :
         {"https://api-m.paypal.com", "https://api-m.sandbox.paypal.com", "http://127.0.0.1:1"}) {
        BOOST_TEST(complaint(paypal, {{"PAYPAL_API_BASE", base}}) == "", base);
    }
    for (const char* base :
         {"https://api-m.paypal.com.evil.example", "https://evil.example", "https://paypal.com"}) {
        BOOST_TEST(blames(complaint(paypal, {{"PAYPAL_API_BASE", base}}), "PAYPAL_API_BASE"), base);
    }
}

BOOST_AUTO_TEST_CASE(no_complaint_repeats_a_key) {
    const std::string said = complaint(
        {{"STRIPE_SECRET_KEY", "sk_live_secret"}, {"STRIPE_WEBHOOK_SECRET", "whsec_secret"}},
        {{"STRIPE_API_BASE", "http://127.0.0.1:1"}});
    BOOST_TEST(said.find("secret") == std::string::npos);
    BOOST_TEST(said != "");
}

BOOST_AUTO_TEST_CASE(a_list_of_currencies_has_each_once_with_commas_between) {
    BOOST_TEST((read_currency_list("") == std::vector<std::string>{}));
    BOOST_TEST((read_currency_list("MXN,USD") == std::vector<std::string>{"MXN", "USD"}));
    for (const char* list :
         {"mxn", "MXN,", ",MXN", "MXN USD", "MXN,MXN", "MX", "MXNUSD", "MXN,,USD"}) {
        BOOST_TEST(!read_currency_list(list).has_value(), list);
        for (const char* name :
             {"STRIPE_CURRENCIES", "MERCADOPAGO_CURRENCIES", "PAYPAL_CURRENCIES"}) {
            BOOST_TEST(blames(complaint({{name, list}}), name), name << "=" << list);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_least_part_of_a_payment_is_an_amount) {
    BOOST_TEST(complaint({{"PAYMENT_MINIMUM", "50.00"}}) == "");
    BOOST_TEST(blames(complaint({{"PAYMENT_MINIMUM", "mucho"}}), "PAYMENT_MINIMUM"));
}

BOOST_AUTO_TEST_SUITE_END()
