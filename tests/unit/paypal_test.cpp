// What we send to PayPal and what we take its answers for.
#include <boost/test/unit_test.hpp>

#include "core/digest.h"
#include "unit/provider_samples.h"

using namespace ventanilla;
using namespace ventanilla::test;
using nlohmann::json;

namespace {

const std::string token_answer =
    web_answer(200, R"({"access_token":"A21AAtoken","expires_in":32400})");

Settings paypal_settings() {
    Settings settings;
    settings.currency = "MXN";
    settings.organization_name = "Internet del Valle";
    settings.paypal_client_id = "cliente";
    settings.paypal_client_secret = "secreto";
    settings.paypal_webhook_id = "WH-1";
    return settings;
}

class Talk : public ProviderTalk {
  public:
    // A token is given unless `answers` has another one.
    explicit Talk(Answers answers, Settings settings = paypal_settings())
        : ProviderTalk(
            with_token(std::move(answers)), std::move(settings), &Settings::paypal_api_base) {}

    // Without those for tokens.
    std::vector<WebRequest> requests() {
        auto all = server.requests();
        std::erase_if(
            all, [](const WebRequest& request) { return request.target == "/v1/oauth2/token"; });
        return all;
    }

  private:
    static Answers with_token(Answers answers) {
        answers.emplace_back("POST /v1/oauth2/token", token_answer);
        return answers;
    }
};

const std::string no_disputes = web_answer(200, R"({"items":[],"links":[]})");

json money(const std::string& value) {
    return {{"currency_code", "MXN"}, {"value", value}};
}

json capture(const std::string& status) {
    return {{"id", "3C1"},
            {"status", status},
            {"amount", money("550.50")},
            {"custom_id", sample_reference}};
}

json order(const std::string& status, const json& payments = nullptr) {
    json unit = {
        {"reference_id", "default"}, {"custom_id", sample_reference}, {"amount", money("550.50")}};
    if (!payments.is_null()) {
        unit["payments"] = payments;
    }
    return {{"id", "5O1"}, {"status", status}, {"purchase_units", {unit}}};
}

json captured(const json& capture, const json& refunds = json::array()) {
    return order("COMPLETED", {{"captures", {capture}}, {"refunds", refunds}});
}

MoneyReport asked(const json& answer) {
    Talk talk({{"GET /v2/checkout/orders/5O1", web_answer(200, answer.dump())},
               {"GET /v1/customer/disputes", no_disputes}});
    return only_report(talk.provider().ask(known_try("5O1")));
}

std::string issue(const std::string& name) {
    return json{{"name", "UNPROCESSABLE_ENTITY"}, {"details", {{{"issue", name}}}}}.dump();
}

const std::string created =
    R"({"id":"5O1","status":"PAYER_ACTION_REQUIRED","links":[{"rel":"self","href":"https://api-m.paypal.com/x"},)"
    R"({"rel":"payer-action","href":"https://www.paypal.com/checkoutnow?token=5O1"}]})";

}  // namespace

BOOST_AUTO_TEST_SUITE(paypal_checkout)

BOOST_AUTO_TEST_CASE(an_order_is_asked_for_field_by_field) {
    Talk talk({{"POST /v2/checkout/orders", web_answer(200, created)}});
    const auto opened = talk.provider().open(sample_order());
    BOOST_REQUIRE(std::holds_alternative<Checkout>(opened));
    BOOST_TEST(std::get<Checkout>(opened).ref == "5O1");
    BOOST_TEST(std::get<Checkout>(opened).url == "https://www.paypal.com/checkoutnow?token=5O1");
    const auto all = talk.server.requests();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].target == "/v1/oauth2/token");
    BOOST_TEST(all[0].header("authorization") == "Basic " + base64("cliente:secreto"));
    BOOST_TEST(all[0].header("content-type") == "application/x-www-form-urlencoded");
    BOOST_TEST(all[0].body == "grant_type=client_credentials");
    BOOST_TEST(all[1].method + ' ' + all[1].target == "POST /v2/checkout/orders");
    BOOST_TEST(all[1].header("authorization") == "Bearer A21AAtoken");
    BOOST_TEST(all[1].header("paypal-request-id") == sample_reference);
    BOOST_TEST(all[1].header("prefer") == "return=representation");
    BOOST_TEST(all[1].header("content-type") == "application/json");
    const json expected = {
        {"intent", "CAPTURE"},
        {"purchase_units",
         {{{"custom_id", sample_reference},
           {"invoice_id", sample_reference},
           {"description", "Internet, noviembre 2026, Teléfono & más"},
           {"amount", money("550.50")}}}},
        {"payment_source",
         {{"paypal",
           {{"experience_context",
             {{"brand_name", "Internet del Valle"},
              {"locale", "es-MX"},
              {"user_action", "PAY_NOW"},
              {"shipping_preference", "NO_SHIPPING"},
              {"return_url",
               "https://portal.ejemplo.org/pagos/regreso/?reference=" + sample_reference},
              {"cancel_url",
               "https://portal.ejemplo.org/pagos/cancelado/?reference=" + sample_reference}}}}}}}};
    BOOST_TEST((json::parse(all[1].body) == expected), all[1].body);
}

BOOST_AUTO_TEST_CASE(the_older_link_is_followed_too_and_no_other) {
    const auto url_for = [](const std::string& relation, const std::string& url) {
        Talk talk(
            {{"POST /v2",
              web_answer(
                  201,
                  json{{"id", "5O1"}, {"links", {{{"rel", relation}, {"href", url}}}}}.dump())}});
        const auto opened = talk.provider().open(sample_order());
        const auto* checkout = std::get_if<Checkout>(&opened);
        return checkout == nullptr ? "none" : checkout->url;
    };
    BOOST_TEST(url_for("approve", "https://www.paypal.com/x") == "https://www.paypal.com/x");
    BOOST_TEST(url_for("self", "https://www.paypal.com/x") == "none");
    BOOST_TEST(url_for("approve", "http://www.paypal.com/x") == "none");
}

BOOST_AUTO_TEST_CASE(yen_are_written_without_decimals) {
    Talk talk({{"POST /v2", web_answer(200, created)}});
    (void)talk.provider().open(sample_order({{"Internet", Money(35000, "JPY")}}));
    BOOST_TEST(json::parse(talk.server.request().body)["purchase_units"][0]["amount"]["value"]
               == "350");
}

BOOST_AUTO_TEST_CASE(what_it_takes_follows_from_currency_amount_and_setting) {
    HttpClient client({});
    Settings settings = paypal_settings();
    const auto takes = [&](std::int64_t minor, const char* currency) {
        return configured_providers(settings, client).front()->takes(Money(minor, currency));
    };
    BOOST_TEST(takes(1, "MXN"));
    BOOST_TEST(!takes(100, "USD"));
    settings.paypal_currencies = "USD,ARS,JPY";
    BOOST_TEST(takes(1, "USD"));
    BOOST_TEST(!takes(100, "ARS"));
    BOOST_TEST(!takes(150, "JPY"));
    BOOST_TEST((configured_providers(settings, client).front()->checkout_life()
                == std::chrono::minutes(150)));
    settings.currency = "CLP";
    settings.paypal_currencies = "";
    BOOST_TEST(!takes(100, "CLP"));
}

BOOST_AUTO_TEST_CASE(a_token_serves_until_shortly_before_its_end) {
    Talk talk({{"GET /v2/checkout/orders/5O1", web_answer(200, order("CREATED").dump())}});
    for (int i = 0; i < 3; ++i) {
        (void)talk.provider().ask(known_try("5O1"));
    }
    BOOST_TEST(talk.server.requests().size() == 4U);
    Talk shorts(
        {{"POST /v1/oauth2/token", web_answer(200, R"({"access_token":"t","expires_in":60})")},
         {"GET", web_answer(200, order("CREATED").dump())}});
    for (int i = 0; i < 3; ++i) {
        (void)shorts.provider().ask(known_try("5O1"));
    }
    BOOST_TEST(shorts.server.requests().size() == 6U);
}

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_is_renewed_once) {
    int tokens = 0;
    WebServer server([&](const WebRequest& request) {
        if (request.target == "/v1/oauth2/token") {
            return web_answer(
                200,
                R"({"access_token":"t)" + std::to_string(++tokens) + R"(","expires_in":3600})");
        }
        const bool is_new = request.header("authorization") == "Bearer t2";
        return is_new ? web_answer(200, order("CREATED").dump())
                      : web_answer(401, R"({"error":"invalid_token"})");
    });
    Settings settings = paypal_settings();
    settings.paypal_api_base = server.url();
    HttpClient client({std::chrono::seconds(1), std::chrono::seconds(1)});
    const auto paypal = std::move(configured_providers(settings, client).front());
    // A fresh one that is refused says that the keys are wrong.
    BOOST_TEST((trouble_of(paypal->ask(known_try("5O1"))).kind == Trouble::Kind::Refused));
    BOOST_TEST(tokens == 1);
    BOOST_TEST((only_report(paypal->ask(known_try("5O1"))).state == MoneyState::Open));
    BOOST_TEST(tokens == 2);
    tokens = 0;
    Talk ended({{"GET", web_answer(401, R"({"error":"invalid_token"})")}});
    (void)ended.provider().ask(known_try("5O1"));
    BOOST_TEST(ended.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_kept_token_that_has_ended_is_renewed_within_the_request) {
    int tokens = 0;
    WebServer server([&](const WebRequest& request) {
        if (request.target == "/v1/oauth2/token") {
            return web_answer(
                200,
                R"({"access_token":"t)" + std::to_string(++tokens) + R"(","expires_in":3600})");
        }
        return request.header("authorization") == "Bearer t" + std::to_string(tokens) && tokens != 9
                   ? web_answer(200, order("CREATED").dump())
                   : web_answer(401, R"({"error":"invalid_token"})");
    });
    Settings settings = paypal_settings();
    settings.paypal_api_base = server.url();
    HttpClient client({std::chrono::seconds(1), std::chrono::seconds(1)});
    const auto paypal = std::move(configured_providers(settings, client).front());
    (void)only_report(paypal->ask(known_try("5O1")));
    tokens = 5;  // the provider forgot the first
    BOOST_TEST((only_report(paypal->ask(known_try("5O1"))).state == MoneyState::Open));
    BOOST_TEST(tokens == 6);
    tokens = 8;
    BOOST_TEST((trouble_of(paypal->ask(known_try("5O1"))).kind == Trouble::Kind::Refused));
    BOOST_TEST(server.requests().size() == 2U + 3U + 3U);
}

BOOST_AUTO_TEST_CASE(without_a_token_nothing_is_asked) {
    for (const auto& [answer, kind] : std::vector<std::pair<std::string, Trouble::Kind>>{
             {web_answer(401, R"({"error":"invalid_client","error_description":"cliente"})"),
              Trouble::Kind::Refused},
             {web_answer(503, ""), Trouble::Kind::Away},
             {web_answer(404, R"({"name":"RESOURCE_NOT_FOUND"})"), Trouble::Kind::Refused},
             {web_answer(200, "{}"), Trouble::Kind::Away},
             {web_answer(200, R"({"access_token":"a\nb","expires_in":5})"), Trouble::Kind::Away},
             {web_answer(200, R"({"access_token":"a","expires_in":"5"})"), Trouble::Kind::Away},
             {web_answer(200, "<html>"), Trouble::Kind::Away},
             {"", Trouble::Kind::Away}}) {
        Talk talk({{"POST /v1/oauth2/token", answer}});
        const auto trouble = trouble_of(talk.provider().open(sample_order()));
        BOOST_TEST((trouble.kind == kind), answer);
        BOOST_TEST((trouble_of(talk.provider().ask(known_try("5O1"))).kind == kind), answer);
        BOOST_TEST(trouble.reason.find("secreto") == std::string::npos);
        BOOST_TEST(talk.requests().empty());
    }
    Talk talk({{"POST /v1/oauth2/token", web_answer(401, R"({"error":"invalid_client"})")}});
    BOOST_TEST(trouble_of(talk.provider().open(sample_order())).reason
               == "HTTP 401: invalid_client");
}

BOOST_AUTO_TEST_CASE(garbage_is_trouble_whatever_was_asked) {
    for (const auto& body : garbage_bodies) {
        Talk talk({{"POST /v1/oauth2/token", token_answer}, {"", web_answer(200, body)}});
        BOOST_TEST_CONTEXT(body.substr(0, 80)) {
            BOOST_TEST(
                (trouble_of(talk.provider().open(sample_order())).kind == Trouble::Kind::Away));
            BOOST_TEST(
                (trouble_of(talk.provider().ask(known_try("5O1"))).kind == Trouble::Kind::Away));
            BOOST_TEST((trouble_of(talk.provider().ask(known_try("", "3C1"))).kind
                        == Trouble::Kind::Away));
            BOOST_TEST((trouble_of(talk.provider().collect(known_try("5O1"))).kind
                        == Trouble::Kind::Away));
        }
        Talk refusing({{"POST /v1/oauth2/token", token_answer}, {"", web_answer(422, body)}});
        BOOST_TEST((trouble_of(refusing.provider().collect(known_try("5O1"))).kind
                    == Trouble::Kind::Refused));
    }
}

BOOST_AUTO_TEST_CASE(an_order_cannot_be_closed) {
    Talk talk({});
    BOOST_TEST(!talk.provider().close(known_try("5O1")).has_value());
    BOOST_TEST(talk.server.requests().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(paypal_answers)

BOOST_AUTO_TEST_CASE(each_state_of_an_order_has_its_meaning) {
    for (const char* status : {"CREATED", "SAVED", "PAYER_ACTION_REQUIRED"}) {
        BOOST_TEST((asked(order(status)).state == MoneyState::Open), status);
    }
    const auto agreed = asked(order("APPROVED"));
    BOOST_TEST((agreed.state == MoneyState::Agreed));
    BOOST_TEST(agreed.reference == sample_reference);
    BOOST_TEST(agreed.checkout_ref == "5O1");
    BOOST_TEST(agreed.money_ref == "");
    BOOST_TEST(shown(agreed.amount) == "not told");
    BOOST_TEST((asked(order("VOIDED")).state == MoneyState::Expired));
    Talk gone({{"GET", web_answer(404, R"({"name":"RESOURCE_NOT_FOUND"})")}});
    const auto report = only_report(gone.provider().ask(known_try("5O1")));
    BOOST_TEST((report.state == MoneyState::Expired));
    BOOST_TEST(report.reference == sample_reference);
    Talk empty({{"GET", web_answer(200, order("COMPLETED").dump())}});
    BOOST_TEST((trouble_of(empty.provider().ask(known_try("5O1"))).kind == Trouble::Kind::Away));
    Talk other({{"GET", web_answer(200, order("CREATED").dump())}});
    BOOST_TEST((trouble_of(other.provider().ask(known_try("5O2"))).kind == Trouble::Kind::Away));
}

BOOST_AUTO_TEST_CASE(only_a_capture_is_money) {
    const auto paid = asked(captured(capture("COMPLETED")));
    BOOST_TEST((paid.state == MoneyState::Paid));
    BOOST_TEST(paid.reference == sample_reference);
    BOOST_TEST(paid.checkout_ref == "5O1");
    BOOST_TEST(paid.money_ref == "3C1");
    BOOST_TEST(shown(paid.amount) == "550.50 MXN");
    BOOST_TEST(shown(paid.refunded) == "0.00 MXN");
    BOOST_TEST(shown(paid.disputed) == "0.00 MXN");
    json pending = capture("PENDING");
    pending["status_details"] = {{"reason", "PENDING_REVIEW"}};
    BOOST_TEST((asked(captured(pending)).state == MoneyState::Processing));
    BOOST_TEST(asked(captured(pending)).reason == "PENDING_REVIEW");
    for (const char* status : {"DECLINED", "FAILED"}) {
        BOOST_TEST((asked(captured(capture(status))).state == MoneyState::Failed), status);
    }
}

BOOST_AUTO_TEST_CASE(a_capture_that_failed_does_not_hide_what_came_after_it) {
    json failed = capture("DECLINED");
    failed["id"] = "3C0";
    BOOST_TEST(asked(order("COMPLETED", {{"captures", {failed, capture("COMPLETED")}}})).money_ref
               == "3C1");
    BOOST_TEST((asked(order("APPROVED", {{"captures", {failed}}})).state == MoneyState::Agreed));
    BOOST_TEST((asked(order("PAYER_ACTION_REQUIRED", {{"captures", {failed}}})).state
                == MoneyState::Open));
}

BOOST_AUTO_TEST_CASE(refunds_are_what_was_given_back_for_good) {
    const auto refund = [](const char* status, const char* value) {
        return json{{"id", value}, {"status", status}, {"amount", money(value)}};
    };
    const auto refunded = [](const char* status, const json& refunds) {
        return shown(asked(captured(capture(status), refunds)).refunded);
    };
    BOOST_TEST(refunded("PARTIALLY_REFUNDED",
                        {refund("COMPLETED", "100.00"),
                         refund("COMPLETED", "0.50"),
                         refund("PENDING", "7.00"),
                         refund("FAILED", "8.00"),
                         refund("CANCELLED", "9.00")})
               == "100.50 MXN");
    BOOST_TEST(refunded("REFUNDED", {refund("COMPLETED", "100.00")}) == "550.50 MXN");
    BOOST_TEST(refunded("COMPLETED", {refund("PENDING", "7.00")}) == "0.00 MXN");
    BOOST_TEST(refunded("PARTIALLY_REFUNDED", {refund("COMPLETED", "x")}) == "not told");
    BOOST_TEST((asked(captured(capture("REFUNDED"))).state == MoneyState::Paid));
}

BOOST_AUTO_TEST_CASE(disputes_hold_the_money_until_they_end_in_our_favour) {
    const auto disputed = [](const json& items, const std::string& outcome) {
        Talk talk(
            {{"GET /v2/checkout/orders/5O1",
              web_answer(200, captured(capture("COMPLETED")).dump())},
             {"GET /v1/customer/disputes?disputed_transaction_id=3C1",
              web_answer(200, json{{"items", items}}.dump())},
             {"GET /v1/customer/disputes/PP-D-1",
              web_answer(200, json{{"dispute_outcome", {{"outcome_code", outcome}}}}.dump())}});
        return shown(only_report(talk.provider().ask(known_try("5O1"))).disputed);
    };
    const auto dispute = [](const char* status) {
        return json{
            {"dispute_id", "PP-D-1"}, {"status", status}, {"dispute_amount", money("100.00")}};
    };
    for (const char* status : {"OPEN",
                               "WAITING_FOR_BUYER_RESPONSE",
                               "WAITING_FOR_SELLER_RESPONSE",
                               "UNDER_REVIEW",
                               "OTHER"}) {
        BOOST_TEST(disputed(json::array({dispute(status)}), "") == "100.00 MXN", status);
    }
    BOOST_TEST(disputed(json::array({dispute("RESOLVED")}), "RESOLVED_BUYER_FAVOUR")
               == "100.00 MXN");
    BOOST_TEST(disputed(json::array({dispute("RESOLVED")}), "ACCEPTED") == "100.00 MXN");
    for (const char* outcome :
         {"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "RESOLVED_WITH_PAYOUT"}) {
        BOOST_TEST(disputed(json::array({dispute("RESOLVED")}), outcome) == "0.00 MXN", outcome);
    }
    json told = dispute("RESOLVED");
    told["dispute_outcome"] = {{"outcome_code", "RESOLVED_SELLER_FAVOUR"}};
    BOOST_TEST(disputed(json::array({told}), "RESOLVED_BUYER_FAVOUR") == "0.00 MXN");
    BOOST_TEST(disputed(json::array({dispute("OPEN"), dispute("OPEN")}), "") == "200.00 MXN");
    json bare = dispute("OPEN");
    bare.erase("dispute_amount");
    BOOST_TEST(disputed(json::array({bare}), "") == "550.50 MXN");
}

BOOST_AUTO_TEST_CASE(
    disputes_that_cannot_be_read_now_are_trouble_and_those_that_never_can_are_not_told) {
    const std::string paid = web_answer(200, captured(capture("COMPLETED")).dump());
    for (const int status : {403, 404}) {
        Talk talk({{"GET /v2", paid},
                   {"GET /v1/customer", web_answer(status, R"({"name":"NOT_AUTHORIZED"})")}});
        const auto report = only_report(talk.provider().ask(known_try("5O1")));
        BOOST_TEST((report.state == MoneyState::Paid));
        BOOST_TEST(shown(report.disputed) == "not told");
    }
    Talk away({{"GET /v2", paid}, {"GET /v1/customer", web_answer(500, "")}});
    BOOST_TEST((trouble_of(away.provider().ask(known_try("5O1"))).kind == Trouble::Kind::Away));
}

BOOST_AUTO_TEST_CASE(money_leads_to_its_order_and_speaks_for_itself_when_that_is_gone) {
    json told = capture("COMPLETED");
    told["supplementary_data"] = {{"related_ids", {{"order_id", "5O1"}}}};
    Talk talk({{"GET /v2/payments/captures/3C1", web_answer(200, told.dump())},
               {"GET /v2/checkout/orders/5O1",
                web_answer(200,
                           captured(capture("PARTIALLY_REFUNDED"),
                                    {{{"status", "COMPLETED"}, {"amount", money("50.50")}}})
                               .dump())},
               {"GET /v1/customer/disputes", no_disputes}});
    BOOST_TEST(shown(only_report(talk.provider().ask(known_try("", "3C1"))).refunded)
               == "50.50 MXN");
    Talk gone({{"GET /v2/payments/captures/3C1", web_answer(200, told.dump())},
               {"GET /v2/checkout/orders/5O1", web_answer(404, R"({"name":"RESOURCE_NOT_FOUND"})")},
               {"GET /v1/customer/disputes", no_disputes}});
    const auto report = only_report(gone.provider().ask(known_try("", "3C1")));
    BOOST_TEST((report.state == MoneyState::Paid));
    BOOST_TEST(report.reference == sample_reference);
    BOOST_TEST(report.checkout_ref == "5O1");
    Talk none({{"GET", web_answer(404, R"({"name":"RESOURCE_NOT_FOUND"})")}});
    Talk between({{"GET", web_answer(404, "<html>no such page</html>")}});
    BOOST_TEST(
        (trouble_of(between.provider().ask(known_try("5O1"))).kind == Trouble::Kind::Refused));
    BOOST_TEST(
        (trouble_of(between.provider().ask(known_try("", "3C1"))).kind == Trouble::Kind::Refused));
    BOOST_TEST(knows_none(none.provider().ask(known_try("", "3C1"))));
    BOOST_TEST(knows_none(none.provider().ask(known_try(""))));
    BOOST_TEST(none.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_amount_that_cannot_be_held_is_told_as_text) {
    for (const char* value : {"5.505", "-5.00", "1e3", ""}) {
        json odd = capture("COMPLETED");
        odd["amount"] = money(value);
        const auto report = asked(captured(odd));
        BOOST_TEST(shown(report.amount) == "not told", value);
        BOOST_TEST(report.amount_text == std::string(value) + " MXN");
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(paypal_collecting)

BOOST_AUTO_TEST_CASE(money_that_was_agreed_to_is_collected_under_a_key_of_its_own) {
    Talk talk({{"POST /v2/checkout/orders/5O1/capture",
                web_answer(201, captured(capture("COMPLETED")).dump())}});
    const auto report = only_report(talk.provider().collect(known_try("5O1")));
    BOOST_TEST((report.state == MoneyState::Paid));
    BOOST_TEST(report.money_ref == "3C1");
    const auto request = talk.server.request();
    BOOST_TEST(request.header("paypal-request-id") == sample_reference + "-capture");
    BOOST_TEST(request.header("prefer") == "return=representation");
    BOOST_TEST(request.header("content-type") == "application/json");
    BOOST_TEST(request.body == "{}");
}

BOOST_AUTO_TEST_CASE(what_was_collected_before_is_asked_for) {
    Talk talk(
        {{"POST /v2/checkout/orders/5O1/capture", web_answer(422, issue("ORDER_ALREADY_CAPTURED"))},
         {"GET /v2/checkout/orders/5O1", web_answer(200, captured(capture("COMPLETED")).dump())},
         {"GET /v1/customer/disputes", no_disputes}});
    BOOST_TEST((only_report(talk.provider().collect(known_try("5O1"))).state == MoneyState::Paid));
    Talk brief(
        {{"POST /v2/checkout/orders/5O1/capture",
          web_answer(201, R"({"id":"5O1","status":"COMPLETED"})")},
         {"GET /v2/checkout/orders/5O1", web_answer(200, captured(capture("COMPLETED")).dump())},
         {"GET /v1/customer/disputes", no_disputes}});
    BOOST_TEST((only_report(brief.provider().collect(known_try("5O1"))).state == MoneyState::Paid));
}

BOOST_AUTO_TEST_CASE(what_the_payer_has_to_do_leaves_it_open_with_the_reason) {
    for (const char* name :
         {"ORDER_NOT_APPROVED", "INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED"}) {
        Talk talk({{"POST /v2/checkout/orders/5O1/capture", web_answer(422, issue(name))}});
        const auto report = only_report(talk.provider().collect(known_try("5O1")));
        BOOST_TEST((report.state == MoneyState::Open), name);
        BOOST_TEST(report.reason == name);
        BOOST_TEST(report.reference == sample_reference);
        BOOST_TEST(report.checkout_ref == "5O1");
    }
}

BOOST_AUTO_TEST_CASE(all_else_is_told_as_it_is) {
    Talk refusing({{"POST /v2", web_answer(422, issue("DUPLICATE_INVOICE_ID"))}});
    const auto refused = trouble_of(refusing.provider().collect(known_try("5O1")));
    BOOST_TEST((refused.kind == Trouble::Kind::Refused));
    BOOST_TEST(refused.reason == "HTTP 422: DUPLICATE_INVOICE_ID");
    Talk away({{"POST /v2", web_answer(503, "")}});
    BOOST_TEST((trouble_of(away.provider().collect(known_try("5O1"))).kind == Trouble::Kind::Away));
    Talk gone({{"POST /v2", web_answer(404, R"({"name":"RESOURCE_NOT_FOUND"})")}});
    BOOST_TEST(
        (only_report(gone.provider().collect(known_try("5O1"))).state == MoneyState::Expired));
    Talk declined({{"POST /v2", web_answer(201, captured(capture("DECLINED")).dump())}});
    BOOST_TEST(
        (only_report(declined.provider().collect(known_try("5O1"))).state == MoneyState::Failed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(provider_names)

BOOST_AUTO_TEST_CASE(a_provider_has_one_name_and_exists_with_its_keys) {
    for (const ProviderName name : all_providers) {
        BOOST_TEST((provider_named(provider_text(name)) == name));
    }
    for (const char* text : {"", "Stripe", "cash", "paypal "}) {
        BOOST_TEST(!provider_named(text).has_value(), text);
    }
    HttpClient client({});
    Settings settings;
    settings.currency = "MXN";
    BOOST_TEST(configured_providers(settings, client).empty());
    settings.paypal_client_id = settings.stripe_secret_key = settings.mercadopago_access_token =
        "x";
    const auto all = configured_providers(settings, client);
    BOOST_REQUIRE(all.size() == 3U);
    for (std::size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST((all[i]->name() == all_providers.at(i)));
        BOOST_TEST(is_configured(settings, all[i]->name()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
