// Carrying jobs out: what each action writes, who gets which name, races, and what a killed runner
// leaves behind.
#include <set>

#include <boost/test/unit_test.hpp>

#include "claims/login_chain.h"
#include "db/database_error.h"
#include "jobs/command_job.h"
#include "store/job_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

using Lines = std::vector<std::string>;

namespace {

// Nobody has two users, no user belongs to nobody, and every password that staff can see opens its
// account.
void check_whole(JobSite& test) {
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE NOT is_staff AND NOT EXISTS"
                           " (SELECT FROM client WHERE account_id = account.id)")
               == 0);
    BOOST_TEST(test.number(
                   "SELECT count(*) FROM (SELECT client_id FROM bulk_job_item WHERE status = 'done'"
                   " GROUP BY client_id HAVING count(*) > 1) AS twice")
               == 0);
    for (const auto& job : recent_jobs(test.database(), 10)) {
        each_credential(test.database(), test.credentials, job.id, [&](const JobItem& item) {
            BOOST_TEST(test.opens(item.client_id, item.password), item.full_name);
        });
    }
}

constexpr db::Statement lock_items{"test_lock_items",
                                   "SELECT id FROM bulk_job_item WHERE job_id = $1 FOR UPDATE"};
constexpr db::Statement lock_client{"test_lock_client",
                                    "SELECT id FROM client WHERE id = $1 FOR UPDATE"};

bool logs_in(JobSite& test, const std::string& name, const std::string& password) {
    return std::holds_alternative<LoggedIn>(log_in(test.claims(), name, password, visitor()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(job_actions)

BOOST_AUTO_TEST_CASE(a_created_user_logs_in_with_the_password_that_staff_see) {
    JobSite test;
    const auto juan = test.add_client("Juan Pérez", "Juan@Ejemplo.com", "9931234567");
    const auto job = test.finished(JobAction::CreateUsers, {juan});
    const auto item = test.items(job).front();
    BOOST_TEST(item.username == "Juan@Ejemplo.com");
    BOOST_TEST(item.password.size() == made_password_length);
    BOOST_TEST(logs_in(test, "juan@ejemplo.com", item.password));
    BOOST_TEST(
        test.text(
            "SELECT email || ' ' || first_name || ' ' || asks_own_password FROM account WHERE NOT is_staff")
        == "Juan@Ejemplo.com Juan Pérez true");
    BOOST_TEST(
        test.text(
            "SELECT subject || ' ' || (details ->> 'job') || ' ' || (actor_id IS NOT NULL) FROM audit_log"
            " WHERE action = 'credentials_made'")
        == "client:" + std::to_string(juan) + " " + std::to_string(job) + " true");
}

BOOST_AUTO_TEST_CASE(a_made_password_ends_when_nobody_uses_it) {
    JobSite test;
    test.finished(JobAction::CreateUsers, {test.add_client("Ana", "ana@ejemplo.com")});
    BOOST_TEST(
        test.text(
            "SELECT password_expires_at = '2026-12-05 12:00:00+00' FROM account WHERE NOT is_staff")
        == "t");
}

BOOST_AUTO_TEST_CASE(the_username_is_the_email_else_the_national_digits) {
    JobSite test;
    test.add_client("Ana", "", "9931234567");
    test.add_client("Berta", "", "+52 993 765 4321");
    test.add_client("Carla", "", "+15551234567");
    test.add_client("Dora", "dora la@ejemplo.com", "9930000000");
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    test.work();
    Lines names;
    for (const auto& item : test.items(job)) {
        names.push_back(item.username);
    }
    BOOST_TEST(names == (Lines{"9931234567", "9937654321", "+15551234567", "dorala@ejemplo.com"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_family_with_one_email_gets_numbered_names_in_one_batch) {
    JobSite test;
    test.add_account("familia@ejemplo.com", "", "tres palabras sueltas");
    test.add_account("familia@ejemplo.com1", "", "tres palabras sueltas");
    test.execute("DELETE FROM account WHERE id < 0");
    test.add_client("Ana", "familia@ejemplo.com");
    test.add_client("Berta", "FAMILIA@ejemplo.com");
    test.add_client("Carla", "familia@ejemplo.com");
    // Comes to the same name as another base.
    test.add_client("Dora", "familia@ejemplo.com2");
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    test.work();
    std::set<std::string> names;
    for (const auto& item : test.items(job)) {
        BOOST_TEST((item.status == ItemStatus::Done));
        BOOST_TEST(test.opens(item.client_id, item.password));
        names.insert(item.username);
    }
    BOOST_TEST(names.size() == 4U);
    BOOST_TEST(names.contains("familia@ejemplo.com0"));
}

BOOST_AUTO_TEST_CASE(without_a_free_name_the_client_fails_and_the_others_do_not) {
    JobSite test;
    test.execute("INSERT INTO account (username, password_hash) VALUES ('lleno@ejemplo.com', '!')");
    test.execute(
        "INSERT INTO account (username, password_hash) SELECT 'lleno@ejemplo.com' || n, '!' FROM generate_series(0, 98) n");
    const auto ana = test.add_client("Ana", "lleno@ejemplo.com");
    const auto berta = test.add_client("Berta", "berta@ejemplo.com");
    const auto job = test.finished(JobAction::CreateUsers, {ana, berta});
    BOOST_TEST(test.told(job) == (Lines{"Ana: failed no_free_username", "Berta: done"}),
               boost::test_tools::per_element());
    BOOST_TEST(test.items(job).front().password.empty());
}

BOOST_AUTO_TEST_CASE(a_new_password_replaces_the_old_one_and_ends_sessions) {
    JobSite test;
    const auto ana = test.add_client_with_user("Ana", "ana@ejemplo.com");
    const std::string first = test.password_of(ana);
    BOOST_TEST(logs_in(test, "ana@ejemplo.com", first));
    test.clock.advance(1min);
    const auto job = test.finished(JobAction::NewPassword, {ana});
    const std::string second = test.password_of(ana);
    BOOST_TEST(second != first);
    BOOST_TEST(test.opens(ana, second));
    BOOST_TEST(test.number("SELECT count(*) FROM session") == 0);
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job_item WHERE sealed IS NOT NULL") == 1);
    BOOST_TEST(test.items(job).front().password == second);
}

BOOST_AUTO_TEST_CASE(disabled_access_ends_sessions_and_enabled_access_works_again) {
    JobSite test;
    const auto ana = test.add_client_with_user("Ana", "ana@ejemplo.com");
    const std::string password = test.password_of(ana);
    BOOST_TEST(logs_in(test, "ana@ejemplo.com", password));
    test.finished(JobAction::DisableAccess, {ana});
    BOOST_TEST(test.number("SELECT count(*) FROM session") == 0);
    BOOST_TEST(!logs_in(test, "ana@ejemplo.com", password));
    test.finished(JobAction::EnableAccess, {ana});
    BOOST_TEST(logs_in(test, "ana@ejemplo.com", password));
    BOOST_TEST(test.events("access_disabled") == 1);
    BOOST_TEST(test.events("access_enabled") == 1);
}

BOOST_AUTO_TEST_CASE(staff_s_own_account_is_nobody_s_to_handle) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    test.execute("UPDATE client SET account_id = (SELECT id FROM account WHERE is_staff)");
    for (const auto action :
         {JobAction::NewPassword, JobAction::DisableAccess, JobAction::EnableAccess}) {
        BOOST_TEST(test.told(test.finished(action, {ana})).front() == "Ana: left_out no_user");
    }
    BOOST_TEST(test.text("SELECT password_hash FROM account WHERE is_staff") == "!");
}

BOOST_AUTO_TEST_CASE(one_client_is_done_at_once_and_a_refusal_leaves_no_job) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto made = test.one(JobAction::CreateUsers, ana, false, "caracol sin prisa 8");
    BOOST_TEST((made.item.status == ItemStatus::Done));
    BOOST_TEST(made.item.password == "caracol sin prisa 8");
    BOOST_TEST(test.opens(ana, "caracol sin prisa 8"));
    BOOST_TEST((test.summary(made.job_id).status == JobStatus::Done));
    const auto again = test.one(JobAction::CreateUsers, ana);
    BOOST_TEST((again.item.status == ItemStatus::Failed));
    BOOST_TEST(again.item.reason == "has_user");
    BOOST_TEST(again.item.full_name == "Ana");
    BOOST_TEST(again.item.password.empty());
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job") == 1);
    BOOST_TEST(test.text("SELECT network FROM audit_log WHERE action = 'credentials_made'")
               == "192.0.2.0/24");
    BOOST_CHECK_THROW(test.one(JobAction::CreateUsers, 4711), Failure);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(job_races)

BOOST_AUTO_TEST_CASE(several_runners_do_each_client_once) {
    JobSite test;
    test.add_clients(60);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    const auto done = in_parallel<std::size_t>(test, 3, [&](Services& services, int) {
        JobRunner runner(test.running(services), 1);
        std::size_t count = 0;
        for (auto items = runner.run_batch_of(job); !items.empty();
             items = runner.run_batch_of(job)) {
            count += items.size();
        }
        return count;
    });
    BOOST_TEST(done[0] + done[1] + done[2] == 60U);
    test.work();
    BOOST_TEST((test.summary(job).status == JobStatus::Done));
    BOOST_TEST(test.summary(job).done == 60);
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(two_staff_with_the_same_clients_at_once_make_no_second_user) {
    JobSite test;
    test.add_clients(24);
    const auto first = test.drafted_for_all(JobAction::CreateUsers);
    const auto second = test.drafted_for_all(JobAction::CreateUsers);
    for (const auto job : {first, second}) {
        (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    }
    (void)in_parallel<bool>(test, 2, [&](Services& services, int number) {
        JobRunner runner(test.running(services), 1);
        const auto job = number == 0 ? first : second;
        while (!runner.run_batch_of(job).empty()) {
        }
        return true;
    });
    BOOST_TEST(test.summary(first).done + test.summary(second).done == 24);
    BOOST_TEST(test.summary(first).failed + test.summary(second).failed == 24);
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE NOT is_staff") == 24);
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(the_same_button_pressed_by_several_at_once_makes_one_user) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto results = in_parallel<std::string>(test, 4, [&](Services& services, int) {
        return run_for_one(test.running(services),
                           JobAction::CreateUsers,
                           ana,
                           false,
                           std::nullopt,
                           test.staff)
            .item.reason;
    });
    BOOST_TEST(std::count(results.begin(), results.end(), "") == 1);
    BOOST_TEST(std::count(results.begin(), results.end(), "has_user") == 3);
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE NOT is_staff") == 1);
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(names_that_race_in_several_jobs_are_told_apart) {
    JobSite test;
    std::vector<std::int64_t> jobs;
    for (int number = 0; number < 3; ++number) {
        std::vector<std::int64_t> ids;
        for (int i = 0; i < 6; ++i) {
            ids.push_back(test.add_client("Cliente " + std::to_string(i), "familia@ejemplo.com"));
        }
        jobs.push_back(test.queued(JobAction::CreateUsers, ids));
    }
    (void)in_parallel<bool>(test, 3, [&](Services& services, int number) {
        JobRunner runner(test.running(services), 1);
        while (!runner.run_batch_of(jobs[static_cast<std::size_t>(number)]).empty()) {
        }
        return true;
    });
    BOOST_TEST(test.number("SELECT count(DISTINCT lower(username)) FROM account WHERE NOT is_staff")
               == 18);
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(a_job_in_another_runner_s_hands_lets_later_jobs_pass) {
    JobSite test;
    const auto first =
        test.queued(JobAction::CreateUsers, {test.add_client("Ana", "ana@ejemplo.com")});
    const auto second =
        test.queued(JobAction::CreateUsers, {test.add_client("Luis", "luis@ejemplo.com")});
    JobRunner runner(test.running(), 1);
    {
        db::Connection other({test.settings.database_url, false, "other"});
        db::Transaction in_hand(other);
        (void)in_hand.run(lock_items, first);
        BOOST_TEST((runner.run_batch() == BatchOutcome::Worked));
        BOOST_TEST((runner.run_batch() == BatchOutcome::Worked));  // its end
        BOOST_TEST((test.summary(second).status == JobStatus::Done));
        BOOST_TEST((runner.run_batch() == BatchOutcome::OthersAtWork));
        BOOST_TEST(test.told(first).front() == "Ana: pending");
    }
    test.work();
    BOOST_TEST(test.told(first).front() == "Ana: done");
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(a_client_in_somebody_s_hands_for_long_lets_later_jobs_pass) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto first = test.queued(JobAction::CreateUsers, {ana});
    const auto second =
        test.queued(JobAction::CreateUsers, {test.add_client("Luis", "luis@ejemplo.com")});
    test.execute("SET lock_timeout = '10ms'");
    JobRunner runner(test.running(), 1);
    {
        db::Connection other({test.settings.database_url, false, "other"});
        db::Transaction in_hand(other);
        (void)in_hand.run(lock_client, ana);
        BOOST_TEST((runner.run_batch() == BatchOutcome::Worked));
        BOOST_TEST(test.told(second).front() == "Luis: done");
        BOOST_TEST(test.told(first).front() == "Ana: pending");
    }
    test.work();
    BOOST_TEST(test.told(first).front() == "Ana: done");
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(a_batch_whose_runner_dies_is_not_half_done_and_is_done_by_the_next) {
    JobSite test;
    test.add_clients(20);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, true, test.staff, test.clock.now());
    // The runner's session ends when the last statement of its batch is on its way.
    test.execute(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;"
        "CREATE TRIGGER die BEFORE UPDATE ON bulk_job FOR EACH ROW WHEN (OLD.started_at IS NULL AND"
        " NEW.started_at IS NOT NULL) EXECUTE FUNCTION die()");
    JobRunner runner(test.running(), 1);
    BOOST_CHECK_THROW((void)runner.run_batch_of(job), db::DatabaseError);
    test.execute("DROP TRIGGER die ON bulk_job; DROP FUNCTION die()");
    BOOST_TEST(test.number("SELECT count(*) FROM account WHERE NOT is_staff") == 0);
    BOOST_TEST(test.number("SELECT count(*) FROM mail_outbox") == 0);
    BOOST_TEST(test.events("credentials_made") == 0);
    BOOST_TEST(test.summary(job).pending == 20);
    test.work();
    BOOST_TEST(test.summary(job).done == 20);
    BOOST_TEST(test.number("SELECT count(*) FROM mail_outbox") == 20);
    check_whole(test);
}

BOOST_AUTO_TEST_CASE(a_cancelled_job_is_not_ended_by_a_batch_in_hand) {
    JobSite test;
    test.add_clients(10);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    const auto results = in_parallel<bool>(test, 2, [&](Services& services, int number) {
        if (number == 1) {
            return cancel_job(services.database, job, test.staff, services.clock.now());
        }
        JobRunner runner(test.running(services), 1);
        return !runner.run_batch_of(job).empty();
    });
    BOOST_TEST(results[1]);
    test.work();
    const JobSummary summary = test.summary(job);
    BOOST_TEST((summary.status == JobStatus::Cancelled));
    BOOST_TEST(summary.pending == 0);
    BOOST_TEST(summary.done + summary.cancelled == 10);
    check_whole(test);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(command_jobs)

BOOST_AUTO_TEST_CASE(a_command_s_job_is_left_to_it_until_its_credentials_are_in_a_file) {
    JobSite test;
    test.add_clients(3);
    test.add_client("Zoe", "");
    BOOST_TEST(clients_without_user(test.database()) == 4);
    const auto job = begin_command_job(test.database(), std::nullopt, test.clock.now()).value();
    JobRunner runner(test.running(), 1);
    BOOST_TEST((runner.run_batch() == BatchOutcome::NothingToDo));
    BOOST_TEST(runner.run_batch_of(job).size() == 3U);
    BOOST_TEST(left_command_jobs(test.database()).size() == 1U);
    end_command_job(test.database(), job, 24, test.clock.now());
    BOOST_TEST(left_command_jobs(test.database()).empty());
    BOOST_TEST((test.summary(job).status == JobStatus::Done));
    BOOST_TEST(test.summary(job).left_out == 1);
    BOOST_TEST(test.summary(job).created_by.empty());
    BOOST_TEST((test.summary(job).expires_at == test.clock.now() + 24h));
}

BOOST_AUTO_TEST_CASE(a_limit_takes_those_who_can_get_a_user_first) {
    JobSite test;
    test.add_client("Ana", "");
    test.add_clients(3);
    const auto job = begin_command_job(test.database(), 2, test.clock.now()).value();
    BOOST_TEST(test.summary(job).pending == 2);
    BOOST_TEST(test.summary(job).left_out == 0);
}

BOOST_AUTO_TEST_CASE(what_a_dead_command_left_ends_with_its_credentials) {
    JobSite test;
    test.add_clients(3);
    const auto job = begin_command_job(test.database(), std::nullopt, test.clock.now()).value();
    JobRunner runner(test.running(), 1);
    BOOST_TEST(runner.run_batch_of(job).size() == 3U);
    test.clock.advance(24h);
    remove_expired_credentials(test.database(), test.clock.now());
    BOOST_TEST(left_command_jobs(test.database()).empty());
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job_item WHERE sealed IS NOT NULL") == 0);
}

BOOST_AUTO_TEST_CASE(one_command_at_a_time) {
    JobSite test;
    db::Connection other({test.settings.database_url, false, "other"});
    BOOST_TEST(take_command_turn(other));
    BOOST_TEST(!take_command_turn(test.database()));
    other.close();
    bool taken = false;
    const auto deadline =
        std::chrono::steady_clock::now() + 10s;  // the server notices a little later
    while (!taken && std::chrono::steady_clock::now() < deadline) {
        taken = take_command_turn(test.database());
    }
    BOOST_TEST(taken);
    test.database().close();
}

BOOST_AUTO_TEST_SUITE_END()
