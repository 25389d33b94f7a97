// Searching the archive, starting claims, the limits on code mails, and the last step: the password
// (SPEC.md 1 and 2).
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "claims/expiry.h"
#include "claims/login_chain.h"
#include "store/claim_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

const std::string good = "otras cuatro palabras raras";

struct Claims : ClaimSite {
    std::string search(const std::string& email, const Visitor& who = visitor()) {
        remember_search(claims(), email, who);
        return list(who);
    }
    // The masked names that this browser is shown; "(nothing)" when it is shown no list.
    std::string list(const Visitor& who = visitor()) {
        const auto result = search_result(claims(), who);
        if (!result) {
            return "(nothing)";
        }
        std::string names;
        for (const auto& account : result->accounts) {
            names += (names.empty() ? "" : ",") + account.masked_username;
        }
        return names;
    }
    std::string start(const StartOutcome& outcome) { return told(outcome, clock.now()); }
    std::string recover(const std::string& email, const Visitor& who = visitor()) {
        return start(start_recovery(claims(), email, who));
    }
    // A claim of method 2 whose code was right.
    VerifiedClaim verified(const Visitor& who = visitor()) {
        (void)choose_maria(who);
        if (told(type(mailed(), who)) != "accepted") {
            throw std::runtime_error("the code was not accepted");
        }
        return verified_claim(claims(), Flow::Search, who).value();
    }
    VerifiedClaim recovered(const std::string& email, const Visitor& who = visitor()) {
        (void)start_recovery(claims(), email, who);
        if (told(type(mailed(email), who, Flow::Recovery)) != "accepted") {
            throw std::runtime_error("the code was not accepted");
        }
        return verified_claim(claims(), Flow::Recovery, who).value();
    }
    std::optional<AccountToOpen> to_open(const VerifiedClaim& claim) {
        auto outcome = account_to_open(claims(), claim);
        auto* account = std::get_if<AccountToOpen>(&outcome);
        return account == nullptr ? std::nullopt : std::optional(*account);
    }
    bool cannot_open(const VerifiedClaim& claim, OpeningRefusal why) {
        const auto outcome = account_to_open(claims(), claim);
        const auto* refusal = std::get_if<OpeningRefusal>(&outcome);
        return refusal != nullptr && *refusal == why;
    }
    std::int64_t mails() { return number("SELECT count(*) FROM mail_outbox"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(archive_search)

BOOST_AUTO_TEST_CASE(a_search_finds_unclaimed_rows_of_both_sources_without_regard_to_case) {
    Claims site;
    site.execute(
        "INSERT INTO archived_record (source_table, legacy_id, data) VALUES "
        "('socios', '1', '{\"username\":\"mar\",\"email\":\"MARIA@correo.com\"}')");
    site.add_archived_user("jose", "jose@correo.com", "x");
    BOOST_TEST(site.search("Maria@Correo.COM") == "m***a,m***r");
    BOOST_TEST(search_result(site.claims(), visitor())->email == "Maria@Correo.COM");
    BOOST_TEST(site.search("nadie@correo.com") == "");
    BOOST_TEST(site.search("%@correo.com") == "");
}

BOOST_AUTO_TEST_CASE(claimed_and_inactive_rows_are_left_out) {
    Claims site;
    site.add_archived_user("marta", "maria@correo.com", "x");
    site.execute("UPDATE archived_user SET claimed_at = now() WHERE username = 'maria'");
    BOOST_TEST(site.search("maria@correo.com") == "m***a");
    site.execute("UPDATE archived_user SET is_active = false WHERE username = 'marta'");
    BOOST_TEST(site.list() == "");
}

BOOST_AUTO_TEST_CASE(a_browser_sees_only_its_own_last_search) {
    Claims site;
    const auto jose = site.add_archived_user("jose", "jose@correo.com", "x");
    (void)site.search("maria@correo.com", visitor(1));
    (void)site.search("jose@correo.com", visitor(2));
    const auto listed = [&](std::int64_t dato, int browser) {
        return listed_account(site.claims(), dato, visitor(browser)).has_value();
    };
    BOOST_TEST(listed(site.maria, 1));
    BOOST_TEST(!listed(jose, 1));
    BOOST_TEST(listed(jose, 2));
    BOOST_TEST(!listed(site.maria, 2));
    BOOST_TEST(!listed(site.maria, 3));
    BOOST_TEST(!listed(0, 1));
    BOOST_TEST(site.list(visitor(3)) == "(nothing)");
    (void)site.search("jose@correo.com", visitor(1));
    BOOST_TEST(!listed(site.maria, 1));
}

BOOST_AUTO_TEST_CASE(a_list_is_gone_after_an_hour) {
    Claims site;
    (void)site.search("maria@correo.com");
    site.clock.advance(1h - 1s);
    BOOST_TEST(site.list() == "m***a");
    site.clock.advance(1s);
    BOOST_TEST(site.list() == "(nothing)");
    BOOST_TEST(!listed_account(site.claims(), site.maria, visitor()).has_value());
}

BOOST_AUTO_TEST_CASE(without_disclosure_nothing_is_listed_before_the_mailbox_is_proved) {
    Claims site;
    site.settings.search_discloses = false;
    BOOST_TEST(site.search("maria@correo.com") == "(nothing)");
    BOOST_TEST(!listed_account(site.claims(), site.maria, visitor()).has_value());
    BOOST_TEST(site.start(start_mailbox_proof(site.claims(), "maria@correo.com", visitor()))
               == "sent");
    BOOST_TEST(site.list() == "(nothing)");
    const auto outcome = site.type(site.mailed());
    BOOST_TEST(told(outcome) == "accepted");
    BOOST_TEST(std::get<CodeAccepted>(outcome).proves_mailbox);
    BOOST_TEST(!std::get<CodeAccepted>(outcome).dato_id.has_value());
    BOOST_TEST(site.list() == "m***a");
    BOOST_TEST(site.list(visitor(2)) == "(nothing)");
    const auto listed = listed_account(site.claims(), site.maria, visitor());
    BOOST_REQUIRE(listed.has_value());
    BOOST_TEST(listed->is_proven);
    start_proven_choice(site.claims(), listed->account, listed->searched_email, visitor());
    BOOST_TEST(verified_claim(site.claims(), Flow::Search, visitor())->dato_id.value()
               == site.maria);
    BOOST_TEST(site.mails() == 1);  // no second code
}

BOOST_AUTO_TEST_CASE(a_proof_ends_with_another_search_and_with_its_time) {
    Claims site;
    site.settings.search_discloses = false;
    (void)site.search("maria@correo.com");
    (void)start_mailbox_proof(site.claims(), "maria@correo.com", visitor());
    (void)site.type(site.mailed());
    site.clock.advance(15min - 1s);
    BOOST_TEST(site.list() == "m***a");
    site.clock.advance(1s);
    BOOST_TEST(site.list() == "(nothing)");
    site.clock.advance(1min);
    (void)site.search("maria@correo.com");
    (void)start_mailbox_proof(site.claims(), "maria@correo.com", visitor());
    (void)site.type(site.mailed());
    BOOST_TEST(site.search("maria@correo.com") == "(nothing)");
}

BOOST_AUTO_TEST_CASE(without_disclosure_an_unknown_email_runs_the_same_way) {
    Claims site;
    site.settings.search_discloses = false;
    (void)site.search("nadie@correo.com");
    BOOST_TEST(site.start(start_mailbox_proof(site.claims(), "nadie@correo.com", visitor()))
               == "sent");
    BOOST_TEST(site.mails() == 0);
    const auto pending = pending_code(site.claims(), Flow::Search, visitor());
    BOOST_REQUIRE(pending.has_value());
    BOOST_TEST(pending->digits == 4);
    BOOST_TEST(told(site.type("0000")) == "wrong 4");
}

BOOST_AUTO_TEST_CASE(a_proof_for_one_email_lists_no_other) {
    Claims site;
    site.settings.search_discloses = false;
    site.add_archived_user("jose", "jose@correo.com", "x");
    (void)site.search("jose@correo.com");
    (void)start_mailbox_proof(site.claims(), "jose@correo.com", visitor());
    const std::string code = site.mailed("jose@correo.com");
    (void)site.search("maria@correo.com");
    (void)site.type(code);
    BOOST_TEST(site.list() == "(nothing)");
}

BOOST_AUTO_TEST_SUITE_END()

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

BOOST_AUTO_TEST_SUITE(mail_limits)

BOOST_AUTO_TEST_CASE(one_address_gets_a_code_a_minute) {
    Claims site;
    (void)site.choose_maria(visitor(1));
    site.clock.advance(20s);
    BOOST_TEST(site.start(site.choose_maria(visitor(1))) == "gap 40");
    BOOST_TEST(site.start(site.choose_maria(visitor(2, "198.51.100.0/24"))) == "gap 40");
    BOOST_TEST(site.start(send_new_code(site.claims(), Flow::Search, visitor(1)).value())
               == "gap 40");
    BOOST_TEST(site.recover("MARIA@correo.com", visitor(3, "203.0.113.0/24")) == "gap 40");
    BOOST_TEST(site.number("SELECT count(*) FROM claim") == 1);
    site.clock.advance(40s);
    BOOST_TEST(site.resend());
    BOOST_TEST(site.mails() == 2);
}

BOOST_AUTO_TEST_CASE(one_network_asks_for_six_codes_a_day_for_one_address) {
    Claims site;
    for (int mail = 0; mail < 6; ++mail) {
        BOOST_TEST(site.start(site.choose_maria()) == "sent");
        site.clock.advance(20min);
    }
    BOOST_TEST(site.start(site.choose_maria()) == "day " + std::to_string((24 - 2) * 3600));
    BOOST_TEST(site.start(site.choose_maria(visitor(2, "198.51.100.0/24"))) == "sent");
    site.clock.advance(22h);
    BOOST_TEST(site.start(site.choose_maria()) == "sent");
    BOOST_TEST(site.start(site.choose_maria()) == "day 1200");
}

BOOST_AUTO_TEST_CASE(one_address_gets_twenty_codes_a_day_in_all) {
    Claims site;
    for (int mail = 0; mail < 20; ++mail) {
        const Visitor who = visitor(mail, "10.0." + std::to_string(mail) + ".0/24");
        BOOST_TEST(site.start(site.choose_maria(who)) == "sent");
        site.clock.advance(1min);
    }
    BOOST_TEST(site.start(site.choose_maria(visitor(99, "10.1.0.0/24")))
               == "day " + std::to_string(24 * 3600 - 1200));
    BOOST_TEST(site.mails() == 20);
}

BOOST_AUTO_TEST_CASE(one_network_asks_for_ten_codes_an_hour) {
    Claims site;
    for (int number = 0; number < 10; ++number) {
        BOOST_TEST(site.recover("persona" + std::to_string(number) + "@correo.com", visitor(number))
                   == "sent");
        site.clock.advance(1min);
    }
    BOOST_TEST(site.recover("otra@correo.com") == "requests 3000");
    BOOST_TEST(site.recover("otra@correo.com", visitor(1, "198.51.100.0/24")) == "sent");
    site.clock.advance(50min);
    BOOST_TEST(site.recover("tercera@correo.com") == "sent");
    BOOST_TEST(site.recover("cuarta@correo.com") == "requests 60");
}

BOOST_AUTO_TEST_CASE(a_network_that_typed_too_many_wrong_codes_gets_and_tries_no_more) {
    Claims site;
    site.settings.network_wrong_codes = 3;
    (void)site.choose_maria();
    const std::string right = site.mailed();
    for (int wrong = 0; wrong < 3; ++wrong) {
        BOOST_TEST(told(site.type_wrong()) == "wrong " + std::to_string(4 - wrong));
        site.clock.advance(1min);
    }
    const auto outcome = site.type(right);
    BOOST_TEST(told(outcome) == "network throttled");
    BOOST_TEST((std::get<CodeNetworkThrottled>(outcome).retry_at == site.clock.now() + 24h - 3min));
    BOOST_TEST(site.recover("otra@correo.com") == "wrong " + std::to_string(24 * 3600 - 180));
    BOOST_TEST(site.attempts() == 3);
    // The same browser elsewhere.
    BOOST_TEST(told(site.type(right, visitor(1, "198.51.100.0/24"))) == "accepted");
}

BOOST_AUTO_TEST_CASE(thirty_requests_at_once_for_one_address_mail_one_code) {
    Claims site;
    site.add_account("jose", "jose@correo.com", good);
    const auto sent = in_parallel<int>(site, 30, [](Services& services, int number) {
        const auto who = visitor(number, "10.0." + std::to_string(number) + ".0/24");
        return std::holds_alternative<CodeSent>(
                   start_recovery(services.claims, "jose@correo.com", who))
                   ? 1
                   : 0;
    });
    int winners = 0;
    for (const int won : sent) {
        winners += won;
    }
    BOOST_TEST(winners == 1);
    BOOST_TEST(site.mails() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(password_choice)

BOOST_AUTO_TEST_CASE(after_the_right_code_a_password_opens_the_account) {
    Claims site;
    const auto claim = site.verified();
    BOOST_TEST(claim.dato_id.value() == site.maria);
    const auto account = site.to_open(claim);
    BOOST_REQUIRE(account.has_value());
    BOOST_TEST(account->username == "maria");
    const auto outcome =
        open_chosen_account(site.claims(), claim, account->archived, good, visitor());
    const auto& opened = std::get<OpenedAccount>(outcome);
    BOOST_TEST(opened.username == "maria");
    BOOST_TEST(!opened.is_staff);
    BOOST_TEST(site.services.sessions.find(opened.session_token)->account.id == opened.account_id);
    BOOST_TEST(verify_password(site.text("SELECT password_hash FROM account"), good));
    BOOST_TEST(site.number("SELECT claimed_account_id FROM archived_user") == opened.account_id);
    BOOST_TEST(site.newest_mail("maria@correo.com")["message"] == "account_reactivated");
    BOOST_TEST(!verified_claim(site.claims(), Flow::Search, visitor()).has_value());
    BOOST_TEST(site.list() == "");
    BOOST_TEST(site.text("SELECT entered_by FROM session") == "code");
    BOOST_TEST(site.text("SELECT details ->> 'how' FROM audit_log WHERE action = 'claim_finished'")
               == "code");
}

BOOST_AUTO_TEST_CASE(a_proven_step_may_take_as_long_as_a_code_is_valid) {
    Claims site;
    (void)site.verified();
    site.clock.advance(15min - 1s);
    BOOST_TEST(verified_claim(site.claims(), Flow::Search, visitor()).has_value());
    BOOST_TEST(!verified_claim(site.claims(), Flow::Search, visitor(2)).has_value());
    BOOST_TEST(!verified_claim(site.claims(), Flow::Recovery, visitor()).has_value());
    site.clock.advance(1s);
    BOOST_TEST(!verified_claim(site.claims(), Flow::Search, visitor()).has_value());
}

BOOST_AUTO_TEST_CASE(a_taken_name_gets_a_number_and_that_is_said_before) {
    Claims site;
    site.add_account("MARIA", "otra@correo.com", good);
    const auto claim = site.verified();
    const auto account = site.to_open(claim);
    BOOST_TEST(account->username == "maria0");
    const auto outcome =
        open_chosen_account(site.claims(), claim, account->archived, good, visitor());
    BOOST_TEST(std::get<OpenedAccount>(outcome).username == "maria0");
    BOOST_TEST(std::get<OpenedAccount>(outcome).renamed());
}

BOOST_AUTO_TEST_CASE(an_account_that_somebody_took_meanwhile_is_not_opened_twice) {
    Claims site;
    const auto claim = site.verified();
    const auto account = site.to_open(claim);
    BOOST_TEST(std::holds_alternative<LoggedIn>(
        log_in(site.claims(), "maria", "vieja clave 77", visitor(2))));
    const auto outcome =
        open_chosen_account(site.claims(), claim, account->archived, good, visitor());
    BOOST_TEST((std::get<OpeningRefusal>(outcome) == OpeningRefusal::AlreadyClaimed));
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
}

BOOST_AUTO_TEST_CASE(a_claim_with_nothing_left_to_open_says_so) {
    Claims site;
    const auto claim = site.verified();
    BOOST_TEST(std::holds_alternative<LoggedIn>(
        log_in(site.claims(), "maria", "vieja clave 77", visitor(2))));
    BOOST_TEST(site.cannot_open(claim, OpeningRefusal::AlreadyClaimed));
}

BOOST_AUTO_TEST_CASE(ten_presses_of_the_button_at_once_open_one_account) {
    Claims site;
    site.settings.hash_slots = 10;
    const auto claim = site.verified();
    const auto archived = site.to_open(claim).value().archived;
    const auto opened = in_parallel<int>(site, 10, [&](Services& services, int) {
        const auto outcome = open_chosen_account(services.claims, claim, archived, good, visitor());
        return std::holds_alternative<OpenedAccount>(outcome) ? 1 : 0;
    });
    int winners = 0;
    for (const int won : opened) {
        winners += won;
    }
    BOOST_TEST(winners == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox WHERE message = 'account_reactivated'")
               == 1);
}

BOOST_AUTO_TEST_CASE(without_a_free_name_there_is_nothing_to_show_and_nothing_happens) {
    Claims site;
    const auto claim = site.verified();
    const auto archived = site.to_open(claim).value().archived;
    site.execute(
        "INSERT INTO account (username, password_hash) SELECT 'maria' || CASE WHEN n < 0 THEN '' ELSE n::text END, "
        "'!' FROM generate_series(-1, 98) AS n");
    BOOST_TEST(site.cannot_open(claim, OpeningRefusal::NoFreeUsername));
    const auto outcome = open_chosen_account(site.claims(), claim, archived, good, visitor());
    BOOST_TEST((std::get<OpeningRefusal>(outcome) == OpeningRefusal::NoFreeUsername));
    BOOST_TEST(site.number("SELECT count(*) FROM archived_user WHERE claimed_at IS NULL") == 1);
}

BOOST_AUTO_TEST_CASE(a_forgotten_password_is_replaced_once_and_all_sessions_end) {
    Claims site;
    const auto id = site.add_account("viva", "viva@correo.com", "vieja clave 77");
    const auto before =
        std::get<LoggedIn>(log_in(site.claims(), "viva", "vieja clave 77", visitor(5)));
    const auto claim = site.recovered("viva@correo.com");
    const auto accounts = recoverable_accounts(site.claims(), claim);
    BOOST_REQUIRE(accounts.size() == 1U);
    BOOST_TEST(accounts.front().id == id);
    const auto replaced =
        replace_forgotten_password(site.claims(), claim, accounts.front(), good, visitor());
    BOOST_REQUIRE(replaced.has_value());
    BOOST_TEST(replaced->sessions_ended == 1);
    BOOST_TEST(!site.services.sessions.find(before.session_token).has_value());
    BOOST_TEST(site.services.sessions.find(replaced->session_token)->account.id == id);
    BOOST_TEST(std::holds_alternative<LoggedIn>(log_in(site.claims(), "viva", good, visitor(6))));
    BOOST_TEST(std::holds_alternative<LoginRefusal>(
        log_in(site.claims(), "viva", "vieja clave 77", visitor(6))));
    const auto mail = site.newest_mail("viva@correo.com");
    BOOST_TEST(mail["message"] == "password_changed");
    BOOST_TEST(mail["sessions_ended"] == "1");
    // The button pressed twice, and the page reloaded.
    BOOST_TEST(!replace_forgotten_password(
                    site.claims(), claim, accounts.front(), "una tercera clave larga", visitor())
                    .has_value());
    BOOST_TEST(!verified_claim(site.claims(), Flow::Recovery, visitor()).has_value());
    BOOST_TEST(verify_password(site.text("SELECT password_hash FROM account"), good));
}

BOOST_AUTO_TEST_CASE(two_presses_at_once_replace_a_forgotten_password_once) {
    Claims site;
    site.settings.hash_slots = 8;
    site.add_account("viva", "viva@correo.com", "vieja clave 77");
    const auto claim = site.recovered("viva@correo.com");
    const auto account = recoverable_accounts(site.claims(), claim).front();
    const auto done = in_parallel<int>(site, 8, [&](Services& services, int) {
        return replace_forgotten_password(services.claims, claim, account, good, visitor()) ? 1 : 0;
    });
    int winners = 0;
    for (const int won : done) {
        winners += won;
    }
    BOOST_TEST(winners == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox WHERE message = 'password_changed'")
               == 1);
}

BOOST_AUTO_TEST_CASE(only_live_accounts_of_the_proven_email_can_be_recovered) {
    Claims site;
    site.add_account("madre", "familia@correo.com", good);
    site.add_account("hijo", "FAMILIA@correo.com", good);
    site.add_account("apagada", "familia@correo.com", good);
    site.add_account("otra", "otra@correo.com", good);
    site.execute("UPDATE account SET is_active = false WHERE username = 'apagada'");
    const auto claim = site.recovered("familia@correo.com");
    std::string names;
    for (const auto& account : recoverable_accounts(site.claims(), claim)) {
        names += account.username + ' ';
    }
    BOOST_TEST(names == "madre hijo ");
}

BOOST_AUTO_TEST_CASE(changing_a_known_password_ends_the_other_sessions_and_renews_this_one) {
    Claims site;
    const auto id = site.add_account("viva", "viva@correo.com", "vieja clave 77");
    site.execute("UPDATE account SET weak_password = true");
    const auto mine =
        std::get<LoggedIn>(log_in(site.claims(), "viva", "vieja clave 77", visitor(1)))
            .session_token;
    const auto other =
        std::get<LoggedIn>(log_in(site.claims(), "viva", "vieja clave 77", visitor(2)))
            .session_token;
    const auto replaced =
        change_password(site.claims(), site.services.sessions.find(mine).value(), good, visitor(1));
    BOOST_TEST(replaced.sessions_ended == 1);
    BOOST_TEST(!site.services.sessions.find(mine).has_value());
    BOOST_TEST(!site.services.sessions.find(other).has_value());
    BOOST_TEST(site.services.sessions.find(replaced.session_token)->account.id == id);
    BOOST_TEST(site.text("SELECT weak_password FROM account") == "f");
    BOOST_TEST(site.newest_mail("viva@correo.com")["message"] == "password_changed");
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'password_changed'")
               == 1);
}

BOOST_AUTO_TEST_CASE(an_account_without_email_changes_its_password_without_a_mail) {
    Claims site;
    site.add_account("viva", "viva@correo.com", "vieja clave 77");
    site.execute("UPDATE account SET email = NULL");
    const auto mine = std::get<LoggedIn>(log_in(site.claims(), "viva", "vieja clave 77", visitor()))
                          .session_token;
    const auto replaced =
        change_password(site.claims(), site.services.sessions.find(mine).value(), good, visitor());
    BOOST_TEST(replaced.sessions_ended == 0);
    BOOST_TEST(site.mails() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(expiry)

BOOST_AUTO_TEST_CASE(what_is_still_of_use_stays) {
    Claims site;
    site.add_account("viva", "viva@correo.com", "vieja clave 77");
    BOOST_TEST(std::holds_alternative<LoggedIn>(
        log_in(site.claims(), "viva", "vieja clave 77", visitor())));
    BOOST_TEST(
        std::holds_alternative<LoginRefusal>(log_in(site.claims(), "viva", "otra", visitor())));
    (void)site.choose_maria();
    (void)site.type_wrong();
    site.clock.advance(29min);
    BOOST_TEST(remove_expired(site.database(), site.clock.now()) == 0);
}

BOOST_AUTO_TEST_CASE(each_thing_goes_in_its_time) {
    Claims site;
    site.add_account("viva", "viva@correo.com", "vieja clave 77");
    (void)log_in(site.claims(), "viva", "vieja clave 77", visitor());
    (void)log_in(site.claims(), "viva", "otra", visitor());
    (void)site.choose_maria();
    (void)site.type_wrong();
    site.execute("UPDATE mail_outbox SET status = 'sent'");
    const auto removed_after = [&](std::chrono::microseconds time) {
        site.clock.advance(time);
        return remove_expired(site.database(), site.clock.now());
    };
    BOOST_TEST(removed_after(30min + 1s) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 0);
    BOOST_TEST(removed_after(24h) == 2);
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure") == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM archive_search") == 0);
    BOOST_TEST(removed_after(24h * 29) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM claim") == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM verification_code") == 0);
    BOOST_TEST(site.attempts() == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 1);
    BOOST_TEST(removed_after(24h * 60) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM archived_user") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log") > 0);
}

BOOST_AUTO_TEST_CASE(many_rows_go_in_portions_and_mails_that_wait_or_failed_stay) {
    Claims site;
    site.execute(
        "INSERT INTO login_failure (person, place, is_device, failed_at) "
        "SELECT 'p', 'x', false, '2026-11-19 12:00+00' FROM generate_series(1, 4500)");
    site.execute(
        "INSERT INTO mail_outbox (message, recipient, status, created_at, next_attempt_at) "
        "SELECT 'm', 'r', status, '2026-01-01', '2026-01-01' "
        "FROM unnest(array['pending', 'sending', 'failed', 'sent', 'expired']) AS status");
    BOOST_TEST(remove_expired(site.database(), site.clock.now()) == 4502);
    BOOST_TEST(site.mails() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
