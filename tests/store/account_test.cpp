// Accounts and sessions in a real database.
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "accounts/account_store.h"
#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "core/digest.h"
#include "sessions/session.h"
#include "store/parallel.h"
#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

NewAccount wanted(const std::string& username) {
    return {username, "", "Ana", "Ruiz", "!", false};
}

std::optional<CreatedAccount> created(Services& services, const std::string& username) {
    db::Transaction transaction(services.database);
    auto account = create_account(transaction, wanted(username), services.clock.now());
    if (account) {
        transaction.commit();
    }
    return account;
}

// The bare name and suffixes up to `last` are taken.
void take_names(TestServices& test, const std::string& base, int last) {
    test.execute("INSERT INTO account (username, password_hash) VALUES ('" + base + "', '!')");
    test.execute("INSERT INTO account (username, password_hash) SELECT '" + base
                 + "' || n, '!' FROM generate_series(0, " + std::to_string(last) + ") AS n");
}

// A session that is stored; its token.
std::string opened(TestServices& test, std::int64_t account, const Visitor& who = visitor()) {
    SessionOpening opening = test.services.sessions.opening(account, EnteredBy::Password, who);
    test.database().run_all({opening.store});
    return opening.token;
}

struct TwoAccounts : TestServices {
    std::int64_t maria = add_account("maria", "maria@correo.com", "tres palabras sueltas");
    std::int64_t jose = add_account("jose", "jose@correo.com", "tres palabras sueltas");
    SessionStore& sessions = services.sessions;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(account_store)

BOOST_AUTO_TEST_CASE(an_account_gets_the_wanted_name_or_the_first_free_number) {
    TestServices test;
    BOOST_TEST(created(test.services, "maria")->username == "maria");
    BOOST_TEST(created(test.services, "maria")->username == "maria0");
    BOOST_TEST(created(test.services, "maria")->username == "maria1");
    test.execute("DELETE FROM account WHERE username = 'maria0'");
    BOOST_TEST(created(test.services, "maria")->username == "maria0");
}

BOOST_AUTO_TEST_CASE(names_are_compared_without_regard_to_case) {
    TestServices test;
    test.execute("INSERT INTO account (username, password_hash) VALUES ('MARÍA', '!')");
    BOOST_TEST(created(test.services, "maría")->username == "maría0");
}

BOOST_AUTO_TEST_CASE(what_is_given_is_what_is_stored) {
    TestServices test;
    db::Transaction transaction(test.database());
    const auto account = create_account(
        transaction, {"ana b", "ana@correo.com", "Ana", "O'Hara", "hash", true}, test.clock.now());
    transaction.commit();
    BOOST_TEST(account->username == "anab");
    BOOST_TEST(
        test.text(
            "SELECT concat_ws('|', id, username, email, first_name, last_name, password_hash, "
            "weak_password, is_staff, is_active, created_at = '2026-11-21 12:00+00') FROM account")
        == std::to_string(account->id) + "|anab|ana@correo.com|Ana|O'Hara|hash|t|f|t|t");
    created(test.services, "sincorreo");
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE email IS NULL") == 1);
}

BOOST_AUTO_TEST_CASE(the_hundredth_name_is_the_last_one) {
    TestServices test;
    take_names(test, "maria", 97);
    BOOST_TEST(free_username(test.database(), "Maria").value() == "Maria98");
    BOOST_TEST(created(test.services, "maria")->username == "maria98");
    BOOST_TEST(!created(test.services, "maria").has_value());
    BOOST_TEST(!free_username(test.database(), "maria").has_value());
    BOOST_TEST(test.number("SELECT count(*) FROM account") == 100);
}

BOOST_AUTO_TEST_CASE(sixty_at_once_get_sixty_names_without_a_gap) {
    TestServices test;
    const auto names = in_parallel<std::string>(test, 60, [](Services& services, int) {
        return created(services, "maria").value().username;
    });
    const std::set<std::string> different(names.begin(), names.end());
    BOOST_TEST(different.size() == 60U);
    BOOST_TEST(different.contains("maria"));
    BOOST_TEST(different.contains("maria58"));
    BOOST_TEST(test.number("SELECT count(*) FROM account") == 60);
}

BOOST_AUTO_TEST_CASE(at_the_end_of_the_names_exactly_the_rest_is_given_away) {
    TestServices test;
    take_names(test, "maria", 88);
    const auto got = in_parallel<int>(test, 25, [](Services& services, int) {
        return created(services, "maria").has_value() ? 1 : 0;
    });
    int winners = 0;
    for (const int won : got) {
        winners += won;
    }
    BOOST_TEST(winners == 10);
    BOOST_TEST(test.number("SELECT count(*) FROM account") == 100);
}

BOOST_AUTO_TEST_CASE(an_account_that_was_not_committed_frees_its_name) {
    TestServices test;
    {
        db::Transaction transaction(test.database());
        BOOST_TEST(create_account(transaction, wanted("maria"), test.clock.now())->username
                   == "maria");
    }
    BOOST_TEST(created(test.services, "maria")->username == "maria");
}

BOOST_AUTO_TEST_CASE(a_member_of_staff_is_checked_before_being_made) {
    TestServices test;
    const auto make = [&](const char* username, const char* email, const char* password) {
        return create_staff(test.database(),
                            test.settings,
                            username,
                            email,
                            "operador",
                            password,
                            test.clock.now());
    };
    using Refusal = StaffRefusal;
    BOOST_TEST((std::get<Refusal>(make("", "a@b.mx", "tres palabras sueltas"))
                == Refusal::UsernameUnusable));
    BOOST_TEST((std::get<Refusal>(make("a b", "a@b.mx", "tres palabras sueltas"))
                == Refusal::UsernameUnusable));
    BOOST_TEST(
        (std::get<Refusal>(make("jefa", "a", "tres palabras sueltas")) == Refusal::EmailMalformed));
    BOOST_TEST((std::get<Refusal>(make("jefa", "a@b.mx", "12345678")) == Refusal::PasswordRefused));
    BOOST_TEST((std::get<Refusal>(make("jefa", "a@b.mx", "")) == Refusal::PasswordRefused));
    const auto id = std::get<std::int64_t>(make("jefa", "a@b.mx", "tres palabras sueltas"));
    BOOST_TEST((std::get<Refusal>(make("JEFA", "a@b.mx", "tres palabras sueltas"))
                == Refusal::UsernameTaken));
    BOOST_TEST(test.text("SELECT role || is_staff FROM account WHERE id = " + std::to_string(id))
               == "operadortrue");
    BOOST_TEST(
        verify_password(test.text("SELECT password_hash FROM account"), "tres palabras sueltas"));
    BOOST_TEST(test.number("SELECT count(*) FROM audit_log WHERE action = 'staff_created'") == 1);
}

BOOST_AUTO_TEST_CASE(a_hash_is_replaced_only_if_it_is_still_the_one_that_was_seen) {
    TwoAccounts test;
    const std::string seen =
        test.text("SELECT password_hash FROM account WHERE username = 'maria'");
    test.execute("UPDATE account SET weak_password = true");
    const auto affected = [&](const std::string& hash, const std::string& only_if) {
        return test.database()
            .run_all({rehashed_password(test.maria, hash, only_if)})
            .front()
            .affected();
    };
    BOOST_TEST(affected("new", "another") == 0);
    BOOST_TEST(affected("rehashed", seen) == 1);
    // The same password under a better hash is as weak as before; a new one is not.
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE weak_password") == 2);
    test.database().run_all({chosen_password(test.maria, "chosen", test.clock.now())});
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE weak_password") == 1);
    BOOST_TEST(test.text("SELECT password_hash FROM account WHERE username = 'jose'")
                   .starts_with("argon2$"));
}

BOOST_AUTO_TEST_CASE(an_event_is_written_with_its_transaction) {
    TwoAccounts test;
    {
        db::Transaction dropped(test.database());
        dropped.run_all({audited({test.maria, "login", "", "n"}, test.clock.now())});
    }
    test.database().run_all({audited({std::nullopt, "x", "claim:1", "192.0.2.0/24", R"({"a":"b"})"},
                                     test.clock.now())});
    BOOST_TEST(
        test.text(
            "SELECT string_agg(action || subject || network || (details ->> 'a'), ',') FROM audit_log")
        == "xclaim:1192.0.2.0/24b");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sessions)

BOOST_AUTO_TEST_CASE(a_session_is_found_by_its_token_alone) {
    TwoAccounts test;
    const std::string token = opened(test, test.maria);
    const auto session = test.sessions.find(token);
    BOOST_REQUIRE(session.has_value());
    BOOST_TEST(session->account.id == test.maria);
    BOOST_TEST(session->account.username == "maria");
    BOOST_TEST(!test.sessions.find("").has_value());
    BOOST_TEST(!test.sessions.find(token + "x").has_value());
    BOOST_TEST(!test.sessions.find(sha256(token)).has_value());
    // The database does not know the token.
    BOOST_TEST(test.number("SELECT count(*) FROM session WHERE session::text LIKE '%" + token
                           + "%' OR token_hash = '" + token + "'::bytea")
               == 0);
    BOOST_TEST(test.text("SELECT encode(token_hash, 'hex') FROM session") == hex(sha256(token)));
}

BOOST_AUTO_TEST_CASE(a_client_is_out_after_thirty_idle_minutes) {
    TwoAccounts test;
    const std::string token = opened(test, test.maria);
    test.clock.advance(30min - 1s);
    BOOST_TEST(test.sessions.find(token).has_value());
    test.clock.advance(30min - 1s);
    BOOST_TEST(test.sessions.find(token).has_value());
    test.clock.advance(30min);
    BOOST_TEST(!test.sessions.find(token).has_value());
    BOOST_TEST(!test.sessions.overview(token).has_value());
}

BOOST_AUTO_TEST_CASE(a_client_is_out_after_twelve_hours_in_any_case) {
    TwoAccounts test;
    const std::string token = opened(test, test.maria);
    for (int quarter = 0; quarter < 47; ++quarter) {
        test.clock.advance(15min);
        BOOST_REQUIRE(test.sessions.find(token).has_value());
    }
    test.clock.advance(15min - 1s);
    BOOST_TEST(test.sessions.find(token).has_value());
    test.clock.advance(1s);
    BOOST_TEST(!test.sessions.find(token).has_value());
}

BOOST_AUTO_TEST_CASE(staff_are_out_after_fifteen_idle_minutes_and_eight_hours) {
    TwoAccounts test;
    test.execute("UPDATE account SET is_staff = true WHERE username = 'maria'");
    const std::string idle = opened(test, test.maria);
    const std::string busy = opened(test, test.maria);
    test.clock.advance(15min - 1s);
    BOOST_TEST(test.sessions.find(busy).has_value());
    test.clock.advance(1s);
    BOOST_TEST(!test.sessions.find(idle).has_value());
    BOOST_TEST(test.sessions.find(busy).has_value());
    for (int step = 0; step < 46; ++step) {
        test.clock.advance(10min);
        BOOST_REQUIRE(test.sessions.find(busy).has_value());
    }
    test.clock.advance(5min - 1s);
    BOOST_TEST(test.sessions.find(busy).has_value());
    test.clock.advance(1s);
    BOOST_TEST(!test.sessions.find(busy).has_value());
}

BOOST_AUTO_TEST_CASE(the_use_is_noted_at_most_once_a_minute) {
    TwoAccounts test;
    const std::string token = opened(test, test.maria);
    test.clock.advance(59s);
    (void)test.sessions.find(token);
    BOOST_TEST(test.number("SELECT count(*) FROM session WHERE last_used_at = created_at") == 1);
    test.clock.advance(1s);
    (void)test.sessions.find(token);
    BOOST_TEST(test.number("SELECT extract(epoch FROM last_used_at - created_at)::int FROM session")
               == 60);
    test.clock.advance(61s);
    (void)test.sessions.overview(token);
    BOOST_TEST(test.number("SELECT extract(epoch FROM last_used_at - created_at)::int FROM session")
               == 121);
}

BOOST_AUTO_TEST_CASE(an_account_that_is_switched_off_has_no_session) {
    TwoAccounts test;
    const std::string token = opened(test, test.maria);
    test.execute("UPDATE account SET is_active = false WHERE username = 'maria'");
    BOOST_TEST(!test.sessions.find(token).has_value());
    BOOST_TEST(!test.sessions.overview(token).has_value());
}

BOOST_AUTO_TEST_CASE(the_overview_lists_the_live_sessions_of_the_account_alone_the_newest_first) {
    TwoAccounts test;
    const std::string stale = opened(test, test.maria);
    test.clock.advance(31min);
    const std::string first = opened(test, test.maria, visitor(1, "198.51.100.0/24"));
    opened(test, test.jose);
    test.clock.advance(1min);
    const std::string second = opened(test, test.maria, visitor(2));
    const auto overview = test.sessions.overview(first);
    BOOST_REQUIRE(overview.has_value());
    BOOST_TEST(overview->session.account.id == test.maria);
    BOOST_REQUIRE(overview->sessions.size() == 2U);
    BOOST_TEST(overview->sessions[1].id == overview->session.id);
    BOOST_TEST(overview->sessions[1].network == "198.51.100.0/24");
    BOOST_TEST(overview->sessions[0].device == "Firefox · Linux");
    BOOST_TEST(overview->sessions[0].entered_by == "password");
    BOOST_TEST(!overview->archived_username.has_value());
    BOOST_TEST(!test.sessions.overview(stale).has_value());
    BOOST_TEST(!test.sessions.overview("").has_value());
}

BOOST_AUTO_TEST_CASE(the_overview_knows_the_name_of_the_old_system) {
    TwoAccounts test;
    test.add_archived_user("maria.vieja", "maria@correo.com", "clave");
    test.execute("UPDATE archived_user SET claimed_account_id = " + std::to_string(test.maria));
    BOOST_TEST(test.sessions.overview(opened(test, test.maria))->archived_username.value()
               == "maria.vieja");
    BOOST_TEST(!test.sessions.overview(opened(test, test.jose))->archived_username.has_value());
}

BOOST_AUTO_TEST_CASE(logging_out_ends_the_own_session_only) {
    TwoAccounts test;
    const std::string mine = opened(test, test.maria);
    const std::string other = opened(test, test.maria);
    test.sessions.end(mine);
    test.sessions.end(mine);
    test.sessions.end("unknown");
    BOOST_TEST(!test.sessions.find(mine).has_value());
    BOOST_TEST(test.sessions.find(other).has_value());
}

BOOST_AUTO_TEST_CASE(one_can_end_ones_own_sessions_and_nobody_elses) {
    TwoAccounts test;
    const std::string mine = opened(test, test.maria);
    const std::string old = opened(test, test.maria);
    const std::string foreign = opened(test, test.jose);
    const auto id = [&](const std::string& token) { return test.sessions.find(token)->id; };
    BOOST_TEST(!test.sessions.end_one(test.maria, id(foreign)));
    BOOST_TEST(!test.sessions.end_one(test.maria, 0));
    BOOST_TEST(!test.sessions.end_one(test.maria, 999'999));
    BOOST_TEST(test.sessions.find(foreign).has_value());
    const auto old_id = id(old);
    BOOST_TEST(test.sessions.end_one(test.maria, old_id));
    BOOST_TEST(!test.sessions.end_one(test.maria, old_id));
    BOOST_TEST(!test.sessions.find(old).has_value());
    BOOST_TEST(test.sessions.find(mine).has_value());
}

BOOST_AUTO_TEST_CASE(all_others_can_be_ended_at_once) {
    TwoAccounts test;
    const std::string mine = opened(test, test.maria);
    opened(test, test.maria);
    opened(test, test.maria);
    const std::string foreign = opened(test, test.jose);
    const auto my_id = test.sessions.find(mine)->id;
    BOOST_TEST(test.sessions.end_others(test.maria, my_id) == 2);
    BOOST_TEST(test.sessions.end_others(test.maria, my_id) == 0);
    BOOST_TEST(test.sessions.find(mine).has_value());
    BOOST_TEST(test.sessions.find(foreign).has_value());
    BOOST_TEST(test.sessions.end_others(test.maria, 0) == 1);
    BOOST_TEST(!test.sessions.find(mine).has_value());
}

BOOST_AUTO_TEST_CASE(sessions_that_had_run_out_are_not_counted_as_ended) {
    TwoAccounts test;
    opened(test, test.maria);
    test.clock.advance(31min);
    const std::string mine = opened(test, test.maria);
    BOOST_TEST(test.sessions.overview(mine)->sessions.size() == 1U);
    BOOST_TEST(test.sessions.end_others(test.maria, test.sessions.find(mine)->id) == 0);
}

BOOST_AUTO_TEST_CASE(nobody_without_an_account_gets_a_session) {
    TestServices test;
    const std::string token = opened(test, 12345);
    BOOST_TEST(!test.services.sessions.find(token).has_value());
}

BOOST_AUTO_TEST_CASE(every_way_in_has_its_name) {
    BOOST_TEST(entered_by_name(EnteredBy::Password) == "password"s);
    BOOST_TEST(entered_by_name(EnteredBy::Archived) == "archived"s);
    BOOST_TEST(entered_by_name(EnteredBy::Code) == "code"s);
    BOOST_TEST(entered_by_name(EnteredBy::Admin) == "admin"s);
}

BOOST_AUTO_TEST_SUITE_END()
