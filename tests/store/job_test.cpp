// Jobs from the draft to their end, in a real database.
#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "store/job_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

using Lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(job_drafts)

BOOST_AUTO_TEST_CASE(a_draft_says_who_is_in_and_who_is_left_out_and_why) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto berta = test.add_client_with_user("Berta", "berta@ejemplo.com");
    const auto carlos = test.add_client("Carlos", "");
    const auto dora = test.add_client("Dora", "", "9931234567");
    const auto elsa = test.add_client("Elsa", "elsa@ejemplo.com");
    test.execute("UPDATE client SET is_deleted = true WHERE full_name = 'Elsa'");
    const auto job = test.drafted(JobAction::CreateUsers, {elsa, dora, carlos, berta, ana});
    BOOST_TEST(test.told(job)
                   == (Lines{"Ana: pending",
                             "Berta: left_out has_user",
                             "Carlos: left_out no_contact",
                             "Dora: pending",
                             "Elsa: left_out deleted"}),
               boost::test_tools::per_element());
    const JobSummary summary = test.summary(job);
    BOOST_TEST((summary.status == JobStatus::Draft));
    BOOST_TEST(summary.pending == 2);
    BOOST_TEST(summary.left_out == 3);
    BOOST_TEST(summary.reasons.size() == 3U);
    BOOST_TEST(summary.created_by == "jefa");
}

BOOST_AUTO_TEST_CASE(each_action_leaves_out_those_for_whom_it_can_do_nothing) {
    JobSite test;
    const auto none = test.add_client("Ana", "ana@ejemplo.com");
    const auto user = test.add_client_with_user("Berta", "berta@ejemplo.com");
    const auto off = test.add_client_with_user("Carla", "");
    test.execute("UPDATE client SET phone = '9931234567' WHERE full_name = 'Carla'");
    test.one(JobAction::CreateUsers, off);
    test.one(JobAction::DisableAccess, off);
    const auto gone = test.add_client_with_user("Dora", "dora@ejemplo.com");
    test.execute("UPDATE bulk_job_item SET sealed = NULL WHERE client_id = "
                 + std::to_string(gone));
    const std::vector<std::int64_t> all = {none, user, off, gone};
    const auto told = [&](JobAction action) { return test.told(test.drafted(action, all)); };
    BOOST_TEST(told(JobAction::SendCredentials)
                   == (Lines{"Ana: left_out no_user",
                             "Berta: pending",
                             "Carla: left_out no_email",
                             "Dora: left_out no_credentials"}),
               boost::test_tools::per_element());
    BOOST_TEST(
        told(JobAction::NewPassword)
            == (Lines{
                "Ana: left_out no_user", "Berta: pending", "Carla: pending", "Dora: pending"}),
        boost::test_tools::per_element());
    BOOST_TEST(told(JobAction::DisableAccess)
                   == (Lines{"Ana: left_out no_user",
                             "Berta: pending",
                             "Carla: left_out already_disabled",
                             "Dora: pending"}),
               boost::test_tools::per_element());
    BOOST_TEST(told(JobAction::EnableAccess)
                   == (Lines{"Ana: left_out no_user",
                             "Berta: left_out already_enabled",
                             "Carla: pending",
                             "Dora: left_out already_enabled"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_that_match_are_those_of_the_list_at_that_moment) {
    JobSite test;
    test.add_client("María Pérez", "maria@ejemplo.com");
    test.add_client("Juan Pérez", "juan@ejemplo.com", "9931234567");
    test.add_client("Ana Ruiz", "ana@ejemplo.com");
    test.add_client_with_user("Rosa Perez", "rosa@ejemplo.com");
    const auto found =
        test.drafted_for_all(JobAction::CreateUsers, {"perez", PortalFilter::Without, false});
    BOOST_TEST(test.told(found) == (Lines{"Juan Pérez: pending", "María Pérez: pending"}),
               boost::test_tools::per_element());
    BOOST_TEST(test.summary(test.drafted_for_all(JobAction::CreateUsers)).taking_part() == 3);
    BOOST_TEST(test.summary(test.drafted_for_all(JobAction::CreateUsers,
                                                 {"993 123", PortalFilter::Any, false}))
                   .taking_part()
               == 1);
}

BOOST_AUTO_TEST_CASE(all_that_match_are_all_even_where_the_list_stops_counting) {
    JobSite test;
    test.add_clients(10'050);
    const ClientFilter filter{"ejemplo", PortalFilter::Any, false};
    BOOST_TEST(client_page(test.database(), filter, ClientOrder::Name, 1).has_more);
    BOOST_TEST(test.summary(test.drafted_for_all(JobAction::CreateUsers, filter)).taking_part()
               == 10'050);
}

BOOST_AUTO_TEST_CASE(nobody_chosen_is_no_job) {
    JobSite test;
    test.add_client("Ana", "ana@ejemplo.com");
    const ClientFilter nobody{"zzz", PortalFilter::Any, false};
    BOOST_TEST(!draft_job(
        test.database(), JobAction::CreateUsers, {{}, nobody}, test.staff, test.clock.now()));
    BOOST_TEST(!draft_job(
        test.database(), JobAction::CreateUsers, {{}, std::nullopt}, test.staff, test.clock.now()));
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job") == 0);
}

BOOST_AUTO_TEST_CASE(a_draft_is_carried_out_only_after_it_was_confirmed_once) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto job = test.drafted(JobAction::CreateUsers, {ana});
    JobRunner runner(test.running(), 1);
    BOOST_TEST((runner.run_batch() == BatchOutcome::NothingToDo));
    BOOST_TEST(confirm_job(test.database(), job, false, test.staff, test.clock.now()));
    BOOST_TEST(!confirm_job(test.database(), job, true, test.staff, test.clock.now()));
    BOOST_TEST((runner.run_batch() == BatchOutcome::Worked));
    BOOST_TEST((runner.run_batch() == BatchOutcome::Worked));  // its end
    BOOST_TEST((runner.run_batch() == BatchOutcome::NothingToDo));
    BOOST_TEST((test.summary(job).status == JobStatus::Done));
    BOOST_TEST(!test.summary(job).sends_mail);
    BOOST_TEST(test.events("job_confirmed") == 1);
}

BOOST_AUTO_TEST_CASE(a_dropped_draft_leaves_nothing_and_so_does_one_of_yesterday) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    BOOST_TEST(cancel_job(test.database(),
                          test.drafted(JobAction::CreateUsers, {ana}),
                          test.staff,
                          test.clock.now()));
    test.drafted(JobAction::CreateUsers, {ana});
    test.clock.advance(25h);
    remove_expired_credentials(test.database(), test.clock.now());
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job") == 0);
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job_item") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(job_ends)

BOOST_AUTO_TEST_CASE(a_cancelled_job_keeps_what_is_done_and_does_no_more) {
    JobSite test;
    test.add_clients(30);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    JobRunner runner(test.running(), 1);
    BOOST_TEST(runner.run_batch_of(job).size() == 8U);
    BOOST_TEST(cancel_job(test.database(), job, test.staff, test.clock.now()));
    BOOST_TEST(!cancel_job(test.database(), job, test.staff, test.clock.now()));
    BOOST_TEST((runner.run_batch() == BatchOutcome::NothingToDo));
    const JobSummary summary = test.summary(job);
    BOOST_TEST((summary.status == JobStatus::Cancelled));
    BOOST_TEST(summary.done == 8);
    BOOST_TEST(summary.cancelled == 22);
    BOOST_TEST(summary.with_credentials == 8);
    BOOST_TEST(test.number("SELECT count(*) FROM client WHERE account_id IS NOT NULL") == 8);
    BOOST_TEST(test.events("job_cancelled") == 1);
}

BOOST_AUTO_TEST_CASE(only_the_failed_are_tried_again) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto luis = test.add_client("Luis", "luis@ejemplo.com");
    const auto job = test.queued(JobAction::CreateUsers, {ana, luis});
    test.execute("UPDATE client SET email = NULL WHERE full_name = 'Luis'");
    test.work();
    BOOST_TEST(test.told(job) == (Lines{"Ana: done", "Luis: failed no_contact"}),
               boost::test_tools::per_element());
    const std::string password = test.password_of(ana);
    test.execute("UPDATE client SET phone = '9931234567' WHERE full_name = 'Luis'");
    BOOST_TEST(retry_failed(test.database(), job, test.staff, test.clock.now()) == 1);
    BOOST_TEST(retry_failed(test.database(), job, test.staff, test.clock.now()) == 0);
    test.work();
    BOOST_TEST(test.told(job) == (Lines{"Ana: done", "Luis: done"}),
               boost::test_tools::per_element());
    BOOST_TEST(test.password_of(ana) == password);
    BOOST_TEST((test.summary(job).status == JobStatus::Done));
    BOOST_TEST(test.text("SELECT username FROM account WHERE email IS NULL AND NOT is_staff")
               == "9931234567");
}

BOOST_AUTO_TEST_CASE(the_rate_and_the_remaining_time_come_from_what_was_done_since_the_start) {
    JobSite test;
    test.add_clients(20);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    BOOST_TEST(!test.summary(job).per_second(test.clock.now()));
    JobRunner runner(test.running(), 1);
    BOOST_TEST(runner.run_batch_of(job).size() == 8U);
    test.clock.advance(4s);
    const JobSummary summary = test.summary(job);
    BOOST_TEST(summary.per_second(test.clock.now()).value() == 2.0);
    BOOST_TEST((summary.remaining(test.clock.now()) == 6s));
    test.work();
    BOOST_TEST(!test.summary(job).remaining(test.clock.now()));
}

BOOST_AUTO_TEST_CASE(the_newest_jobs_come_first) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto first = test.finished(JobAction::CreateUsers, {ana});
    const auto second = test.drafted(JobAction::NewPassword, {ana});
    const auto jobs = recent_jobs(test.database(), 10);
    BOOST_TEST(jobs.size() == 2U);
    BOOST_TEST(jobs.front().id == second);
    BOOST_TEST(jobs.back().id == first);
    BOOST_TEST(jobs.back().done == 1);
    BOOST_TEST(recent_jobs(test.database(), 1).size() == 1U);
    BOOST_TEST(!job_summary(test.database(), 4711));
}

BOOST_AUTO_TEST_CASE(an_empty_job_ends_at_once) {
    JobSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.add_client("Ana", "")});
    BOOST_TEST((test.summary(job).status == JobStatus::Done));
    BOOST_TEST(test.summary(job).left_out == 1);
}

BOOST_AUTO_TEST_CASE(items_come_in_pages_of_fifty_in_the_order_of_names) {
    JobSite test;
    test.add_clients(60);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    const auto page = [&](std::int64_t number) {
        return job_items(test.database(), test.credentials, job, ItemFilter::All, number, false);
    };
    BOOST_TEST(page(1).items.size() == 50U);
    BOOST_TEST(page(1).total == 60);
    BOOST_TEST(page(1).pages == 2);
    BOOST_TEST(page(9).page == 2);
    BOOST_TEST(page(9).items.size() == 10U);
    BOOST_TEST(page(1).items[0].full_name == "Cliente 1");
    BOOST_TEST(page(1).items[1].full_name == "Cliente 10");
}

BOOST_AUTO_TEST_SUITE_END()
