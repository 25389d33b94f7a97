// worker: everything that takes longer than a page. Delivers the mails of the outbox and does the
// work that comes round. worker.h tells how it lives, common/mail/delivery.h what becomes of a
// mail.
#include <exception>
#include <iostream>
#include <string>

#include "claims/expiry.h"
#include "core/errors.h"
#include "core/log.h"
#include "worker/worker.h"

namespace ventanilla {
namespace {

constexpr const char* manual = R"(Usage: worker [--once | --check | --help]

Sends the mails that wait in the database and does the work that comes round, until SIGTERM or SIGINT. Settings
come from the environment. Waits for a database that is away. A second worker stands by and takes over.

  --once   send what is due, then leave
  --check  look at settings, templates, database and mail backend, send nothing
  --help   this text

Exit codes: 0 fine, 100 wrong usage, 102 wrong configuration (with --check also: database or mail server cannot
be used), 111 something else failed (with --once also: database or mail server is away, another worker delivers).
)";

constexpr std::chrono::minutes expiry_interval{10};

std::vector<PeriodicTask> periodic_tasks() {
    return {{"remove_expired", expiry_interval, [](db::Connection& database, Timestamp now) {
                 remove_expired(database, now);
             }}};
}

void work(const std::string& mode) {
    const Settings settings = Settings::from_environment();
    Worker worker(settings, periodic_tasks());
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
