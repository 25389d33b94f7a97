// One client: adding, changing by two editors, deleting, restoring.
#include "clients/client_store.h"

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

#include "sessions/session.h"
#include "store/parallel.h"
#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

const ClientData ines_data = {
    "Inés García", "ines@ejemplo.com", "9935758611", "Calle 60", "Paga los lunes"};

struct OneClient : TestServices {
    std::int64_t staff = add_account("maria", "maria@ejemplo.com", "tres palabras sueltas");
    Actor actor{staff, "192.0.2.0/24"};
    std::int64_t ines = add_client(database(), ines_data, actor, clock.now());

    std::int64_t add(const ClientData& data) {
        return add_client(database(), data, actor, clock.now());
    }
    std::int64_t give_account(const std::string& email) {
        const auto account = add_account("ines", email, "tres palabras sueltas");
        execute("UPDATE client SET account_id = " + std::to_string(account));
        return account;
    }
    ClientDetail detail() { return client_detail(database(), ines, clock.now()).value(); }
    ClientChange change(const ClientData& data, std::int64_t version = 1) {
        return change_client(database(), ines, version, data, actor, clock.now());
    }
    ClientData with_email(const std::string& email) {
        ClientData data = ines_data;
        data.email = email;
        return data;
    }
    std::string trail() {
        return text(
            "SELECT string_agg(concat_ws(' ', actor_id, action, subject, network, details), "
            "'; ' ORDER BY id) FROM audit_log");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(client_store)

BOOST_FIXTURE_TEST_CASE(what_was_added_is_what_is_there, OneClient) {
    const auto found = detail();
    BOOST_TEST(found.client.id == ines);
    BOOST_TEST(found.client.data.full_name == "Inés García");
    BOOST_TEST(found.client.data.email == "ines@ejemplo.com");
    BOOST_TEST(found.client.data.phone == "9935758611");
    BOOST_TEST(found.client.data.address == "Calle 60");
    BOOST_TEST(found.client.data.notes == "Paga los lunes");
    BOOST_TEST(found.client.version == 1);
    BOOST_TEST(!found.client.is_deleted);
    BOOST_TEST((found.created_at == clock.now()));
    BOOST_TEST(!found.access.has_value());
    BOOST_TEST(trail()
               == std::to_string(staff) + " client_added client:" + std::to_string(ines)
                      + " 192.0.2.0/24 {}");
    BOOST_TEST(!client_detail(database(), ines + 1, clock.now()).has_value());
}

BOOST_FIXTURE_TEST_CASE(empty_texts_are_null_in_the_table, OneClient) {
    const auto id = add({"Solo Nombre", "", "", "", ""});
    BOOST_TEST(number("SELECT count(*) FROM client WHERE email IS NULL AND phone IS NULL AND "
                      "address IS NULL AND notes IS NULL")
               == 1);
    BOOST_TEST(client_detail(database(), id, clock.now())->client.data.email.empty());
}

BOOST_FIXTURE_TEST_CASE(staff_see_the_access_of_a_client, OneClient) {
    const auto account = give_account("ines@ejemplo.com");
    execute(
        "UPDATE account SET asks_own_password = true, last_login_at = '2026-11-20 10:00+00', "
        "password_expires_at = '2026-12-01 10:00+00' WHERE id = "
        + std::to_string(account));
    for (int browser = 1; browser <= 2; ++browser) {
        database().run_all(
            {services.sessions.opening(account, EnteredBy::Password, visitor(browser)).store});
    }
    const auto access = detail().access.value();
    BOOST_TEST(access.account_id == account);
    BOOST_TEST(access.username == "ines");
    BOOST_TEST(access.is_active);
    BOOST_TEST(access.asks_own_password);
    BOOST_TEST((access.last_login_at == parse_iso("2026-11-20 10:00:00+00")));
    BOOST_TEST((access.password_expires_at == parse_iso("2026-12-01 10:00:00+00")));
    BOOST_TEST(access.live_sessions == 2);
    clock.advance(std::chrono::hours(24));
    BOOST_TEST(detail().access->live_sessions == 0);
}

BOOST_FIXTURE_TEST_CASE(a_change_is_written_and_names_the_changed_fields_only, OneClient) {
    clock.advance(std::chrono::minutes(5));
    ClientData data = ines_data;
    data.phone = "5512345678";
    data.notes = "";
    BOOST_TEST((change(data) == ClientChange::Done));
    BOOST_TEST(detail().client.data.phone == "5512345678");
    BOOST_TEST(detail().client.version == 2);
    BOOST_TEST(text("SELECT details FROM audit_log WHERE action = 'client_changed'")
               == R"({"fields": ["phone", "notes"]})");
    BOOST_TEST(text("SELECT updated_at - created_at FROM client") == "00:05:00");
}

BOOST_FIXTURE_TEST_CASE(saving_without_a_change_writes_nothing, OneClient) {
    BOOST_TEST((change(ines_data) == ClientChange::Done));
    BOOST_TEST(detail().client.version == 1);
    BOOST_TEST(number("SELECT count(*) FROM audit_log") == 1);
}

BOOST_FIXTURE_TEST_CASE(an_older_version_overwrites_nothing, OneClient) {
    BOOST_TEST((change(with_email("nueva@ejemplo.com")) == ClientChange::Done));
    BOOST_TEST((change(with_email("otra@ejemplo.com")) == ClientChange::ChangedMeanwhile));
    BOOST_TEST(detail().client.data.email == "nueva@ejemplo.com");
    BOOST_TEST((change_client(database(), ines + 1, 1, ines_data, actor, clock.now())
                == ClientChange::Missing));
    BOOST_TEST(number("SELECT count(*) FROM audit_log WHERE action = 'client_changed'") == 1);
}

BOOST_FIXTURE_TEST_CASE(of_many_editors_at_once_one_is_done_and_the_others_are_told, OneClient) {
    const auto outcomes = in_parallel<ClientChange>(*this, 12, [&](Services& own, int editor) {
        const std::string email = "editor" + std::to_string(editor) + "@ejemplo.com";
        return change_client(own.database, ines, 1, with_email(email), actor, clock.now());
    });
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), ClientChange::Done) == 1);
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), ClientChange::ChangedMeanwhile) == 11);
    const auto winner = std::find(outcomes.begin(), outcomes.end(), ClientChange::Done);
    BOOST_TEST(detail().client.data.email
               == "editor" + std::to_string(winner - outcomes.begin()) + "@ejemplo.com");
    BOOST_TEST(detail().client.version == 2);
    BOOST_TEST(number("SELECT count(*) FROM audit_log WHERE action = 'client_changed'") == 1);
}

BOOST_FIXTURE_TEST_CASE(the_account_s_email_follows_when_it_was_the_same, OneClient) {
    give_account("INES@ejemplo.com");
    BOOST_TEST((change(with_email("nueva@ejemplo.com")) == ClientChange::Done));
    BOOST_TEST(text("SELECT email FROM account WHERE username = 'ines'") == "nueva@ejemplo.com");
    BOOST_TEST((change(with_email(""), 2) == ClientChange::Done));
    BOOST_TEST(number("SELECT count(*) FROM account WHERE email IS NULL") == 1);
    BOOST_TEST((change(with_email("otra@ejemplo.com"), 3) == ClientChange::Done));
    BOOST_TEST(number("SELECT count(*) FROM account WHERE email IS NULL") == 1);
    BOOST_TEST(text("SELECT email FROM account WHERE username = 'maria'") == "maria@ejemplo.com");
}

BOOST_FIXTURE_TEST_CASE(the_account_keeps_an_email_of_its_own, OneClient) {
    give_account("personal@ejemplo.com");
    BOOST_TEST((change(with_email("nueva@ejemplo.com")) == ClientChange::Done));
    BOOST_TEST(text("SELECT email FROM account WHERE username = 'ines'") == "personal@ejemplo.com");
}

BOOST_FIXTURE_TEST_CASE(deleting_ends_the_access_and_restoring_does_not_bring_it_back, OneClient) {
    const auto account = give_account("ines@ejemplo.com");
    for (const auto who : {account, staff}) {
        database().run_all({services.sessions.opening(who, EnteredBy::Password, visitor()).store});
    }
    BOOST_TEST(delete_client(database(), ines, actor, clock.now()));
    BOOST_TEST(!delete_client(database(), ines, actor, clock.now()));
    BOOST_TEST(detail().client.is_deleted);
    BOOST_TEST(!detail().access->is_active);
    BOOST_TEST(text("SELECT string_agg(account_id::text, ',') FROM session")
               == std::to_string(staff));
    BOOST_TEST(number("SELECT count(*) FROM account WHERE is_active") == 1);
    BOOST_TEST(restore_client(database(), ines, actor, clock.now()));
    BOOST_TEST(!restore_client(database(), ines, actor, clock.now()));
    BOOST_TEST(!detail().client.is_deleted);
    BOOST_TEST(!detail().access->is_active);
    BOOST_TEST(text("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log")
               == "client_added client_deleted client_restored");
    BOOST_TEST(!delete_client(database(), ines + 1, actor, clock.now()));
}

BOOST_FIXTURE_TEST_CASE(an_editor_is_told_that_the_client_was_deleted_meanwhile, OneClient) {
    BOOST_TEST(delete_client(database(), ines, actor, clock.now()));
    BOOST_TEST((change(with_email("nueva@ejemplo.com")) == ClientChange::ChangedMeanwhile));
}

BOOST_FIXTURE_TEST_CASE(a_client_is_deleted_once_however_many_try, OneClient) {
    const auto done = in_parallel<int>(*this, 8, [&](Services& own, int) {
        return delete_client(own.database, ines, actor, clock.now()) ? 1 : 0;
    });
    BOOST_TEST(std::count(done.begin(), done.end(), 1) == 1);
    BOOST_TEST(number("SELECT count(*) FROM audit_log WHERE action = 'client_deleted'") == 1);
}

BOOST_FIXTURE_TEST_CASE(clients_with_the_same_email_or_phone_are_shown_as_similar, OneClient) {
    const auto ids = [&](const ClientData& data, std::int64_t except = 0) {
        std::string all;
        for (const auto& client : similar_clients(database(), data, except)) {
            all += client.data.full_name + ';';
        }
        return all;
    };
    add({"Luis", "", "9935758611", "", ""});
    add({"Nadie", "", "", "", ""});
    BOOST_TEST(ids({"X", "INES@ejemplo.com", "", "", ""}) == "Inés García;");
    BOOST_TEST(ids({"X", "ines@ejemplo.com", "9935758611", "", ""}) == "Inés García;Luis;");
    BOOST_TEST(ids(ines_data, ines) == "Luis;");
    BOOST_TEST(ids({"Nadie", "", "", "", ""}).empty());
    BOOST_TEST(delete_client(database(), ines, actor, clock.now()));
    BOOST_TEST(ids({"X", "ines@ejemplo.com", "", "", ""}).empty());
    for (int i = 0; i < 7; ++i) {
        add({"Familia", "f@ejemplo.com", "", "", ""});
    }
    BOOST_TEST(similar_clients(database(), {"X", "f@ejemplo.com", "", "", ""}, 0).size() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
