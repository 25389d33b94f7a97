// The last step of a claim and of a recovery, and a changed password (SPEC.md 1 and 2).
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "claims/login_chain.h"
#include "store/claims.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

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
