// Starting claims of each flow, and what they tell to whom (SPEC.md 1 and 2).
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "store/claims.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(claims)

BOOST_AUTO_TEST_CASE(a_choice_mails_a_code_to_the_archived_address) {
    Claims site;
    BOOST_TEST(site.start(site.choose_maria()) == "sent");
    const auto mail = site.newest_mail("maria@correo.com");
    BOOST_TEST(mail["message"] == "verification_code");
    BOOST_TEST(mail["code"].get<std::string>().size() == 4U);
    BOOST_TEST(mail["username"] == "maria");
    BOOST_TEST(mail["minutes"] == 15);
    BOOST_TEST(
        site.number("SELECT count(*) FROM mail_outbox WHERE not_after = '2026-11-21 12:15+00'")
        == 1);
    BOOST_TEST(site.number("SELECT archived_user_id FROM verification_code") == site.maria);
    const auto pending = pending_code(site.claims(), Flow::Search, visitor());
    BOOST_REQUIRE(pending.has_value());
    BOOST_TEST(pending->email == "maria@correo.com");
    BOOST_TEST(pending->digits == 4);
    BOOST_TEST(!pending->is_step_up);
    BOOST_TEST((pending->expires_at == site.clock.now() + 15min));
    BOOST_TEST((pending->resend_from == site.clock.now() + 60s));
}

BOOST_AUTO_TEST_CASE(the_flows_of_one_browser_do_not_mix) {
    Claims site;
    site.add_account("jose", "jose@correo.com", good);
    (void)site.choose_maria();
    BOOST_TEST(!pending_code(site.claims(), Flow::Form, visitor()).has_value());
    BOOST_TEST(!pending_code(site.claims(), Flow::Recovery, visitor()).has_value());
    BOOST_TEST(site.recover("jose@correo.com") == "sent");
    BOOST_TEST(pending_code(site.claims(), Flow::Search, visitor())->email == "maria@correo.com");
    BOOST_TEST(pending_code(site.claims(), Flow::Recovery, visitor())->email == "jose@correo.com");
    BOOST_TEST(told(site.type(site.mailed(), visitor(), Flow::Form)) == "no claim");
}

BOOST_AUTO_TEST_CASE(a_form_that_matches_and_one_that_does_not_look_the_same) {
    Claims site;
    const auto shown = [&](const std::string& username, const std::string& email, int browser) {
        const auto who = visitor(browser);
        std::string all =
            site.start(start_form(site.claims(), ClaimSite::form_of(username, email), who));
        const auto pending = pending_code(site.claims(), Flow::Form, who).value();
        all += ' ' + std::to_string(pending.digits) + ' ' + iso_text(pending.expires_at)
               + iso_text(pending.resend_from);
        all += ' ' + site.start(send_new_code(site.claims(), Flow::Form, who).value());
        return all;
    };
    const std::string matched = shown("MARIA", "Maria@correo.com", 1);
    BOOST_TEST(site.mails() == 1);
    BOOST_TEST(shown("maria", "otra@correo.com", 2) == matched);
    BOOST_TEST(shown("nadie", "nadie@correo.com", 3) == matched);
    BOOST_TEST(site.mails() == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM claim WHERE password_hash LIKE 'argon2$%'") == 3);
    BOOST_TEST(
        site.number("SELECT count(*) FROM verification_code WHERE octet_length(code_hmac) = 32")
        == 3);
}

BOOST_AUTO_TEST_CASE(a_form_needs_the_username_of_that_very_email) {
    Claims site;
    site.add_archived_user("jose", "jose@correo.com", "x");
    (void)start_form(site.claims(), ClaimSite::form_of("jose", "maria@correo.com"), visitor());
    BOOST_TEST(site.mails() == 0);
    BOOST_TEST(
        site.number(
            "SELECT count(*) FROM claim WHERE recipient IS NULL AND archived_user_id IS NULL")
        == 1);
}

BOOST_AUTO_TEST_CASE(recovery_answers_the_same_whatever_the_email_is) {
    Claims site;
    site.add_account("viva", "viva@correo.com", good);
    site.add_account("apagada", "apagada@correo.com", good);
    site.execute("UPDATE account SET is_active = false WHERE username = 'apagada'");
    BOOST_TEST(site.recover("viva@correo.com", visitor(1)) == "sent");
    BOOST_TEST(site.recover("apagada@correo.com", visitor(2)) == "sent");
    BOOST_TEST(site.recover("nadie@correo.com", visitor(3)) == "sent");
    BOOST_TEST(site.recover("maria@correo.com", visitor(4)) == "sent");  // archived, not live
    BOOST_TEST(site.mails() == 1);
    const auto mail = site.newest_mail("viva@correo.com");
    BOOST_TEST(mail["message"] == "password_reset_code");
    BOOST_TEST(mail["username"] == "viva");
    BOOST_TEST(mail["several"] == false);
}

BOOST_AUTO_TEST_CASE(a_code_goes_to_the_stored_address_and_not_to_one_that_only_folds_to_it) {
    // CVE-2019-19844: U+212A, the Kelvin sign, is lowered to k, but its mailbox is another one.
    Claims site;
    site.add_account("mike", "mike@correo.com", good);
    site.add_archived_user("erika", "erika@correo.com", "x");
    (void)site.recover("mi\u212ae@correo.com", visitor(1));
    (void)start_form(
        site.claims(), ClaimSite::form_of("erika", "eri\u212aa@correo.com"), visitor(2));
    remember_search(site.claims(), "eri\u212aa@correo.com", visitor(3));
    const SearchResult result = search_result(site.claims(), visitor(3)).value();
    for (const auto& found : result.accounts) {
        const auto listed = listed_account(site.claims(), found.id, visitor(3));
        (void)start_choice(site.claims(), listed->account, listed->searched_email, visitor(3));
    }
    site.settings.search_discloses = false;
    site.clock.advance(2min);
    (void)start_mailbox_proof(site.claims(), "eri\u212aa@correo.com", visitor(4));
    BOOST_TEST(
        site.text("SELECT string_agg(recipient, ' ') FROM mail_outbox WHERE recipient NOT IN "
                  "('mike@correo.com', 'erika@correo.com')")
        == "");
}

BOOST_AUTO_TEST_CASE(a_proof_of_one_mailbox_opens_no_account_of_one_that_only_folds_to_it) {
    // The stranger's account has an address of its own, and is the older one.
    Claims site;
    site.add_account("extrano", "mi\u212ae@correo.com", good);
    site.add_account("mike", "mike@correo.com", good);
    (void)site.recover("mi\u212ae@correo.com");
    (void)site.type(site.mailed("mi\u212ae@correo.com"), visitor(), Flow::Recovery);
    const auto claim = verified_claim(site.claims(), Flow::Recovery, visitor()).value();
    for (const auto& account : recoverable_accounts(site.claims(), claim)) {
        BOOST_TEST(account.username != "mike");
    }
}

BOOST_AUTO_TEST_CASE(a_recovery_mail_names_all_accounts_of_its_email) {
    Claims site;
    site.add_account("madre", "familia@correo.com", good);
    site.add_account("hijo", "Familia@correo.com", good);
    (void)site.recover("familia@correo.com");
    const auto mail = site.newest_mail("familia@correo.com");
    BOOST_TEST(mail["several"] == true);
    BOOST_TEST(mail["usernames"].dump() == R"([{"username":"madre"},{"username":"hijo"}])");
}

BOOST_AUTO_TEST_CASE(a_claim_can_be_taken_up_again_for_a_day) {
    Claims site;
    (void)site.choose_maria();
    site.clock.advance(24h - 1s);
    BOOST_TEST(pending_code(site.claims(), Flow::Search, visitor()).has_value());
    BOOST_TEST(told(site.type_wrong()) == "expired");
    BOOST_TEST(site.resend());
    site.clock.advance(1s);
    BOOST_TEST(!pending_code(site.claims(), Flow::Search, visitor()).has_value());
    BOOST_TEST(told(site.type(site.mailed())) == "no claim");
    BOOST_TEST(!send_new_code(site.claims(), Flow::Search, visitor()).has_value());
}

BOOST_AUTO_TEST_CASE(who_asked_for_nothing_gets_no_code) {
    Claims site;
    BOOST_TEST(!send_new_code(site.claims(), Flow::Search, visitor()).has_value());
    BOOST_TEST(!send_new_code(site.claims(), Flow::Recovery, visitor()).has_value());
    BOOST_TEST(!expected_digits(site.claims(), Flow::Form, visitor()).has_value());
    BOOST_TEST(!verified_claim(site.claims(), Flow::Search, visitor()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
