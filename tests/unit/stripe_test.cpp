// What we send to Stripe, what we take its answers for, and which notifications we believe.
#include <boost/test/unit_test.hpp>

#include "core/digest.h"
#include "unit/provider_samples.h"

using namespace ventanilla;
using namespace ventanilla::test;
using nlohmann::json;

namespace {

constexpr const char* secret = "whsec_unoDosTres";
constexpr const char* old_secret = "whsec_viejo";

Settings stripe_settings(const std::string& base = "http://127.0.0.1:1") {
    Settings settings;
    settings.currency = "MXN";
    settings.stripe_secret_key = "sk_test_4eC39HqLyjWDarjtT1zdp7dc\n";
    settings.stripe_webhook_secret = std::string(secret) + '\n';
    settings.stripe_webhook_secret_previous = old_secret;
    settings.stripe_api_base = base;
    settings.voucher_days = 3;
    return settings;
}

class Talk : public ProviderTalk {
  public:
    explicit Talk(Answers answers, Settings settings = stripe_settings())
        : ProviderTalk(std::move(answers), std::move(settings), &Settings::stripe_api_base) {}
};

json session(const std::string& status, const std::string& payment_status) {
    return {{"id", "cs_1"},
            {"object", "checkout.session"},
            {"status", status},
            {"payment_status", payment_status},
            {"client_reference_id", sample_reference},
            {"amount_total", 55050},
            {"currency", "mxn"},
            {"livemode", false},
            {"payment_intent", nullptr}};
}

json paid_session(const json& charge) {
    json paid = session("complete", "paid");
    paid["payment_intent"] = {{"id", "pi_1"}, {"status", "succeeded"}, {"latest_charge", charge}};
    return paid;
}

json whole_charge() {
    return {{"id", "ch_1"},
            {"amount_refunded", 0},
            {"refunded", false},
            {"disputed", false},
            {"currency", "mxn"}};
}

MoneyReport asked(const json& answer) {
    Talk talk({{"GET /v1/checkout/sessions/cs_1", web_answer(200, answer.dump())}});
    return only_report(talk.provider().ask(known_try("cs_1")));
}

std::string signed_header(const std::string& body,
                          std::int64_t seconds,
                          const std::string& key = secret) {
    const std::string time = std::to_string(seconds);
    return "t=" + time + ",v1=" + hex(hmac_sha256(key, time + '.' + body));
}

IncomingNotice notice_of(const std::string& body, const std::string& header) {
    return {{{"stripe-signature", header}}, "", body};
}

std::int64_t seconds_of(Timestamp when) {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

std::string event(const std::string& type, const json& object) {
    return json{
        {"id", "evt_1"}, {"type", type}, {"livemode", false}, {"data", {{"object", object}}}}
        .dump();
}

std::variant<Notice, NoticeRefusal> read(const IncomingNotice& notice, Settings settings) {
    HttpClient client({});
    return configured_providers(settings, client).front()->read_notice(notice, sample_time);
}

std::variant<Notice, NoticeRefusal> read(const IncomingNotice& notice) {
    return read(notice, stripe_settings());
}

Notice read_signed(const std::string& type, const json& object) {
    const std::string body = event(type, object);
    return good_notice(read(notice_of(body, signed_header(body, seconds_of(sample_time)))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stripe_checkout)

BOOST_AUTO_TEST_CASE(a_checkout_is_asked_for_field_by_field) {
    Talk talk(
        {{"POST /v1/checkout/sessions",
          web_answer(200, R"({"id":"cs_1","url":"https://checkout.stripe.com/c/pay/cs_1#x"})")}});
    const auto opened = talk.provider().open(sample_order());
    BOOST_REQUIRE(std::holds_alternative<Checkout>(opened));
    BOOST_TEST(std::get<Checkout>(opened).ref == "cs_1");
    BOOST_TEST(std::get<Checkout>(opened).url == "https://checkout.stripe.com/c/pay/cs_1#x");
    const auto request = talk.server.request();
    BOOST_TEST(request.method + ' ' + request.target == "POST /v1/checkout/sessions");
    BOOST_TEST(request.header("authorization") == "Bearer sk_test_4eC39HqLyjWDarjtT1zdp7dc");
    BOOST_TEST(request.header("stripe-version") == "2026-10-28.endive");
    BOOST_TEST(request.header("idempotency-key") == sample_reference);
    BOOST_TEST(request.header("content-type") == "application/x-www-form-urlencoded");
    const std::map<std::string, std::string> expected = {
        {"mode", "payment"},
        {"client_reference_id", sample_reference},
        {"success_url",
         "https://portal.ejemplo.org/pagos/regreso/?reference=" + sample_reference
             + "&session_id={CHECKOUT_SESSION_ID}"},
        {"cancel_url", "https://portal.ejemplo.org/pagos/cancelado/?reference=" + sample_reference},
        {"line_items[0][quantity]", "1"},
        {"line_items[0][price_data][currency]", "mxn"},
        {"line_items[0][price_data][unit_amount]", "35050"},
        {"line_items[0][price_data][product_data][name]", "Internet, noviembre 2026"},
        {"line_items[1][quantity]", "1"},
        {"line_items[1][price_data][currency]", "mxn"},
        {"line_items[1][price_data][unit_amount]", "20000"},
        {"line_items[1][price_data][product_data][name]", "Teléfono & más"},
        {"payment_method_types[0]", "card"},
        {"metadata[reference]", sample_reference},
        {"payment_intent_data[metadata][reference]", sample_reference},
        {"expires_at", std::to_string(seconds_of(sample_time) + 23 * 3600)},
        {"locale", "es"},
        {"customer_email", "ana+1@ejemplo.com"}};
    BOOST_TEST((form_fields(request.body) == expected), request.body);
    BOOST_TEST(request.body.find("%7BCHECKOUT_SESSION_ID%7D") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(vouchers_are_offered_for_pesos_within_their_bounds_when_switched_on) {
    const auto fields_for = [](const Money& amount, bool is_on) {
        Settings settings = stripe_settings();
        settings.stripe_oxxo = is_on;
        Talk talk({{"POST", web_answer(200, R"({"id":"cs_1","url":"https://x.example/"})")}},
                  settings);
        (void)talk.provider().open(sample_order({{"Internet", amount}}));
        return form_fields(talk.server.request().body);
    };
    for (const auto& [minor, is_offered] : std::vector<std::pair<std::int64_t, bool>>{
             {999, false}, {1000, true}, {1000000, true}, {1000001, false}}) {
        auto fields = fields_for(Money(minor, "MXN"), true);
        BOOST_TEST(fields.contains("payment_method_types[1]") == is_offered, minor);
        BOOST_TEST(
            fields.contains("payment_method_options[oxxo][expires_after_days]") == is_offered,
            minor);
    }
    auto fields = fields_for(Money(35000, "MXN"), true);
    BOOST_TEST(fields["payment_method_types[1]"] == "oxxo");
    BOOST_TEST(fields["payment_method_options[oxxo][expires_after_days]"] == "3");
    BOOST_TEST(!fields_for(Money(35000, "MXN"), false).contains("payment_method_types[1]"));
    BOOST_TEST(!fields_for(Money(35000, "USD"), true).contains("payment_method_types[1]"));
}

BOOST_AUTO_TEST_CASE(items_that_only_their_sum_can_say_become_one_line) {
    Talk talk({{"POST", web_answer(200, R"({"id":"cs_1","url":"https://x.example/"})")}});
    (void)talk.provider().open(
        sample_order({{"Uno", Money(10050, "CLP")}, {"Dos", Money(19950, "CLP")}}));
    auto fields = form_fields(talk.server.request().body);
    BOOST_TEST(fields["line_items[0][price_data][unit_amount]"] == "300");
    BOOST_TEST(fields["line_items[0][price_data][product_data][name]"] == "Uno, Dos");
    BOOST_TEST(!fields.contains("line_items[1][quantity]"));
}

BOOST_AUTO_TEST_CASE(what_it_takes_follows_from_currency_amount_and_setting) {
    HttpClient client({});
    Settings settings = stripe_settings();
    const auto takes = [&](std::int64_t minor, const char* currency) {
        return configured_providers(settings, client).front()->takes(Money(minor, currency));
    };
    BOOST_TEST(takes(1, "MXN"));
    BOOST_TEST(!takes(0, "MXN"));
    BOOST_TEST(!takes(100, "USD"));
    settings.stripe_currencies = "USD,CLP,KWD";
    BOOST_TEST(!takes(100, "MXN"));
    BOOST_TEST(takes(100, "USD"));
    BOOST_TEST(takes(100, "CLP"));
    BOOST_TEST(!takes(150, "CLP"));
    BOOST_TEST(!takes(1000, "KWD"));
    BOOST_TEST((configured_providers(settings, client).front()->checkout_life()
                == std::chrono::hours(23)));
}

BOOST_AUTO_TEST_CASE(an_address_that_a_browser_must_not_be_sent_to_makes_no_sense) {
    for (const char* url :
         {"http://checkout.stripe.com/", "javascript:alert(1)", "//x", "", "https://a@b/"}) {
        Talk talk({{"POST", web_answer(200, json{{"id", "cs_1"}, {"url", url}}.dump())}});
        BOOST_TEST((trouble_of(talk.provider().open(sample_order())).kind == Trouble::Kind::Away),
                   url);
    }
}

BOOST_AUTO_TEST_CASE(troubles_are_told_apart_and_say_the_providers_code_alone) {
    const std::string refusal =
        R"({"error":{"code":"parameter_invalid","type":"invalid_request_error","message":"Invalid sk_test_4eC39"}})";
    for (const auto& [status, kind] :
         std::vector<std::pair<int, Trouble::Kind>>{{400, Trouble::Kind::Refused},
                                                    {401, Trouble::Kind::Refused},
                                                    {402, Trouble::Kind::Refused},
                                                    {403, Trouble::Kind::Refused},
                                                    {404, Trouble::Kind::Refused},
                                                    {409, Trouble::Kind::Away},
                                                    {429, Trouble::Kind::Away},
                                                    {302, Trouble::Kind::Away},
                                                    {500, Trouble::Kind::Away},
                                                    {503, Trouble::Kind::Away}}) {
        Talk talk({{"POST", web_answer(status, refusal)}});
        const auto trouble = trouble_of(talk.provider().open(sample_order()));
        BOOST_TEST((trouble.kind == kind), status);
        BOOST_TEST(trouble.reason == "HTTP " + std::to_string(status) + ": parameter_invalid");
    }
    Talk echo({{"POST",
                web_answer(401, R"({"error":{"code":"bad sk_test_4eC39HqLyjWDarjtT1zdp7dc"}})")}});
    BOOST_TEST(trouble_of(echo.provider().open(sample_order())).reason == "HTTP 401");
    Talk loud(
        {{"POST",
          web_answer(400, json{{"error", {{"code", std::string(500, 'x') + "\n"}}}}.dump())}});
    BOOST_TEST(trouble_of(loud.provider().open(sample_order())).reason
               == "HTTP 400: " + std::string(200, 'x'));
    Talk closing({{"POST", std::string()}});
    BOOST_TEST((trouble_of(closing.provider().open(sample_order())).kind == Trouble::Kind::Away));
}

BOOST_AUTO_TEST_CASE(garbage_is_trouble_whatever_was_asked) {
    for (const auto& body : garbage_bodies) {
        for (const int status : {200, 500}) {
            Talk talk({{"", web_answer(status, body)}});
            BOOST_TEST_CONTEXT(body.substr(0, 80)) {
                BOOST_TEST(
                    (trouble_of(talk.provider().open(sample_order())).kind == Trouble::Kind::Away));
                BOOST_TEST((trouble_of(talk.provider().ask(known_try("cs_1"))).kind
                            == Trouble::Kind::Away));
                BOOST_TEST((trouble_of(talk.provider().ask(known_try("", "pi_1"))).kind
                            == Trouble::Kind::Away));
            }
        }
        Talk refusing({{"", web_answer(400, body)}});
        BOOST_TEST((trouble_of(refusing.provider().ask(known_try("cs_1"))).kind
                    == Trouble::Kind::Refused));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stripe_answers)

BOOST_AUTO_TEST_CASE(a_session_is_asked_for_with_its_charge) {
    Talk talk({{"GET", web_answer(200, paid_session(whole_charge()).dump())}});
    const auto report = only_report(talk.provider().ask(known_try("cs_1")));
    BOOST_TEST(talk.server.request().target
               == "/v1/checkout/sessions/cs_1?expand[]=payment_intent.latest_charge");
    BOOST_TEST(report.reference == sample_reference);
    BOOST_TEST(report.checkout_ref == "cs_1");
    BOOST_TEST(report.money_ref == "pi_1");
    BOOST_TEST((report.state == MoneyState::Paid));
    BOOST_TEST(shown(report.amount) == "550.50 MXN");
    BOOST_TEST(shown(report.refunded) == "0.00 MXN");
    BOOST_TEST(shown(report.disputed) == "0.00 MXN");
    BOOST_TEST(report.is_ours);
    BOOST_TEST(talk.server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(only_the_payment_status_says_that_it_is_paid) {
    BOOST_TEST((asked(session("open", "unpaid")).state == MoneyState::Open));
    BOOST_TEST((asked(session("complete", "unpaid")).state == MoneyState::Processing));
    BOOST_TEST((asked(session("complete", "paid")).state == MoneyState::Paid));
    BOOST_TEST((asked(session("expired", "unpaid")).state == MoneyState::Expired));
    BOOST_TEST((asked(session("expired", "paid")).state == MoneyState::Paid));
}

BOOST_AUTO_TEST_CASE(a_voucher_that_is_out_is_waited_for) {
    json waiting = session("complete", "unpaid");
    waiting["payment_intent"] = {
        {"id", "pi_1"},
        {"status", "requires_action"},
        {"next_action",
         {{"type", "oxxo_display_details"},
          {"oxxo_display_details",
           {{"hosted_voucher_url", "https://payments.stripe.com/oxxo/voucher/x"},
            {"expires_after", 1795586399}}}}}};
    const auto report = asked(waiting);
    BOOST_TEST((report.state == MoneyState::Waiting));
    BOOST_TEST(report.voucher_url == "https://payments.stripe.com/oxxo/voucher/x");
    BOOST_REQUIRE(report.voucher_until.has_value());
    BOOST_TEST(seconds_of(*report.voucher_until) == 1795586399);
    BOOST_TEST(report.money_ref == "pi_1");
}

BOOST_AUTO_TEST_CASE(a_payment_that_came_to_nothing_has_failed) {
    for (const char* status : {"requires_payment_method", "canceled"}) {
        json failed = session("complete", "unpaid");
        failed["payment_intent"] = {
            {"id", "pi_1"},
            {"status", status},
            {"last_payment_error", {{"code", "payment_intent_payment_attempt_expired"}}}};
        BOOST_TEST((asked(failed).state == MoneyState::Failed), status);
        BOOST_TEST(asked(failed).reason == "payment_intent_payment_attempt_expired");
    }
    json open = session("open", "unpaid");
    open["payment_intent"] = {{"id", "pi_1"}, {"status", "requires_payment_method"}};
    BOOST_TEST((asked(open).state == MoneyState::Open));
}

BOOST_AUTO_TEST_CASE(refunds_come_from_the_charge) {
    json charge = whole_charge();
    charge["amount_refunded"] = 10050;
    BOOST_TEST(shown(asked(paid_session(charge)).refunded) == "100.50 MXN");
    charge["currency"] = "usd";
    BOOST_TEST(shown(asked(paid_session(charge)).refunded) == "not told");
    charge["refunded"] = true;
    BOOST_TEST(shown(asked(paid_session(charge)).refunded) == "550.50 MXN");
    BOOST_TEST(shown(asked(session("complete", "paid")).refunded) == "not told");
}

BOOST_AUTO_TEST_CASE(a_disputed_charge_holds_what_its_disputes_hold) {
    json charge = whole_charge();
    charge["disputed"] = true;
    const auto disputed = [&](const json& list) {
        Talk talk({{"GET /v1/checkout", web_answer(200, paid_session(charge).dump())},
                   {"GET /v1/disputes?payment_intent=pi_1",
                    web_answer(200, json{{"data", list}}.dump())}});
        return shown(only_report(talk.provider().ask(known_try("cs_1"))).disputed);
    };
    const auto dispute = [](const char* status, std::int64_t amount) {
        return json{{"status", status}, {"amount", amount}, {"currency", "mxn"}};
    };
    for (const char* status : {"needs_response", "under_review", "lost"}) {
        BOOST_TEST(disputed(json::array({dispute(status, 10000)})) == "100.00 MXN", status);
    }
    for (const char* status :
         {"won", "warning_needs_response", "warning_under_review", "warning_closed", "prevented"}) {
        BOOST_TEST(disputed(json::array({dispute(status, 10000)})) == "0.00 MXN", status);
    }
    BOOST_TEST(disputed(json::array(
                   {dispute("lost", 10000), dispute("won", 5), dispute("under_review", 1)}))
               == "100.01 MXN");
    BOOST_TEST(disputed(json::array({dispute("lost", 55050), dispute("lost", 1)})) == "550.50 MXN");
    BOOST_TEST(disputed(json::array({{{"status", "lost"}}})) == "550.50 MXN");
    charge["amount_refunded"] = 50;
    BOOST_TEST(disputed(json::array({dispute("lost", 55050)})) == "550.00 MXN");
}

BOOST_AUTO_TEST_CASE(
    disputes_that_cannot_be_read_now_are_trouble_and_those_that_never_can_are_not_told) {
    json charge = whole_charge();
    charge["disputed"] = true;
    const std::string paid = web_answer(200, paid_session(charge).dump());
    Talk away({{"GET /v1/checkout", paid}, {"GET /v1/disputes", web_answer(503, "")}});
    BOOST_TEST((trouble_of(away.provider().ask(known_try("cs_1"))).kind == Trouble::Kind::Away));
    Talk garbage({{"GET /v1/checkout", paid}, {"GET /v1/disputes", web_answer(200, "{}")}});
    BOOST_TEST((trouble_of(garbage.provider().ask(known_try("cs_1"))).kind == Trouble::Kind::Away));
    Talk forbidden({{"GET /v1/checkout", paid}, {"GET /v1/disputes", web_answer(403, "{}")}});
    const auto report = only_report(forbidden.provider().ask(known_try("cs_1")));
    BOOST_TEST((report.state == MoneyState::Paid));
    BOOST_TEST(shown(report.disputed) == "not told");
}

BOOST_AUTO_TEST_CASE(money_is_found_without_its_session) {
    Talk talk(
        {{"GET /v1/checkout/sessions?payment_intent=pi_1&limit=1",
          web_answer(200, R"({"data":[{"id":"cs_1"}]})")},
         {"GET /v1/checkout/sessions/cs_1", web_answer(200, paid_session(whole_charge()).dump())}});
    BOOST_TEST((only_report(talk.provider().ask(known_try("", "pi_1"))).state == MoneyState::Paid));
    Talk none({{"GET /v1/checkout/sessions?", web_answer(200, R"({"data":[]})")}});
    BOOST_TEST(knows_none(none.provider().ask(known_try("", "pi_1"))));
}

BOOST_AUTO_TEST_CASE(what_it_does_not_know_is_no_trouble) {
    Talk talk({{"GET", web_answer(404, R"({"error":{"code":"resource_missing"}})")}});
    BOOST_TEST(knows_none(talk.provider().ask(known_try("cs_1"))));
    BOOST_TEST(talk.server.requests().size() == 1U);
    BOOST_TEST(knows_none(talk.provider().ask(known_try(""))));
    BOOST_TEST(talk.server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_about_another_session_makes_no_sense) {
    Talk talk({{"GET", web_answer(200, session("complete", "paid").dump())}});
    BOOST_TEST((trouble_of(talk.provider().ask(known_try("cs_2"))).kind == Trouble::Kind::Away));
}

BOOST_AUTO_TEST_CASE(what_a_name_holds_stays_in_its_place_of_the_address) {
    Talk talk({{"GET", web_answer(404, "{}")}});
    (void)talk.provider().ask(known_try("cs_1/../x?y=z&a b"));
    BOOST_TEST(talk.server.request().target.starts_with(
        "/v1/checkout/sessions/cs_1%2F..%2Fx%3Fy%3Dz%26a%20b?"));
}

BOOST_AUTO_TEST_CASE(an_amount_that_cannot_be_held_is_told_as_text) {
    for (const auto& amount : {json(-5), json(5.5), json("550"), json(), json(99999999999999999)}) {
        json odd = session("complete", "paid");
        odd["amount_total"] = amount;
        BOOST_TEST(shown(asked(odd).amount) == "not told");
        BOOST_TEST(asked(odd).amount_text.ends_with(" mxn"));
    }
    json peso = session("complete", "paid");
    peso["currency"] = "clp";
    BOOST_TEST(shown(asked(peso).amount) == "55050.00 CLP");
}

BOOST_AUTO_TEST_CASE(money_of_the_other_mode_is_not_ours) {
    json live = session("complete", "paid");
    live["livemode"] = true;
    BOOST_TEST(!asked(live).is_ours);
    live.erase("livemode");
    BOOST_TEST(asked(live).is_ours);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_open_no_more_counts_as_closed) {
    Talk talk({{"POST /v1/checkout/sessions/cs_1/expire",
                web_answer(200, session("expired", "unpaid").dump())}});
    BOOST_TEST(!talk.provider().close(known_try("cs_1")).has_value());
    BOOST_TEST(talk.server.requests().size() == 1U);
    const std::string refusal = web_answer(400, R"({"error":{"type":"invalid_request_error"}})");
    for (const auto& [status, paid, is_closed] :
         std::vector<std::tuple<const char*, const char*, bool>>{
             {"complete", "paid", true}, {"expired", "unpaid", true}, {"open", "unpaid", false}}) {
        Talk again({{"POST", refusal}, {"GET", web_answer(200, session(status, paid).dump())}});
        const auto trouble = again.provider().close(known_try("cs_1"));
        BOOST_TEST(trouble.has_value() != is_closed, status);
        BOOST_TEST((is_closed || trouble->kind == Trouble::Kind::Refused));
    }
    Talk away({{"POST", web_answer(503, "")}});
    BOOST_TEST((away.provider().close(known_try("cs_1"))->kind == Trouble::Kind::Away));
    BOOST_TEST(!away.provider().close(known_try("")).has_value());
    BOOST_TEST(away.server.requests().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stripe_notices)

BOOST_AUTO_TEST_CASE(a_signature_is_the_hmac_of_time_and_body_under_the_whole_secret) {
    // Made with: printf '1795262400.{}' | openssl dgst -sha256 -hmac whsec_unoDosTres
    const std::string vector = "6233095a5bb4bf6d719b724620137805d70c31580bdf348bf217837e785223d4";
    BOOST_TEST(
        is_refused(read(notice_of("{}", "t=1795262400,v1=" + vector)), NoticeRefusal::Malformed));
    BOOST_TEST(
        is_refused(read(notice_of("{} ", "t=1795262400,v1=" + vector)), NoticeRefusal::NotSigned));
}

BOOST_AUTO_TEST_CASE(the_age_of_a_signature_is_bounded_on_both_sides) {
    const std::string body = event("ping", json::object());
    const std::int64_t now = seconds_of(sample_time);
    for (const auto& [seconds, is_good] : std::vector<std::pair<std::int64_t, bool>>{
             {-301, false}, {-300, true}, {0, true}, {300, true}, {301, false}, {3600, false}}) {
        const auto answer = read(notice_of(body, signed_header(body, now + seconds)));
        BOOST_TEST(std::holds_alternative<Notice>(answer) == is_good, seconds);
    }
}

BOOST_AUTO_TEST_CASE(any_v1_under_any_of_both_secrets_is_enough) {
    const std::string body = event("ping", json::object());
    const std::string now = std::to_string(seconds_of(sample_time));
    const auto digest = [&](const std::string& key) {
        return hex(hmac_sha256(key, now + '.' + body));
    };
    const std::string wrong(64, 'a');
    for (const auto& header : {"t=" + now + ",v1=" + digest(old_secret),
                               "t=" + now + ",v1=" + wrong + ",v1=" + digest(secret),
                               "t=" + now + ",v1=" + digest(secret) + ",v1=" + wrong,
                               "v0=x, v1 = " + digest(secret) + " , t = " + now}) {
        BOOST_TEST(std::holds_alternative<Notice>(read(notice_of(body, header))), header);
    }
    for (const auto& header :
         {std::string(),
          "t=" + now,
          "v1=" + digest(secret),
          "t=,v1=" + digest(secret),
          "t=" + now + ",v0=" + digest(secret),
          "t=" + now + ",v1=" + digest("whsec_otro"),
          "t=" + now + ",v1=" + digest(""),
          "t=" + now + ",v1=",
          "t=" + now + ",v1=" + digest(secret).substr(1),
          "t=-" + now + ",v1=" + digest(secret),
          "t=" + now + "000,v1=" + digest(secret),
          "t=99999999999999999999,v1=" + digest(secret),
          "t=" + now + ",v1=" + digest(secret) + "," + std::string(5000, 'x')}) {
        BOOST_TEST(is_refused(read(notice_of(body, header)), NoticeRefusal::NotSigned),
                   header.substr(0, 90));
    }
    Settings settings = stripe_settings();
    settings.stripe_webhook_secret_previous = "";
    BOOST_TEST(is_refused(read(notice_of(body, "t=" + now + ",v1=" + digest("")), settings),
                          NoticeRefusal::NotSigned));
}

BOOST_AUTO_TEST_CASE(what_is_signed_and_no_event_is_malformed) {
    for (const auto& body : garbage_bodies) {
        const auto answer = read(notice_of(body, signed_header(body, seconds_of(sample_time))));
        BOOST_TEST(is_refused(answer, NoticeRefusal::Malformed), body.substr(0, 60));
    }
}

BOOST_AUTO_TEST_CASE(an_event_of_a_session_tells_its_money) {
    json paid = session("complete", "paid");
    paid["payment_intent"] = "pi_1";
    const auto notice = read_signed("checkout.session.completed", paid);
    BOOST_TEST(notice.key == "evt_1");
    BOOST_TEST(notice.type == "checkout.session.completed");
    BOOST_TEST(notice.checkout_ref == "cs_1");
    BOOST_TEST(notice.reference == sample_reference);
    BOOST_REQUIRE(notice.report.has_value());
    BOOST_TEST((notice.report->state == MoneyState::Paid));
    BOOST_TEST(notice.report->money_ref == "pi_1");
    BOOST_TEST(shown(notice.report->amount) == "550.50 MXN");
    BOOST_TEST(shown(notice.report->refunded) == "not told");
    BOOST_TEST(shown(notice.report->disputed) == "not told");
    BOOST_TEST((read_signed("checkout.session.async_payment_succeeded", paid).report->state
                == MoneyState::Paid));
    BOOST_TEST((read_signed("checkout.session.expired", session("expired", "unpaid")).report->state
                == MoneyState::Expired));
    BOOST_TEST((read_signed("checkout.session.async_payment_failed", session("complete", "unpaid"))
                    .report->state
                == MoneyState::Failed));
}

BOOST_AUTO_TEST_CASE(an_event_of_a_session_that_is_not_paid_yet_is_a_reason_to_ask) {
    const auto notice = read_signed("checkout.session.completed", session("complete", "unpaid"));
    BOOST_TEST(!notice.report.has_value());
    BOOST_TEST(notice.checkout_ref == "cs_1");
}

BOOST_AUTO_TEST_CASE(an_event_of_money_is_a_reason_to_ask_for_it) {
    for (const char* type : {"charge.refunded",
                             "charge.dispute.created",
                             "charge.dispute.funds_withdrawn",
                             "refund.updated"}) {
        const auto notice =
            read_signed(type, {{"id", "x_1"}, {"payment_intent", "pi_1"}, {"amount_refunded", 5}});
        BOOST_TEST(notice.money_ref == "pi_1", type);
        BOOST_TEST(!notice.report.has_value());
    }
    BOOST_TEST(read_signed("charge.refunded", {{"payment_intent", {{"id", "pi_2"}}}}).money_ref
               == "pi_2");
}

BOOST_AUTO_TEST_CASE(an_event_of_another_kind_is_nothing_for_us) {
    const auto notice =
        read_signed("customer.created", {{"id", "cus_1"}, {"payment_intent", "pi_1"}});
    BOOST_TEST(notice.type == "customer.created");
    BOOST_TEST(!notice.report.has_value());
    BOOST_TEST(notice.reference + notice.checkout_ref + notice.money_ref == "");
}

BOOST_AUTO_TEST_SUITE_END()
