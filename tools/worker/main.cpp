// worker: everything that takes longer than a page. Delivers the mails of the outbox, carries out
// the jobs of staff and does the work that comes round. worker.h tells how it lives,
// common/mail/delivery.h what becomes of a mail.
#include <exception>
#include <iostream>
#include <malloc.h>
#include <string>

#include "claims/expiry.h"
#include "core/errors.h"
#include "core/log.h"
#include "jobs/job_runner.h"
#include "worker/billing_tasks.h"
#include "worker/payment_tasks.h"
#include "worker/worker.h"

namespace ventanilla {
namespace {

constexpr const char* manual = R"(Usage: worker [--once | --check | --help]

Sends the mails that wait in the database, carries out what staff let it do to many clients, and does the work that
comes round, until SIGTERM or SIGINT. Settings come from the environment. Waits for a database that is away. A second worker stands by and takes over.

  --once   carry out what is queued, send what is due, then leave
  --check  look at settings, templates, database and mail backend, send nothing
  --help   this text

Exit codes: 0 fine, 100 wrong usage, 102 wrong configuration (with --check also: database or mail server cannot
be used), 111 something else failed (with --once also: database or mail server is away, another worker delivers).
)";

constexpr std::chrono::minutes expiry_interval{10};
constexpr std::chrono::minutes credentials_interval{1};

std::vector<PeriodicTask> periodic_tasks(const Settings& settings,
                                         std::function<bool()> must_leave) {
    std::vector<PeriodicTask> tasks = billing_tasks(settings);
    auto of_payments = payment_tasks(settings, std::move(must_leave));
    tasks.insert(tasks.end(), of_payments.begin(), of_payments.end());
    tasks.insert(tasks.end(),
                 {{"remove_expired",
                   expiry_interval,
                   [](db::Connection& database, Timestamp now) { remove_expired(database, now); }},
                  {"remove_expired_credentials",
                   credentials_interval,
                   [](db::Connection& database, Timestamp now) {
                       remove_expired_credentials(database, now);
                   }}});
    return tasks;
}

void work(const std::string& mode) {
    // Only what lies in the one arena goes back to the system when it is trimmed (worker.cpp).
    mallopt(M_ARENA_MAX, 1);
    const Settings settings = Settings::from_environment();
    Worker worker(settings, [&settings](std::function<bool()> must_leave) {
        return periodic_tasks(settings, std::move(must_leave));
    });
    if (mode == "--check") {
        worker.check();
    } else if (mode == "--once") {
        worker.run_once();
    } else {
        worker.run();
    }
}

int run(const std::string& mode) {
    try {
        work(mode);
        return exit_fine;
    } catch (const Misconfigured& wrong) {
        std::cerr << "worker: " << wrong.what() << '\n';
        return exit_misconfigured;
    } catch (const Failure& failure) {
        std::cerr << "worker: " << failure.what() << '\n';
        return mode == "--check" ? exit_misconfigured : exit_system;
    } catch (const std::exception& error) {
        log_error("worker_failed", {{"reason", error.what()}});
        return exit_system;
    }
}

}  // namespace
}  // namespace ventanilla

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "--help") {
        std::cout << ventanilla::manual;
        return ventanilla::exit_fine;
    }
    if (argc > 2 || (argc == 2 && mode != "--check" && mode != "--once")) {
        std::cerr << ventanilla::manual;
        return ventanilla::exit_usage;
    }
    return ventanilla::run(mode);
}
