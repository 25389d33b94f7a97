// Typing codes: every outcome (SPEC.md 2, DESIGN.md figures).
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "claims/login_chain.h"
#include "core/digest.h"
#include "store/code_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(codes)

BOOST_AUTO_TEST_CASE(the_right_code_is_accepted_once) {
    CodeSite site;
    (void)site.choose_maria();
    const auto outcome = site.type(site.mailed());
    BOOST_TEST(told(outcome) == "accepted");
    BOOST_TEST(std::get<CodeAccepted>(outcome).dato_id.value() == site.maria);
    BOOST_TEST(!std::get<CodeAccepted>(outcome).proves_mailbox);
    BOOST_TEST(!std::get<CodeAccepted>(outcome).opened.has_value());
    BOOST_TEST(told(site.type(site.mailed())) == "used");
    BOOST_TEST(told(site.type_wrong()) == "used");
    BOOST_TEST(
        site.number("SELECT count(*) FROM verification_code WHERE used_at = '2026-11-21 12:00+00'")
        == 1);
    BOOST_TEST(site.text("SELECT string_agg(outcome, ',') FROM code_attempt") == "right");
}

BOOST_AUTO_TEST_CASE(five_wrong_tries_kill_a_code_and_the_right_one_comes_too_late) {
    CodeSite site;
    (void)site.choose_maria();
    for (const char* wanted :
         {"wrong 4", "wrong 3", "wrong 2", "wrong 1", "exhausted", "exhausted"}) {
        BOOST_TEST(told(site.type_wrong()) == wanted);
    }
    BOOST_TEST(told(site.type(site.mailed())) == "exhausted");
    BOOST_TEST(site.attempts() == 5);
    BOOST_TEST(site.number("SELECT tries FROM verification_code") == 5);
    site.clock.advance(1min);
    BOOST_TEST(site.resend());
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_fifth_try_may_be_the_right_one) {
    CodeSite site;
    (void)site.choose_maria();
    for (int wrong = 0; wrong < 4; ++wrong) {
        (void)site.type_wrong();
    }
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_code_ends_at_the_very_second) {
    CodeSite site;
    (void)site.choose_maria();
    site.clock.advance(15min - 1us);
    BOOST_TEST(told(site.type_wrong()) == "wrong 4");
    site.clock.advance(1us);
    BOOST_TEST(told(site.type(site.mailed())) == "expired");
    BOOST_TEST(site.attempts() == 1);
    BOOST_TEST(site.resend());
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_code_works_only_in_the_browser_that_asked_for_it) {
    CodeSite site;
    (void)site.choose_maria(visitor(1));
    BOOST_TEST(told(site.type(site.mailed(), visitor(2))) == "no claim");
    BOOST_TEST(site.attempts() == 0);
    BOOST_TEST(told(site.type(site.mailed(), visitor(1, "198.51.100.0/24"))) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_resend_replaces_the_code_and_typing_the_old_one_costs_no_try) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string first = site.mailed();
    site.clock.advance(1min);
    BOOST_TEST(site.resend());
    const Timestamp replaced_at = site.clock.now();
    BOOST_TEST(site.newest_mail("maria@correo.com")["message"] == "verification_code_resent");
    BOOST_TEST(site.mailed() != first);
    site.clock.advance(1min);
    BOOST_TEST(site.resend());
    for (int i = 0; i < 8; ++i) {
        const auto outcome = site.type(first);
        BOOST_TEST(told(outcome) == "replaced");
        BOOST_TEST((std::get<CodeReplaced>(outcome).replaced_at == replaced_at));
    }
    BOOST_TEST(site.attempts() == 0);
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
    BOOST_TEST(told(site.type(first)) == "used");
}

BOOST_AUTO_TEST_CASE(a_resend_gives_five_new_tries_and_fifteen_new_minutes) {
    CodeSite site;
    (void)site.choose_maria();
    (void)site.type_wrong();
    site.clock.advance(14min);
    BOOST_TEST(site.resend());
    site.clock.advance(14min);
    BOOST_TEST(told(site.type_wrong()) == "wrong 4");
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_strangers_resend_never_kills_another_claims_code) {
    CodeSite site;
    (void)site.choose_maria(visitor(1));
    const std::string mine = site.mailed();
    site.clock.advance(1min);
    (void)site.choose_maria(visitor(2));
    site.clock.advance(1min);
    BOOST_TEST(site.resend(visitor(2)));
    for (int wrong = 0; wrong < 5; ++wrong) {
        (void)site.type_wrong(visitor(2));
    }
    BOOST_TEST(told(site.type(mine, visitor(1))) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_new_claim_of_the_same_browser_takes_the_place_of_the_old_one) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string first = site.mailed();
    site.clock.advance(1min);
    (void)site.choose_maria();
    const std::string second = site.mailed();
    if (first != second) {
        BOOST_TEST(told(site.type(first)) == "wrong 4");
    }
    BOOST_TEST(told(site.type(second)) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_claim_that_matches_nothing_treats_every_code_as_wrong) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("nadie", "nadie@correo.com"), visitor());
    for (const char* wanted : {"wrong 4", "wrong 3", "wrong 2", "wrong 1", "exhausted"}) {
        BOOST_TEST(told(site.type("1234", visitor(), Flow::Form)) == wanted);
    }
    site.clock.advance(1min);
    BOOST_TEST(site.resend(visitor(), Flow::Form));
    BOOST_TEST(told(site.type("1234", visitor(), Flow::Form)) == "wrong 4");
    site.clock.advance(15min);
    BOOST_TEST(told(site.type("1234", visitor(), Flow::Form)) == "expired");
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 0);
}

BOOST_AUTO_TEST_CASE(the_form_opens_the_account_with_the_password_given_before) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    BOOST_TEST(site.text("SELECT password_hash FROM claim").starts_with("argon2$"));
    const auto outcome = site.type(site.mailed(), visitor(), Flow::Form);
    BOOST_TEST(told(outcome) == "accepted");
    const auto& opened = std::get<CodeAccepted>(outcome).opened;
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->username == "maria");
    BOOST_TEST(site.services.sessions.find(opened->session_token)->account.id
               == opened->account_id);
    BOOST_TEST(
        site.text("SELECT concat_ws('|', first_name, last_name, email, weak_password) FROM account")
        == "María|Pérez|maria@correo.com|f");
    BOOST_TEST(
        verify_password(site.text("SELECT password_hash FROM account"), "tres palabras sueltas"));
    BOOST_TEST(
        site.number(
            "SELECT count(*) FROM claim WHERE password_hash IS NULL AND finished_at IS NOT NULL")
        == 1);
    BOOST_TEST(site.newest_mail("maria@correo.com")["message"] == "account_reactivated");
    BOOST_TEST(told(site.type("0000", visitor(), Flow::Form)) == "used");
}

BOOST_AUTO_TEST_CASE(the_right_code_of_an_account_that_came_back_meanwhile_opens_nothing) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    const std::string code = site.mailed();
    BOOST_TEST(std::holds_alternative<LoggedIn>(
        log_in(site.claims(), "maria", "vieja clave 77", visitor(2))));
    BOOST_TEST(told(site.type(code, visitor(), Flow::Form)) == "already claimed");
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
}

BOOST_AUTO_TEST_CASE(without_a_free_name_the_code_stays_usable) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    const std::string code = site.mailed();
    site.execute(
        "INSERT INTO account (username, password_hash) SELECT 'maria' || CASE WHEN n < 0 THEN '' ELSE n::text END, "
        "'!' FROM generate_series(-1, 98) AS n");
    BOOST_TEST(told(site.type(code, visitor(), Flow::Form)) == "no free username");
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 100);
    site.execute("DELETE FROM account WHERE username = 'maria7'");
    const auto outcome = site.type(code, visitor(), Flow::Form);
    BOOST_TEST(told(outcome) == "accepted");
    BOOST_TEST(std::get<CodeAccepted>(outcome).opened->username == "maria7");
}

BOOST_AUTO_TEST_CASE(a_code_stands_nowhere_in_the_clear) {
    CodeSite site;
    site.settings.code_length = 8;
    (void)site.choose_maria();
    const std::string code = site.mailed();
    BOOST_TEST(code.size() == 8U);
    std::string everything;
    for (const char* table : {"claim",
                              "verification_code",
                              "mail_outbox",
                              "audit_log",
                              "archive_search",
                              "code_attempt"}) {
        everything +=
            site.text("SELECT string_agg(t::text, ' ') FROM " + std::string(table) + " AS t");
    }
    BOOST_TEST(everything.size() > 200U);
    for (const auto& form : {code, hex(code), hex(sha256(code)), base64url(code), base64(code)}) {
        BOOST_TEST(everything.find(form) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_length_of_codes_is_a_setting) {
    CodeSite site;
    site.settings.code_length = 6;
    (void)site.choose_maria();
    BOOST_TEST(site.mailed().size() == 6U);
    BOOST_TEST(site.digits() == 6);
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_code_survives_the_rotation_of_the_secret_key) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string code = site.mailed();
    Settings rotated = site.settings;
    rotated.secret_key_previous = site.settings.secret_key;
    rotated.secret_key = "another-key-0123456789abcdef0123456789";
    Services services(rotated, site.clock, test_renderer(), "rotated");
    BOOST_TEST(told(use_code(services.claims, Flow::Search, code, visitor())) == "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
