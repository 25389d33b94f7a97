// What we send to Mercado Pago, what we take its answers for, and which notifications we believe.
#include <boost/test/unit_test.hpp>

#include "core/digest.h"
#include "unit/provider_samples.h"

using namespace ventanilla;
using namespace ventanilla::test;
using nlohmann::json;

namespace {

constexpr const char* secret = "secreto-de-firma";
constexpr const char* old_secret = "secreto-viejo";

Settings mercadopago_settings() {
    Settings settings;
    settings.currency = "MXN";
    settings.mercadopago_access_token = "TEST-123-112126-abcdef-987654";
    settings.mercadopago_webhook_secret = std::string(secret) + ' ';
    settings.mercadopago_webhook_secret_previous = old_secret;
    settings.mercadopago_api_base = "http://127.0.0.1:1";
    return settings;
}

class Talk : public ProviderTalk {
  public:
    explicit Talk(Answers answers, Settings settings = mercadopago_settings())
        : ProviderTalk(std::move(answers), std::move(settings), &Settings::mercadopago_api_base) {}
};

const std::string preference =
    R"({"id":"123-abc","init_point":"https://www.mercadopago.com.mx/checkout/v1/redirect?pref_id=1",)"
    R"("sandbox_init_point":"https://sandbox.mercadopago.com.mx/checkout/v1/redirect?pref_id=1"})";

json payment(const std::string& status) {
    return {{"id", 1234567890123},
            {"status", status},
            {"status_detail", "accredited"},
            {"external_reference", sample_reference},
            {"transaction_amount", 550.5},
            {"transaction_amount_refunded", 0},
            {"currency_id", "MXN"},
            {"collector_id", 987654}};
}

MoneyReport asked(const std::string& payment_json) {
    Talk talk({{"GET /v1/payments/1234567890123", web_answer(200, payment_json)}});
    return only_report(talk.provider().ask({"", "", "1234567890123", Money()}));
}

MoneyReport asked(const json& payment) {
    return asked(payment.dump());
}

std::string page_of(const std::vector<json>& payments, int total) {
    return web_answer(200, json{{"paging", {{"total", total}}}, {"results", payments}}.dump());
}

struct Parts {
    std::string id = "1234567890123";
    std::string request_id = "req-1";
    std::string time = "1795262400";
    std::string key = secret;
};

std::string signature(const Parts& parts) {
    const std::string manifest =
        (parts.id.empty() ? "" : "id:" + parts.id + ';')
        + (parts.request_id.empty() ? "" : "request-id:" + parts.request_id + ';')
        + "ts:" + parts.time + ';';
    return "ts=" + parts.time + ",v1=" + hex(hmac_sha256(parts.key, manifest));
}

const std::string payment_body =
    R"({"id":5,"type":"payment","action":"payment.updated","data":{"id":"1234567890123"}})";

IncomingNotice notice_of(const std::string& header,
                         const std::string& query = "data.id=1234567890123&type=payment",
                         const std::string& request_id = "req-1",
                         const std::string& body = payment_body) {
    IncomingNotice notice{{{"x-signature", header}}, query, body};
    if (!request_id.empty()) {
        notice.headers.emplace_back("x-request-id", request_id);
    }
    return notice;
}

std::variant<Notice, NoticeRefusal> read(const IncomingNotice& notice) {
    HttpClient client({});
    const Settings settings = mercadopago_settings();
    return configured_providers(settings, client).front()->read_notice(notice, sample_time);
}

bool is_good(const IncomingNotice& notice) {
    return std::holds_alternative<Notice>(read(notice));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mercadopago_checkout)

BOOST_AUTO_TEST_CASE(a_preference_is_asked_for_field_by_field) {
    Talk talk({{"POST /checkout/preferences", web_answer(201, preference)}});
    const auto opened = talk.provider().open(sample_order());
    BOOST_REQUIRE(std::holds_alternative<Checkout>(opened));
    BOOST_TEST(std::get<Checkout>(opened).ref == "123-abc");
    const auto request = talk.server.request();
    BOOST_TEST(request.method + ' ' + request.target == "POST /checkout/preferences");
    BOOST_TEST(request.header("authorization") == "Bearer TEST-123-112126-abcdef-987654");
    BOOST_TEST(request.header("x-idempotency-key") == sample_reference);
    BOOST_TEST(request.header("content-type") == "application/json");
    const std::string back =
        "https://portal.ejemplo.org/pagos/regreso/?reference=" + sample_reference;
    const json expected = {
        {"items",
         {{{"id", "1"},
           {"title", "Internet, noviembre 2026"},
           {"quantity", 1},
           {"unit_price", 350.5},
           {"currency_id", "MXN"}},
          {{"id", "2"},
           {"title", "Teléfono & más"},
           {"quantity", 1},
           {"unit_price", 200.0},
           {"currency_id", "MXN"}}}},
        {"payer", {{"email", "ana+1@ejemplo.com"}}},
        {"external_reference", sample_reference},
        {"back_urls",
         {{"success", back},
          {"pending", back},
          {"failure",
           "https://portal.ejemplo.org/pagos/cancelado/?reference=" + sample_reference}}},
        {"auto_return", "approved"},
        {"notification_url", "https://portal.ejemplo.org/pagos/webhook/x/?source_news=webhooks"},
        {"expires", true},
        {"expiration_date_from", "2026-11-21T12:00:00.000+00:00"},
        {"expiration_date_to", "2026-11-22T11:00:00.000+00:00"},
        {"date_of_expiration", "2026-11-24T12:00:00.000+00:00"},
        {"metadata", {{"reference", sample_reference}}}};
    BOOST_TEST((json::parse(request.body) == expected), request.body);
    BOOST_TEST(request.body.find("\"unit_price\":350.50,") != std::string::npos);
    BOOST_TEST(request.body.find("\"unit_price\":200.00,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_known_is_left_out) {
    Talk talk({{"POST", web_answer(200, preference)}});
    CheckoutOrder order = sample_order({{"Internet", Money(500000, "CLP")}});
    order.payer_email = "";
    order.return_url = "http://127.0.0.1/regreso/";
    (void)talk.provider().open(order);
    const std::string body = talk.server.request().body;
    BOOST_TEST(!json::parse(body).contains("payer"));
    BOOST_TEST(!json::parse(body).contains("auto_return"));
    BOOST_TEST(body.find("\"unit_price\":5000,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(test_credentials_lead_to_the_page_for_tests) {
    const auto url_for = [](const std::string& token, const std::string& answer) {
        Settings settings = mercadopago_settings();
        settings.mercadopago_access_token = token;
        Talk talk({{"POST", web_answer(201, answer)}}, settings);
        const auto opened = talk.provider().open(sample_order());
        BOOST_REQUIRE(std::holds_alternative<Checkout>(opened));
        return std::get<Checkout>(opened).url;
    };
    BOOST_TEST(url_for("TEST-1-2-3", preference).starts_with("https://sandbox."));
    BOOST_TEST(url_for("APP_USR-1-2-3", preference).starts_with("https://www."));
    BOOST_TEST(url_for("TEST-1-2-3", R"({"id":"1","init_point":"https://www.x.example/"})")
               == "https://www.x.example/");
}

BOOST_AUTO_TEST_CASE(what_it_takes_follows_from_currency_amount_and_setting) {
    HttpClient client({});
    Settings settings = mercadopago_settings();
    const auto takes = [&](std::int64_t minor, const char* currency) {
        return configured_providers(settings, client).front()->takes(Money(minor, currency));
    };
    BOOST_TEST(takes(1, "MXN"));
    BOOST_TEST(!takes(100, "ARS"));
    settings.mercadopago_currencies = "ARS,CLP,EUR";
    BOOST_TEST(takes(1, "ARS"));
    BOOST_TEST(takes(100, "CLP"));
    BOOST_TEST(!takes(150, "CLP"));
    BOOST_TEST(!takes(100, "EUR"));
    BOOST_TEST(!takes(100, "MXN"));
    BOOST_TEST((configured_providers(settings, client).front()->checkout_life()
                == std::chrono::hours(23)));
}

BOOST_AUTO_TEST_CASE(troubles_are_told_apart_and_say_the_providers_code_alone) {
    const std::string refusal =
        R"({"message":"x","error":"invalid_items","status":400,"cause":[{"code":"a 1","description":"y"},{}]})";
    Talk talk({{"POST", web_answer(400, refusal)}});
    const auto trouble = trouble_of(talk.provider().open(sample_order()));
    BOOST_TEST((trouble.kind == Trouble::Kind::Refused));
    BOOST_TEST(trouble.reason == "HTTP 400: invalid_items");
    Talk numbered(
        {{"POST", web_answer(400, R"({"error":"bad_request","cause":[{"code":4037}]})")}});
    BOOST_TEST(trouble_of(numbered.provider().open(sample_order())).reason
               == "HTTP 400: bad_request (4037)");
    Talk away({{"POST", web_answer(500, "{}")}});
    BOOST_TEST((trouble_of(away.provider().open(sample_order())).kind == Trouble::Kind::Away));
}

BOOST_AUTO_TEST_CASE(garbage_is_trouble_whatever_was_asked) {
    for (const auto& body : garbage_bodies) {
        Talk talk({{"", web_answer(200, body)}});
        BOOST_TEST_CONTEXT(body.substr(0, 80)) {
            BOOST_TEST(
                (trouble_of(talk.provider().open(sample_order())).kind == Trouble::Kind::Away));
            BOOST_TEST(
                (trouble_of(talk.provider().ask(known_try("p"))).kind == Trouble::Kind::Away));
            BOOST_TEST(
                (trouble_of(talk.provider().ask(known_try("", "7"))).kind == Trouble::Kind::Away));
        }
    }
}

BOOST_AUTO_TEST_CASE(closing_a_preference_puts_its_end_into_the_past) {
    Talk talk({{"PUT /checkout/preferences/123-abc", web_answer(200, preference)}});
    BOOST_TEST(!talk.provider().close(known_try("123-abc")).has_value());
    const json sent = json::parse(talk.server.request().body);
    BOOST_TEST(sent["expires"] == true);
    BOOST_TEST(sent["expiration_date_from"].get<std::string>()
               < sent["expiration_date_to"].get<std::string>());
    const auto now = std::chrono::floor<std::chrono::days>(SystemClock().now());
    const auto year = static_cast<int>(std::chrono::year_month_day(now).year());
    BOOST_TEST(std::abs(std::stoi(sent["expiration_date_to"].get<std::string>()) - year) <= 1);
    Talk gone({{"PUT", web_answer(404, R"({"error":"not_found"})")}});
    BOOST_TEST(!gone.provider().close(known_try("123-abc")).has_value());
    Talk away({{"PUT", web_answer(500, "")}});
    BOOST_TEST((away.provider().close(known_try("123-abc"))->kind == Trouble::Kind::Away));
    Talk refusing({{"PUT", web_answer(400, "{}")}});
    BOOST_TEST((refusing.provider().close(known_try("123-abc"))->kind == Trouble::Kind::Refused));
    BOOST_TEST(!refusing.provider().close(known_try("")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mercadopago_answers)

BOOST_AUTO_TEST_CASE(a_payment_tells_its_money) {
    const auto report = asked(payment("approved"));
    BOOST_TEST(report.reference == sample_reference);
    BOOST_TEST(report.money_ref == "1234567890123");
    BOOST_TEST((report.state == MoneyState::Paid));
    BOOST_TEST(shown(report.amount) == "550.50 MXN");
    BOOST_TEST(shown(report.refunded) == "0.00 MXN");
    BOOST_TEST(shown(report.disputed) == "0.00 MXN");
    BOOST_TEST(report.is_ours);
}

BOOST_AUTO_TEST_CASE(each_status_has_its_meaning) {
    BOOST_TEST((asked(payment("pending")).state == MoneyState::Processing));
    BOOST_TEST((asked(payment("in_process")).state == MoneyState::Processing));
    BOOST_TEST((asked(payment("authorized")).state == MoneyState::Processing));
    BOOST_TEST((asked(payment("unheard_of")).state == MoneyState::Processing));
    for (const char* status : {"rejected", "cancelled"}) {
        json failed = payment(status);
        failed["status_detail"] = "cc_rejected_insufficient_amount";
        BOOST_TEST((asked(failed).state == MoneyState::Failed), status);
        BOOST_TEST(asked(failed).reason == "cc_rejected_insufficient_amount");
    }
    const auto refunded = asked(payment("refunded"));
    BOOST_TEST((refunded.state == MoneyState::Paid));
    BOOST_TEST(shown(refunded.refunded) == "550.50 MXN");
    BOOST_TEST(shown(refunded.disputed) == "0.00 MXN");
    BOOST_TEST((asked(payment("in_mediation")).state == MoneyState::Paid));
    BOOST_TEST(shown(asked(payment("in_mediation")).disputed) == "0.00 MXN");
}

BOOST_AUTO_TEST_CASE(a_chargeback_holds_what_was_not_given_back_until_it_is_reimbursed) {
    json disputed = payment("charged_back");
    disputed["status_detail"] = "in_process";
    BOOST_TEST((asked(disputed).state == MoneyState::Paid));
    BOOST_TEST(shown(asked(disputed).disputed) == "550.50 MXN");
    disputed["status_detail"] = "settled";
    BOOST_TEST(shown(asked(disputed).disputed) == "550.50 MXN");
    disputed["transaction_amount_refunded"] = 50.5;
    BOOST_TEST(shown(asked(disputed).refunded) == "50.50 MXN");
    BOOST_TEST(shown(asked(disputed).disputed) == "500.00 MXN");
    disputed["status_detail"] = "reimbursed";
    BOOST_TEST(shown(asked(disputed).disputed) == "0.00 MXN");
}

BOOST_AUTO_TEST_CASE(a_ticket_that_is_out_is_waited_for) {
    json ticket = payment("pending");
    ticket["payment_type_id"] = "ticket";
    ticket["date_of_expiration"] = "2026-11-24T23:59:59.000-06:00";
    ticket["transaction_details"] = {
        {"external_resource_url", "https://www.mercadopago.com/mlm/payments/ticket/1"}};
    const auto report = asked(ticket);
    BOOST_TEST((report.state == MoneyState::Waiting));
    BOOST_TEST(report.voucher_url == "https://www.mercadopago.com/mlm/payments/ticket/1");
    BOOST_REQUIRE(report.voucher_until.has_value());
    BOOST_TEST(iso_text(*report.voucher_until) == "2026-11-25 05:59:59.000000+00");
    for (const char* time : {"",
                             "2026-13-24T23:59:59.000-06:00",
                             "2026-11-24T23:59:59",
                             "mañana",
                             "2026-11-24T23:59:59.000+6:00"}) {
        ticket["date_of_expiration"] = time;
        BOOST_TEST(!asked(ticket).voucher_until.has_value(), time);
    }
    ticket["transaction_details"]["external_resource_url"] = "javascript:alert(1)";
    BOOST_TEST(asked(ticket).voucher_url == "");
    BOOST_TEST((asked(ticket).state == MoneyState::Waiting));
}

BOOST_AUTO_TEST_CASE(an_amount_is_read_as_it_was_written) {
    const auto amount_of = [](const std::string& written) {
        return asked(
            R"({"id":1234567890123,"status":"approved","currency_id":"MXN","transaction_amount":)"
            + written + "}");
    };
    BOOST_TEST(shown(amount_of("350").amount) == "350.00 MXN");
    BOOST_TEST(shown(amount_of("350.0").amount) == "350.00 MXN");
    BOOST_TEST(shown(amount_of("350.5").amount) == "350.50 MXN");
    BOOST_TEST(shown(amount_of("350.10").amount) == "350.10 MXN");
    BOOST_TEST(shown(amount_of("999999999999.99").amount) == "999999999999.99 MXN");
    for (const char* written : {"3.505e2", "350.505", "-1", "99999999999999999999", "1e308"}) {
        BOOST_TEST(shown(amount_of(written).amount) == "not told", written);
        BOOST_TEST((amount_of(written).state == MoneyState::Paid));
    }
    BOOST_TEST(amount_of("3.505e2").amount_text == "3.505e2 MXN");
    BOOST_TEST(amount_of("\"350.50\"").amount_text == " MXN");
}

BOOST_AUTO_TEST_CASE(money_of_another_account_is_not_ours) {
    json foreign = payment("approved");
    foreign["collector_id"] = 111;
    BOOST_TEST(!asked(foreign).is_ours);
    foreign["collector_id"] = nullptr;
    BOOST_TEST(asked(foreign).is_ours);
    Settings settings = mercadopago_settings();
    settings.mercadopago_access_token = "un-token-de-otra-forma";
    foreign["collector_id"] = 111;
    Talk talk({{"GET", web_answer(200, foreign.dump())}}, settings);
    BOOST_TEST(only_report(talk.provider().ask({"", "", "1234567890123", Money()})).is_ours);
}

BOOST_AUTO_TEST_CASE(without_a_payment_they_are_searched_by_reference_page_by_page) {
    json second = payment("approved");
    second["id"] = 2;
    json foreign = payment("approved");
    foreign["id"] = 3;
    foreign["external_reference"] = "de otro";
    Talk talk({{"GET /v1/payments/search?external_reference=" + sample_reference
                    + "&sort=date_created&criteria=asc&offset=2",
                page_of({second}, 3)},
               {"GET /v1/payments/search?external_reference=" + sample_reference
                    + "&sort=date_created&criteria=asc",
                page_of({payment("rejected"), foreign}, 3)}});
    const auto answer = talk.provider().ask(known_try("123-abc"));
    const auto& reports = std::get<std::vector<MoneyReport>>(answer);
    BOOST_REQUIRE(reports.size() == 2U);
    BOOST_TEST((reports[0].state == MoneyState::Failed));
    BOOST_TEST(reports[0].money_ref == "1234567890123");
    BOOST_TEST((reports[1].state == MoneyState::Paid));
    BOOST_TEST(reports[1].money_ref == "2");
    BOOST_TEST(talk.server.requests().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_search_that_never_ends_is_ended) {
    Talk talk({{"GET", page_of({payment("rejected")}, 1'000'000)}});
    (void)talk.provider().ask(known_try("123-abc"));
    BOOST_TEST(talk.server.requests().size() == 10U);
    Talk empty({{"GET", page_of({}, 50)}});
    BOOST_TEST(knows_none(empty.provider().ask(known_try("123-abc"))));
    BOOST_TEST(empty.server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_payment_that_failed_does_not_hide_the_next_one) {
    json second = payment("approved");
    second["id"] = 2;
    Talk talk({{"GET /v1/payments/search", page_of({payment("rejected"), second}, 2)},
               {"GET /v1/payments/1234567890123", web_answer(200, payment("rejected").dump())}});
    const auto answer = talk.provider().ask(known_try("123-abc", "1234567890123"));
    BOOST_TEST(std::get<std::vector<MoneyReport>>(answer).size() == 2U);
    Talk paid({{"GET /v1/payments/1234567890123", web_answer(200, payment("approved").dump())}});
    BOOST_TEST((only_report(paid.provider().ask(known_try("123-abc", "1234567890123"))).state
                == MoneyState::Paid));
    BOOST_TEST(paid.server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_it_does_not_know_is_no_trouble) {
    Talk talk({{"GET /v1/payments/7", web_answer(404, R"({"error":"not_found"})")},
               {"GET /v1/payments/search", page_of({}, 0)}});
    BOOST_TEST(knows_none(talk.provider().ask({"", "", "7", Money()})));
    BOOST_TEST(knows_none(talk.provider().ask(known_try("123-abc", "7"))));
    BOOST_TEST(knows_none(talk.provider().ask(known_try("123-abc"))));
    BOOST_TEST(knows_none(talk.provider().ask({"", "123-abc", "", Money()})));
    BOOST_TEST(talk.server.requests().size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mercadopago_notices)

BOOST_AUTO_TEST_CASE(a_signature_is_the_hmac_of_the_manifest) {
    // Made with: printf 'id:1234567890123;request-id:req-1;ts:1795262400;' | openssl dgst -sha256
    // -hmac secreto-de-firma
    const std::string vector = "2bcd07ab5640cd0c4cc0406686932fb941e9e6043554c8a01ca1cca6e46d20b7";
    BOOST_TEST(is_good(notice_of("ts=1795262400,v1=" + vector)));
    BOOST_TEST(is_good(notice_of("v1=" + vector + ", ts=1795262400")));
    BOOST_TEST(!is_good(notice_of("ts=1795262401,v1=" + vector)));
    BOOST_TEST(!is_good(notice_of("ts=1795262400,v1=" + vector, "data.id=2&type=payment")));
    BOOST_TEST(!is_good(
        notice_of("ts=1795262400,v1=" + vector, "data.id=1234567890123&type=payment", "req-2")));
}

BOOST_AUTO_TEST_CASE(pairs_that_are_absent_are_left_out) {
    BOOST_TEST(is_good(notice_of(signature({.id = ""}), "type=payment")));
    BOOST_TEST(is_good(
        notice_of(signature({.request_id = ""}), "data.id=1234567890123&type=payment", "")));
    BOOST_TEST(is_good(notice_of(signature({.id = "", .request_id = ""}), "type=payment", "")));
    BOOST_TEST(!is_good(notice_of(signature({.id = ""}))));
}

BOOST_AUTO_TEST_CASE(seconds_and_milliseconds_are_both_taken_with_the_same_bounds) {
    for (const auto& [time, is_fresh] :
         std::vector<std::pair<std::string, bool>>{{"1795262400", true},
                                                   {"1795262400123", true},
                                                   {"1795262100", true},
                                                   {"1795262099", false},
                                                   {"1795262700", true},
                                                   {"1795262701", false},
                                                   {"1795262700001", false},
                                                   {"1795262099999", false},
                                                   {"", false},
                                                   {"x", false},
                                                   {"-1795262400", false},
                                                   {"1795262400.5", false},
                                                   {"9999999999999999", false}}) {
        BOOST_TEST(is_good(notice_of(signature({.time = time}))) == is_fresh, time);
    }
}

BOOST_AUTO_TEST_CASE(the_objects_name_counts_as_it_is_and_in_small_letters) {
    const std::string query = "data.id=ORD01ABC&type=order";
    BOOST_TEST(is_good(notice_of(signature({.id = "ORD01ABC"}), query)));
    BOOST_TEST(is_good(notice_of(signature({.id = "ord01abc"}), query)));
    BOOST_TEST(!is_good(notice_of(signature({.id = "ORD01ABC"}), "data.id=ord01abc&type=order")));
    BOOST_TEST(is_good(notice_of(signature({.id = "a b"}), "data%2Eid=a%20b&type=order")));
}

BOOST_AUTO_TEST_CASE(both_secrets_count_and_no_other) {
    BOOST_TEST(is_good(notice_of(signature({.key = old_secret}))));
    BOOST_TEST(!is_good(notice_of(signature({.key = "otro"}))));
    BOOST_TEST(!is_good(notice_of(signature({.key = ""}))));
    BOOST_TEST(!is_good(notice_of("")));
    BOOST_TEST(!is_good(notice_of("ts=1795262400")));
    BOOST_TEST(!is_good(notice_of("ts=1795262400,v1=")));
    BOOST_TEST(!is_good(notice_of(std::string(9000, ',') + signature({}))));
}

BOOST_AUTO_TEST_CASE(a_payment_is_a_reason_to_ask_and_nothing_in_the_body_is_believed) {
    const auto notice =
        good_notice(read(notice_of(signature({}),
                                   "data.id=1234567890123&type=payment",
                                   "req-1",
                                   R"({"type":"x","data":{"id":"9"},"status":"approved"})")));
    BOOST_TEST(notice.type == "payment");
    BOOST_TEST(notice.money_ref == "1234567890123");
    BOOST_TEST(!notice.report.has_value());
    const auto by_body = good_notice(read(notice_of(signature({.id = ""}), "", "req-1")));
    BOOST_TEST(by_body.type == "payment");
    BOOST_TEST(by_body.money_ref == "1234567890123");
}

BOOST_AUTO_TEST_CASE(another_topic_is_nothing_for_us) {
    const auto notice =
        good_notice(read(notice_of(signature({}), "data.id=1234567890123&type=topic_claims")));
    BOOST_TEST(notice.type == "topic_claims");
    BOOST_TEST(notice.money_ref == "");
}

BOOST_AUTO_TEST_CASE(a_notice_that_comes_again_has_the_same_key_and_others_have_others) {
    const auto key = [](const Parts& parts, const std::string& type, const std::string& body) {
        return good_notice(
                   read(notice_of(
                       signature(parts), "data.id=" + parts.id + "&type=" + type, "req-1", body)))
            .key;
    };
    const std::string first = key({}, "payment", "{}");
    BOOST_TEST(first.size() == 64U);
    BOOST_TEST(key({.time = "1795262401"}, "payment", "{}") == first);
    BOOST_TEST(key({.id = "2"}, "payment", "{}") != first);
    BOOST_TEST(key({}, "order", "{}") != first);
    BOOST_TEST(key({}, "payment", "{ }") != first);
}

BOOST_AUTO_TEST_CASE(the_older_form_without_a_signature_is_not_believed) {
    IncomingNotice older{{}, "topic=payment&id=1234567890123", ""};
    BOOST_TEST(is_refused(read(older), NoticeRefusal::NotSigned));
}

BOOST_AUTO_TEST_CASE(what_is_signed_and_makes_no_sense_is_malformed) {
    for (const std::string& body : {std::string("<html>"), std::string("[]"), std::string("{")}) {
        const auto answer =
            read(notice_of(signature({}), "data.id=1234567890123&type=payment", "req-1", body));
        BOOST_TEST(is_refused(answer, NoticeRefusal::Malformed), body);
    }
    BOOST_TEST(is_refused(read(notice_of(signature({}), "data.id=1234567890123", "req-1", "{}")),
                          NoticeRefusal::Malformed));
    BOOST_TEST(is_refused(read(notice_of(signature({}), "data.id=%zz&type=payment")),
                          NoticeRefusal::NotSigned));
}

BOOST_AUTO_TEST_SUITE_END()
