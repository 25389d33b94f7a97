// What tests of jobs share: clients, staff, a runner, and short questions to the tables.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "jobs/job_runner.h"
#include "support/test_services.h"

namespace ventanilla::test {

struct JobSite : TestServices {
    JobSite() {
        execute(
            "INSERT INTO account (username, password_hash, is_staff, role)"
            " VALUES ('jefa', '!', true, 'administrador')");
        staff.account_id = number("SELECT id FROM account WHERE username = 'jefa'");
        staff.network = "192.0.2.0/24";
    }

    std::int64_t add_client(const std::string& name,
                            const std::string& email,
                            const std::string& phone = "") {
        static constexpr db::Statement insert{"test_insert_client", R"sql(
            INSERT INTO client (full_name, email, phone) VALUES ($1, nullif($2, ''), nullif($3, '')) RETURNING id
        )sql"};
        return std::get<0>(database().run(insert, name, email, phone).at<std::int64_t>(0));
    }
    // cliente1@ejemplo.com, cliente2@ejemplo.com, ...
    void add_clients(int count) {
        execute(
            "INSERT INTO client (full_name, email) SELECT 'Cliente ' || n, 'cliente' || n || '@ejemplo.com'"
            " FROM generate_series(1, "
            + std::to_string(count) + ") AS n");
    }
    // A client who has a user already, with the password that the system made.
    std::int64_t add_client_with_user(const std::string& name, const std::string& email) {
        const std::int64_t id = add_client(name, email);
        one(JobAction::CreateUsers, id);
        return id;
    }

    RunnerServices running(Services& by) {
        return {by.database, by.settings, by.outbox, credentials, by.clock};
    }
    RunnerServices running() { return running(services); }

    std::int64_t drafted(JobAction action, const std::vector<std::int64_t>& ids) {
        return draft_job(database(), action, {ids, std::nullopt}, staff, clock.now()).value();
    }
    std::int64_t drafted_for_all(JobAction action, const ClientFilter& filter = {}) {
        return draft_job(database(), action, {{}, filter}, staff, clock.now()).value();
    }
    std::int64_t queued(JobAction action,
                        const std::vector<std::int64_t>& ids,
                        bool sends_mail = false) {
        const std::int64_t job = drafted(action, ids);
        (void)confirm_job(database(), job, sends_mail, staff, clock.now());
        return job;
    }
    // Until nothing is queued.
    void work() {
        JobRunner runner(running(), 2);
        while (runner.run_batch() == BatchOutcome::Worked) {
        }
    }
    std::int64_t finished(JobAction action,
                          const std::vector<std::int64_t>& ids,
                          bool sends_mail = false) {
        const std::int64_t job = queued(action, ids, sends_mail);
        work();
        return job;
    }
    SingleResult one(JobAction action,
                     std::int64_t client,
                     bool sends_mail = false,
                     const std::optional<std::string>& password = std::nullopt) {
        return run_for_one(running(), action, client, sends_mail, password, staff);
    }

    JobSummary summary(std::int64_t job) { return job_summary(database(), job).value(); }
    std::vector<JobItem> items(std::int64_t job, ItemFilter filter = ItemFilter::All) {
        return job_items(database(), credentials, job, filter, 1, true).items;
    }
    // "Ana: done", "Luis: left_out no_contact", ...
    std::vector<std::string> told(std::int64_t job) {
        std::vector<std::string> lines;
        for (const auto& item : items(job)) {
            lines.push_back(item.full_name + ": " + item_status_name(item.status)
                            + (item.reason.empty() ? "" : " " + item.reason));
        }
        return lines;
    }
    std::string password_of(std::int64_t client) {
        const auto found = client_credential(database(), credentials, client);
        return found ? found->item.password : "";
    }
    std::string hash_of(std::int64_t client) {
        return text(
            "SELECT password_hash FROM account JOIN client ON account_id = account.id WHERE client.id = "
            + std::to_string(client));
    }
    bool opens(std::int64_t client, const std::string& password) {
        return verify_password(hash_of(client), password);
    }
    std::int64_t events(const std::string& action) {
        return number("SELECT count(*) FROM audit_log WHERE action = '" + action + "'");
    }

    Actor staff;
    Credentials credentials{settings, clock};
};

}  // namespace ventanilla::test
