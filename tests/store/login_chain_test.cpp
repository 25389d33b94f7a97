// Logging in: live accounts, archived credentials of both sources, throttling, and races (SPEC.md
// 1).
#include "claims/login_chain.h"

#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "store/parallel.h"
#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

const std::string good = "tres palabras sueltas";

struct Site : TestServices {
    LoginOutcome enter(const std::string& name,
                       const std::string& password,
                       const Visitor& who = visitor()) {
        return log_in(claims(), name, password, who);
    }
    std::optional<LoggedIn> entered(const std::string& name,
                                    const std::string& password,
                                    const Visitor& who = visitor()) {
        auto outcome = enter(name, password, who);
        auto* in = std::get_if<LoggedIn>(&outcome);
        return in == nullptr ? std::nullopt : std::optional(*in);
    }
    bool refused(LoginRefusal why,
                 const std::string& name,
                 const std::string& password,
                 const Visitor& who = visitor()) {
        const auto outcome = enter(name, password, who);
        const auto* refusal = std::get_if<LoginRefusal>(&outcome);
        return refusal != nullptr && *refusal == why;
    }
    // Seconds until the next try; 0 when not throttled.
    std::int64_t wait(const std::string& name,
                      const std::string& password,
                      const Visitor& who = visitor()) {
        const auto outcome = enter(name, password, who);
        const auto* throttled = std::get_if<LoginThrottled>(&outcome);
        return throttled == nullptr
                   ? 0
                   : std::chrono::ceil<std::chrono::seconds>(throttled->retry_at - clock.now())
                         .count();
    }
    void add_record(const std::string& data) {
        execute(
            "INSERT INTO archived_record (source_table, legacy_id, data) VALUES ('auth_user', gen_random_uuid()::text, '"
            + data + "')");
    }
    std::int64_t accounts() { return number("SELECT count(*) FROM account"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(login_chain)

BOOST_AUTO_TEST_CASE(a_live_account_enters_by_username_or_email_without_regard_to_case) {
    Site site;
    const auto id = site.add_account("Maria", "maria@correo.com", good);
    for (const char* name : {"Maria", "maria", "MARIA", "maria@correo.com", "MARIA@Correo.com"}) {
        const auto in = site.entered(name, good);
        BOOST_REQUIRE_MESSAGE(in.has_value(), name);
        BOOST_TEST(in->account_id == id);
        BOOST_TEST(!in->reactivated.has_value());
        BOOST_TEST(site.services.sessions.find(in->session_token)->account.id == id);
    }
    BOOST_TEST(site.number("SELECT count(*) FROM session WHERE entered_by = 'password'") == 5);
    BOOST_TEST(
        site.number("SELECT count(*) FROM account WHERE last_login_at = '2026-11-21 12:00+00'")
        == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'login'") == 5);
}

BOOST_AUTO_TEST_CASE(a_wrong_name_and_a_wrong_password_are_the_same) {
    Site site;
    site.add_account("maria", "maria@correo.com", good);
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra clave"));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "nadie", good));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", ""));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "", good));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria' OR '1'='1", good));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "%", good));
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 0);
}

BOOST_AUTO_TEST_CASE(staff_are_told_apart) {
    Site site;
    site.add_account("jefa", "jefa@correo.com", good);
    site.execute("UPDATE account SET is_staff = true");
    BOOST_TEST(site.entered("jefa", good)->is_staff);
}

BOOST_AUTO_TEST_CASE(a_switched_off_account_is_told_so_only_with_its_password) {
    Site site;
    site.add_account("maria", "maria@correo.com", good);
    site.execute("UPDATE account SET is_active = false");
    BOOST_TEST(site.refused(LoginRefusal::Inactive, "maria", good));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra clave"));
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 0);
}

BOOST_AUTO_TEST_CASE(the_owner_of_a_username_comes_before_the_owner_of_an_equal_email) {
    Site site;
    site.add_account("otra", "maria@correo.com", good);
    const auto owner = site.add_account("maria@correo.com", "x@correo.com", good);
    BOOST_TEST(site.entered("maria@correo.com", good)->account_id == owner);
}

BOOST_AUTO_TEST_CASE(a_family_on_one_email_enters_each_by_the_own_password) {
    Site site;
    const auto mother = site.add_account("madre", "familia@correo.com", good);
    const auto son = site.add_account("hijo", "familia@correo.com", "otras cuatro palabras raras");
    BOOST_TEST(site.entered("familia@correo.com", good)->account_id == mother);
    BOOST_TEST(site.entered("familia@correo.com", "otras cuatro palabras raras")->account_id
               == son);
}

BOOST_AUTO_TEST_CASE(an_archived_user_comes_back_at_once_with_the_old_password) {
    Site site;
    const auto dato = site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    const auto in = site.entered("MARIA@correo.com", "vieja clave 77");
    BOOST_REQUIRE(in.has_value());
    BOOST_REQUIRE(in->reactivated.has_value());
    BOOST_TEST(in->reactivated->username == "maria");
    BOOST_TEST(!in->reactivated->renamed());
    BOOST_TEST(!in->is_staff);
    BOOST_TEST(site.services.sessions.find(in->session_token)->account.username == "maria");
    BOOST_TEST(
        site.number(
            "SELECT claimed_account_id FROM archived_user WHERE claimed_at = '2026-11-21 12:00+00' AND id = "
            + std::to_string(dato))
        == in->account_id);
    BOOST_TEST(
        site.text("SELECT concat_ws('|', username, email, first_name, last_name) FROM account")
        == "maria|maria@correo.com|Nombre|Apellido");
    BOOST_TEST(site.text("SELECT entered_by FROM session") == "archived");
    const auto mail = site.newest_mail("maria@correo.com");
    BOOST_TEST(mail["message"] == "account_reactivated");
    BOOST_TEST(mail["username"] == "maria");
    BOOST_TEST(mail["by_password"] == true);
    BOOST_TEST(mail["renamed"] == false);
}

BOOST_AUTO_TEST_CASE(the_new_account_is_hashed_anew_and_enters_again) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    const auto first = site.entered("maria", "vieja clave 77");
    const std::string hash = site.text("SELECT password_hash FROM account");
    BOOST_TEST(hash.starts_with("argon2$argon2id$"));
    BOOST_TEST(!needs_rehash(hash));
    const auto second = site.entered("maria", "vieja clave 77");
    BOOST_TEST(second->account_id == first->account_id);
    BOOST_TEST(!second->reactivated.has_value());
    BOOST_TEST(site.accounts() == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 1);
}

BOOST_AUTO_TEST_CASE(a_claimed_row_no_longer_logs_in) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    (void)site.entered("maria", "vieja clave 77");
    site.execute("UPDATE account SET password_hash = '!'");
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "vieja clave 77"));
    BOOST_TEST(site.accounts() == 1);
}

BOOST_AUTO_TEST_CASE(a_row_of_any_imported_table_comes_back_too) {
    Site site;
    site.add_record(
        R"({"username":"pedro","email":"pedro@correo.com","password":"7c6a180b36896a0a8c02787eeafb0e4c",
                        "first_name":"Pedro","last_name":"Paz"})");  // unsalted md5 of password1
    const auto in = site.entered("pedro", "password1");
    BOOST_REQUIRE(in.has_value());
    BOOST_TEST(in->reactivated->old_username == "pedro");
    BOOST_TEST(site.number("SELECT claimed_account_id FROM archived_record") == in->account_id);
    BOOST_TEST(site.text("SELECT first_name FROM account") == "Pedro");
}

BOOST_AUTO_TEST_CASE(a_weak_old_password_is_noted_and_a_good_one_is_not) {
    Site site;
    site.add_archived_user("debil", "d@correo.com", "12345678");
    site.add_archived_user("fuerte", "f@correo.com", good);
    BOOST_TEST(site.entered("debil", "12345678").has_value());
    BOOST_TEST(site.entered("fuerte", good).has_value());
    BOOST_TEST(site.text("SELECT string_agg(username, ',') FROM account WHERE weak_password")
               == "debil");
}

BOOST_AUTO_TEST_CASE(a_live_account_comes_before_an_archived_one_of_the_same_name) {
    Site site;
    const auto live = site.add_account("maria", "maria@correo.com", good);
    site.add_archived_user("maria", "maria@correo.com", good);
    BOOST_TEST(site.entered("maria", good)->account_id == live);
    BOOST_TEST(site.number("SELECT count(*) FROM archived_user WHERE claimed_at IS NULL") == 1);
}

BOOST_AUTO_TEST_CASE(
    the_archived_one_comes_when_its_password_is_the_one_typed_and_gets_another_name) {
    Site site;
    site.add_account("maria", "nueva@correo.com", good);
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    const auto in = site.entered("maria", "vieja clave 77");
    BOOST_REQUIRE(in.has_value());
    BOOST_TEST(in->reactivated->username == "maria0");
    BOOST_TEST(in->reactivated->renamed());
    const auto mail = site.newest_mail("maria@correo.com");
    BOOST_TEST(mail["renamed"] == true);
    BOOST_TEST(mail["old_username"] == "maria");
    BOOST_TEST(mail["username"] == "maria0");
}

BOOST_AUTO_TEST_CASE(an_inactive_or_unusable_archived_row_stays_out) {
    Site site;
    site.add_archived_user("inactiva", "i@correo.com", "vieja clave 77");
    site.execute("UPDATE archived_user SET is_active = false");
    site.add_archived_user("inservible", "u@correo.com", "x");
    site.execute("UPDATE archived_user SET password_hash = '!abc' WHERE username = 'inservible'");
    site.add_archived_user("vacia", "v@correo.com", "x");
    site.execute("UPDATE archived_user SET password_hash = NULL WHERE username = 'vacia'");
    BOOST_TEST(site.refused(LoginRefusal::Inactive, "inactiva", "vieja clave 77"));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "inactiva", "otra"));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "inservible", "!abc"));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "inservible", "abc"));
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "vacia", ""));
    BOOST_TEST(site.accounts() == 0);
}

BOOST_AUTO_TEST_CASE(without_a_free_name_nothing_changes) {
    Site site;
    site.execute(
        "INSERT INTO account (username, password_hash) SELECT 'maria' || CASE WHEN n < 0 THEN '' ELSE n::text END, "
        "'!' FROM generate_series(-1, 98) AS n");
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    BOOST_TEST(site.refused(LoginRefusal::NoFreeUsername, "maria@correo.com", "vieja clave 77"));
    BOOST_TEST(site.accounts() == 100);
    BOOST_TEST(site.number("SELECT count(*) FROM archived_user WHERE claimed_at IS NULL") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 0);
}

BOOST_AUTO_TEST_CASE(an_old_hash_of_a_live_account_is_replaced_at_login) {
    Site site;
    site.add_account("maria", "maria@correo.com", "x");
    site.execute(
        "UPDATE account SET weak_password = true, password_hash = 'md5$salt$' || md5('salt' || 'vieja clave 77')");
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    BOOST_TEST(site.text("SELECT password_hash FROM account").starts_with("md5$"));
    BOOST_TEST(site.entered("maria", "vieja clave 77").has_value());
    const std::string hash = site.text("SELECT password_hash FROM account WHERE weak_password");
    BOOST_TEST(hash.starts_with("argon2$argon2id$"));
    BOOST_TEST(site.entered("maria", "vieja clave 77").has_value());
    BOOST_TEST(site.text("SELECT password_hash FROM account") == hash);
}

BOOST_AUTO_TEST_CASE(from_the_fifth_failure_on_each_doubles_the_wait_up_to_a_minute) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    for (int failure = 1; failure <= 5; ++failure) {
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    }
    for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
        // The password is not looked at, and a try that comes too early does not lengthen the wait.
        BOOST_TEST(site.wait("maria", "vieja clave 77") == seconds);
        BOOST_TEST(site.wait("MARIA", "otra") == seconds);
        site.clock.advance(std::chrono::seconds(seconds) - 1us);
        BOOST_TEST(site.wait("maria", "otra") == 1);
        site.clock.advance(1us);
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    }
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure") == 13);
    site.clock.advance(60s);
    BOOST_TEST(site.entered("maria", "vieja clave 77").has_value());
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure") == 0);
}

BOOST_AUTO_TEST_CASE(failures_of_another_person_or_network_do_not_count) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    site.add_archived_user("jose", "jose@correo.com", "vieja clave 77");
    for (int failure = 1; failure <= 5; ++failure) {
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    }
    BOOST_TEST(site.wait("maria", "vieja clave 77") == 1);
    BOOST_TEST(site.entered("jose", "vieja clave 77").has_value());
    BOOST_TEST(site.entered("maria", "vieja clave 77", visitor(2, "198.51.100.0/24")).has_value());
}

BOOST_AUTO_TEST_CASE(a_success_forgets_the_failures_and_a_day_does_too) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    for (int failure = 1; failure <= 4; ++failure) {
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    }
    BOOST_TEST(site.entered("maria", "vieja clave 77").has_value());
    for (int failure = 1; failure <= 5; ++failure) {
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    }
    BOOST_TEST(site.wait("maria", "vieja clave 77") == 1);
    site.clock.advance(24h);
    for (int failure = 1; failure <= 5; ++failure) {
        BOOST_TEST(site.wait("maria", "otra") == 0);
    }
    BOOST_TEST(site.wait("maria", "otra") == 1);
}

BOOST_AUTO_TEST_CASE(a_network_has_a_hundred_failures_an_hour) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    site.execute(
        "INSERT INTO login_failure (person, place, is_device, failed_at) SELECT 'p' || n, '192.0.2.0/24', false, "
        "timestamptz '2026-11-21 11:10+00' + n * interval '10 seconds' FROM generate_series(0, 98) AS n");
    BOOST_TEST(
        site.entered("maria", "vieja clave 77").has_value());  // the 99 others leave room for one
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra"));
    BOOST_TEST(site.wait("maria", "vieja clave 77")
               == 600);  // until the oldest of a hundred is an hour old
    BOOST_TEST(site.wait("nadie", "x") == 600);
    BOOST_TEST(site.entered("maria", "vieja clave 77", visitor(2, "198.51.100.0/24")).has_value());
    site.clock.advance(10min);
    BOOST_TEST(site.entered("maria", "vieja clave 77").has_value());
}

BOOST_AUTO_TEST_CASE(nobody_locks_an_owner_out_of_a_known_browser) {
    Site site;
    const auto id = site.add_account("maria", "maria@correo.com", "x");
    site.execute(
        "UPDATE account SET password_hash = 'md5$salt$' || md5('salt' || 'vieja clave 77')");
    Visitor owner = visitor(1);
    owner.known_device = KnownDevice{id, "device one"};
    Visitor stranger = visitor(2);
    for (int failure = 1; failure <= 5; ++failure) {
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra", stranger));
    }
    site.execute(
        "INSERT INTO login_failure (person, place, is_device, failed_at) SELECT 'p' || n, '192.0.2.0/24', false, "
        "'2026-11-21 12:00+00' FROM generate_series(1, 100) AS n");
    BOOST_TEST(site.wait("maria", "vieja clave 77", stranger) > 0);
    BOOST_TEST(site.entered("maria", "vieja clave 77", owner).has_value());
    // The device has its own count, and another device its own again.
    site.execute(
        "UPDATE account SET password_hash = 'md5$salt$' || md5('salt' || 'vieja clave 77')");
    for (int failure = 1; failure <= 5; ++failure) {
        BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra", owner));
    }
    BOOST_TEST(site.wait("maria", "vieja clave 77", owner) == 1);
    Visitor second = visitor(3);
    second.known_device = KnownDevice{id, "device two"};
    BOOST_TEST(site.entered("maria", "vieja clave 77", second).has_value());
}

BOOST_AUTO_TEST_CASE(a_device_of_another_account_is_no_known_device) {
    Site site;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    const auto other = site.add_account("jose", "jose@correo.com", "x");
    Visitor visitor_of_jose = visitor(1);
    visitor_of_jose.known_device = KnownDevice{other, "device"};
    BOOST_TEST(site.refused(LoginRefusal::Wrong, "maria", "otra", visitor_of_jose));
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure WHERE is_device") == 0);
}

BOOST_AUTO_TEST_CASE(twenty_logins_of_one_archived_account_at_once_make_one_account) {
    Site site;
    site.settings.hash_slots = 20;
    site.add_archived_user("maria", "maria@correo.com", "vieja clave 77");
    const auto results = in_parallel<LoggedIn>(site, 20, [](Services& services, int number) {
        auto outcome = log_in(services.claims, "maria", "vieja clave 77", visitor(number));
        return std::get<LoggedIn>(std::move(outcome));
    });
    std::set<std::int64_t> accounts;
    std::set<std::string> tokens;
    int reactivations = 0;
    for (const auto& in : results) {
        accounts.insert(in.account_id);
        tokens.insert(in.session_token);
        reactivations += in.reactivated.has_value() ? 1 : 0;
    }
    BOOST_TEST(accounts.size() == 1U);
    BOOST_TEST(tokens.size() == 20U);
    BOOST_TEST(reactivations == 1);
    BOOST_TEST(site.accounts() == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 20);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 1);
}

BOOST_AUTO_TEST_CASE(a_password_that_is_asked_for_again_is_throttled_like_a_login) {
    Site site;
    Account account;
    account.id = site.add_account("maria", "maria@correo.com", "x");
    site.execute(
        "UPDATE account SET password_hash = 'md5$salt$' || md5('salt' || 'vieja clave 77')");
    BOOST_TEST(check_password(site.claims(), account, "vieja clave 77", visitor()).is_right);
    for (int failure = 1; failure <= 5; ++failure) {
        const auto check = check_password(site.claims(), account, "otra", visitor());
        BOOST_TEST(!check.is_right);
        BOOST_TEST(!check.retry_at.has_value());
    }
    const auto throttled = check_password(site.claims(), account, "vieja clave 77", visitor());
    BOOST_TEST(!throttled.is_right);
    BOOST_TEST((throttled.retry_at == site.clock.now() + 1s));
    site.clock.advance(1s);
    BOOST_TEST(check_password(site.claims(), account, "vieja clave 77", visitor()).is_right);
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure") == 0);
    Account nobody;
    nobody.id = 12345;
    BOOST_TEST(!check_password(site.claims(), nobody, "x", visitor()).is_right);
}

BOOST_AUTO_TEST_SUITE_END()
