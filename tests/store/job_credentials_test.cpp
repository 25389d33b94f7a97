// Made passwords while they last: sealing, mails, delivery, discarding, expiry.
#include <boost/test/unit_test.hpp>

#include "accounts/account_store.h"
#include "claims/login_chain.h"
#include "store/job_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

struct MailedSite : JobSite {
    std::int64_t ana = add_client("Ana López", "ana@ejemplo.com", "9931234567");
    std::int64_t luis = add_client("Luis", "", "9937654321");

    std::int64_t send(std::int64_t job,
                      std::optional<std::int64_t> item = std::nullopt,
                      bool only_failed = false) {
        return send_credentials(running(), job, item, only_failed, staff);
    }
    std::int64_t mails() { return number("SELECT count(*) FROM mail_outbox"); }
    void mails_become(const std::string& status) {
        execute("UPDATE mail_outbox SET model = NULL, last_error = '550 nadie', status = '" + status
                + "'");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(job_credentials)

BOOST_AUTO_TEST_CASE(no_password_stands_in_a_table_as_it_is) {
    JobSite test;
    const auto ana = test.add_client_with_user("Ana", "ana@ejemplo.com");
    const std::string password = test.password_of(ana);
    BOOST_TEST(password.size() == made_password_length);
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job_item AS item WHERE position('" + password
                           + "' IN item::text) > 0 OR position(encode('" + password
                           + "', 'hex') IN item::text) > 0")
               == 0);
}

BOOST_AUTO_TEST_CASE(a_sealed_password_moved_to_another_row_does_not_open) {
    JobSite test;
    const auto ana = test.add_client_with_user("Ana", "ana@ejemplo.com");
    const auto eva = test.add_client_with_user("Eva", "eva@ejemplo.com");
    test.execute(
        "UPDATE bulk_job_item SET sealed = (SELECT sealed FROM bulk_job_item WHERE client_id = "
        + std::to_string(ana) + ") WHERE client_id = " + std::to_string(eva));
    BOOST_TEST(test.password_of(eva).empty());
    BOOST_TEST(!test.password_of(ana).empty());
}

BOOST_AUTO_TEST_CASE(after_its_time_nothing_is_opened_and_then_nothing_is_there) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto job = test.finished(JobAction::CreateUsers, {ana});
    BOOST_TEST((test.summary(job).expires_at == test.clock.now() + 24h));
    test.clock.advance(24h - 1s);
    BOOST_TEST(!test.items(job).front().password.empty());
    test.clock.advance(1s);
    BOOST_TEST(test.items(job).front().password.empty());
    BOOST_TEST(test.password_of(ana).empty());
    int count = 0;
    each_credential(test.database(), test.credentials, job, [&](const JobItem&) { ++count; });
    BOOST_TEST(count == 0);
    BOOST_TEST(test.summary(job).with_credentials == 1);
    remove_expired_credentials(test.database(), test.clock.now());
    BOOST_TEST(test.summary(job).with_credentials == 0);
}

BOOST_AUTO_TEST_CASE(the_clock_of_the_credentials_runs_from_the_first_batch) {
    JobSite test;
    test.add_clients(20);
    const auto job = test.drafted_for_all(JobAction::CreateUsers);
    (void)confirm_job(test.database(), job, false, test.staff, test.clock.now());
    const Timestamp start = test.clock.now();
    JobRunner runner(test.running(), 1);
    BOOST_TEST(!runner.run_batch_of(job).empty());
    BOOST_TEST((test.summary(job).expires_at == start + 24h));
    test.clock.advance(1h);
    test.work();
    BOOST_TEST((test.summary(job).expires_at == start + 25h));
}

BOOST_AUTO_TEST_CASE(a_password_expires_with_the_waiting_mail_that_carries_it) {
    MailedSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.ana}, true);
    test.clock.advance(24h);
    remove_expired_credentials(test.database(), test.clock.now());
    BOOST_TEST(test.text("SELECT status || ' ' || (model IS NULL) FROM mail_outbox")
               == "expired true");
    BOOST_TEST((test.items(job).front().mail == MailState::Expired));
}

BOOST_AUTO_TEST_CASE(discarded_passwords_are_gone_and_still_open_the_account) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto job = test.finished(JobAction::CreateUsers, {ana});
    const std::string password = test.password_of(ana);
    discard_credentials(test.database(), job, test.staff, test.clock.now());
    BOOST_TEST(test.password_of(ana).empty());
    BOOST_TEST(test.number("SELECT count(*) FROM bulk_job_item WHERE sealed IS NOT NULL") == 0);
    BOOST_TEST(test.opens(ana, password));
    BOOST_TEST(test.events("credentials_discarded") == 1);
}

BOOST_AUTO_TEST_CASE(whoever_chose_a_password_has_nothing_left_to_look_at) {
    JobSite test;
    const auto ana = test.add_client("Ana", "ana@ejemplo.com");
    const auto job = test.finished(JobAction::CreateUsers, {ana});
    const auto account = test.number("SELECT account_id FROM client");
    test.clock.advance(1h);
    test.database().run_all({chosen_password(account, "!", test.clock.now())});
    BOOST_TEST(test.password_of(ana).empty());
    BOOST_TEST(test.items(job).front().username == "ana@ejemplo.com");
    BOOST_TEST((test.items(job).front().password_chosen_at == test.clock.now()));
}

BOOST_AUTO_TEST_CASE(the_first_login_shows_and_those_who_never_came_are_found) {
    MailedSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.ana, test.luis});
    BOOST_TEST(test.summary(job).never_came_in == 2);
    test.clock.advance(1h);
    const Timestamp first = test.clock.now();
    for (int times = 0; times < 2; ++times) {
        (void)log_in(test.claims(), "ana@ejemplo.com", test.password_of(test.ana), visitor());
        test.clock.advance(1h);
    }
    BOOST_TEST((test.items(job).front().first_login_at == first));
    BOOST_TEST(test.summary(job).never_came_in == 1);
    const auto never = test.items(job, ItemFilter::NeverCameIn);
    BOOST_TEST(never.size() == 1U);
    BOOST_TEST(never.front().full_name == "Luis");
}

BOOST_AUTO_TEST_CASE(printed_and_handed_over_are_noted) {
    MailedSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.ana, test.luis});
    const auto item = test.items(job).front();
    note_handling(test.database(), "credentials_printed", job, test.staff, test.clock.now());
    note_printed(test.database(), job, {item.id}, test.clock.now());
    BOOST_TEST(note_shared(test.database(), job, item.id, test.staff, test.clock.now()));
    test.clock.advance(1h);
    BOOST_TEST(note_shared(test.database(), job, item.id, test.staff, test.clock.now()));
    BOOST_TEST(!note_shared(test.database(), job + 1, item.id, test.staff, test.clock.now()));
    const auto after = test.items(job);
    BOOST_TEST((after[0].printed_at == test.clock.now() - 1h));
    BOOST_TEST((after[0].shared_at == test.clock.now() - 1h));
    BOOST_TEST(!after[1].printed_at);
    BOOST_TEST(test.events("credentials_printed") == 1);
    BOOST_TEST(test.events("credentials_shared") == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(credential_mails)

BOOST_AUTO_TEST_CASE(they_go_out_as_the_users_are_made_to_those_with_an_address) {
    MailedSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.ana, test.luis}, true);
    const auto mail = test.newest_mail("ana@ejemplo.com");
    BOOST_TEST(mail["message"] == "portal_credentials");
    BOOST_TEST(mail["full_name"] == "Ana López");
    BOOST_TEST(mail["username"] == "ana@ejemplo.com");
    BOOST_TEST(mail["password"] == test.password_of(test.ana));
    BOOST_TEST(test.mails() == 1);
    const auto items = test.items(job);
    BOOST_TEST((items[0].mail == MailState::Waiting));
    BOOST_TEST((items[0].mailed_at == test.clock.now()));
    BOOST_TEST((items[1].mail == MailState::None));
}

BOOST_AUTO_TEST_CASE(sending_to_all_sends_to_nobody_twice) {
    MailedSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.ana, test.luis});
    BOOST_TEST(test.send(job) == 1);
    BOOST_TEST(test.send(job) == 0);
    const auto item = test.items(job).front().id;
    BOOST_TEST(test.send(job, item) == 0);  // still waits
    test.mails_become("sent");
    BOOST_TEST(test.send(job) == 0);
    BOOST_TEST(test.send(job, item) == 1);
    BOOST_TEST(test.mails() == 2);
    BOOST_TEST(test.events("credentials_sent") == 2);
}

BOOST_AUTO_TEST_CASE(only_mails_that_failed_are_repeated) {
    MailedSite test;
    const auto job = test.finished(JobAction::CreateUsers, {test.ana, test.luis}, true);
    BOOST_TEST(test.send(job, std::nullopt, true) == 0);
    test.mails_become("failed");
    BOOST_TEST(test.summary(job).mail_failed == 1);
    BOOST_TEST(test.items(job, ItemFilter::MailFailed).front().mail_error == "550 nadie");
    BOOST_TEST(test.send(job, std::nullopt, true) == 1);
    BOOST_TEST(test.send(job, std::nullopt, true) == 0);
    BOOST_TEST(test.summary(job).mail_failed == 0);
}

BOOST_AUTO_TEST_CASE(with_the_setting_a_link_takes_the_place_of_the_password) {
    MailedSite test;
    test.settings.credentials_by_mail = "link";
    const auto job = test.finished(JobAction::CreateUsers, {test.ana}, true);
    const auto mail = test.newest_mail("ana@ejemplo.com");
    BOOST_TEST(!mail.contains("password"));
    const auto url = mail["activation_url"].get<std::string>();
    BOOST_TEST(url.starts_with(test.settings.base_url + "/activar/"));
    BOOST_TEST(test.number("SELECT count(*) FROM activation_link") == 1);
    BOOST_TEST(!test.items(job).front().password.empty());
}

BOOST_AUTO_TEST_CASE(a_job_sends_what_other_jobs_made) {
    MailedSite test;
    const auto made = test.finished(JobAction::CreateUsers, {test.ana, test.luis});
    const auto sent = test.finished(JobAction::SendCredentials, {test.ana, test.luis});
    BOOST_TEST(test.summary(sent).done == 1);
    BOOST_TEST(test.summary(sent).left_out == 1);
    BOOST_TEST(test.newest_mail("ana@ejemplo.com")["password"] == test.password_of(test.ana));
    BOOST_TEST((test.items(sent).front().mail == MailState::Waiting));
    BOOST_TEST((test.items(made).front().mail == MailState::Waiting));
    BOOST_TEST(test.items(sent).front().password.empty());
    test.mails_become("failed");
    BOOST_TEST(test.send(sent, std::nullopt, true) == 1);
}

BOOST_AUTO_TEST_CASE(what_was_discarded_before_the_job_came_to_it_fails) {
    MailedSite test;
    const auto made = test.finished(JobAction::CreateUsers, {test.ana});
    const auto sent = test.queued(JobAction::SendCredentials, {test.ana});
    discard_credentials(test.database(), made, test.staff, test.clock.now());
    test.work();
    BOOST_TEST(test.told(sent).front() == "Ana López: failed no_credentials");
    BOOST_TEST(test.mails() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
