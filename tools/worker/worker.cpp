#include "worker/worker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <malloc.h>
#include <poll.h>
#include <thread>

#include "core/errors.h"
#include "core/log.h"
#include "db/database_error.h"

namespace ventanilla {
namespace {

using std::chrono::milliseconds;

// A lost notification, or a clock that was changed, costs no more than this.
constexpr milliseconds longest_sleep{15000};
// Behind a transaction pooler nothing rings.
constexpr milliseconds sleep_without_bell{1000};
constexpr milliseconds standby_sleep{1000};
// Another runner has the rest of a job in hand; should it die, nobody tells.
constexpr milliseconds sleep_beside_others{1000};
constexpr milliseconds first_retry{200};
constexpr milliseconds longest_retry{5000};

constexpr db::Statement listen_for_work{"listen_for_work", "LISTEN ventanilla_worker"};
constexpr db::Statement find_outbox{"find_outbox", "SELECT 1 FROM mail_outbox LIMIT 1"};

Renderer mail_renderer(const std::string& folder) {
    Renderer renderer(folder);
    renderer.load_mails();
    return renderer;
}

int all_cores() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace

Worker::Worker(const Settings& settings, const MakeTasks& make_tasks)
    : settings_(settings),
      renderer_(mail_renderer(settings.templates_dir)),
      outbox_(settings),
      texts_(settings, renderer_),
      transport_(make_transport(settings, [this] { return stop_.is_urgent(); })),
      database_({settings.database_url, settings.database_pooler, "ventanilla worker"}),
      bell_({settings.database_url, settings.database_pooler, "ventanilla worker bell"}),
      delivery_({database_, outbox_, texts_, *transport_, clock_}, settings.database_pooler),
      tasks_(make_tasks([this] { return stop_.is_urgent(); })),
      credentials_(settings, clock_),
      jobs_({database_, settings_, outbox_, credentials_, clock_}, all_cores()) {}

void Worker::run() {
    log_info("worker_started", {{"mail_backend", settings_.mail_backend_name}});
    while (!stop_.came()) {
        try {
            run_turn();
        } catch (const db::DatabaseError& error) {
            wait_out(error);
        }
    }
    log_info("worker_stopped", {});
}

void Worker::run_turn() {
    listen();
    const DeliveryReport report = delivery_.deliver_due([this] { return stop_.came(); });
    BatchOutcome batch = BatchOutcome::NothingToDo;
    if (report.is_in_charge && !stop_.came()) {
        tasks_.run_due(database_, clock_);
        batch = jobs_.run_batch();
    }
    if (batch != BatchOutcome::Worked && worked_before_) {
        // The hashes' memory, 19 MiB a thread, is kept between batches and no longer.
        malloc_trim(0);
    }
    worked_before_ = batch == BatchOutcome::Worked;
    if (retry_ != milliseconds(0)) {
        log_info("database_back", {});
        retry_ = milliseconds(0);
    }
    sleep_until_needed(report, batch);
}

void Worker::listen() {
    if (!settings_.database_pooler && !bell_.is_open()) {
        bell_.run(listen_for_work);
    }
}

milliseconds Worker::longest_wait(const DeliveryReport& report, BatchOutcome batch) const {
    if (batch == BatchOutcome::Worked) {
        return milliseconds(0);
    }
    milliseconds most = settings_.database_pooler ? sleep_without_bell : longest_sleep;
    if (report.is_in_charge) {
        most = tasks_.until_next(most);
    } else {
        most = std::min(most, standby_sleep);
    }
    if (batch == BatchOutcome::OthersAtWork) {
        most = std::min(most, sleep_beside_others);
    }
    if (report.next_due) {
        const auto left = std::chrono::ceil<milliseconds>(*report.next_due - clock_.now());
        most = std::clamp(left, milliseconds(0), most);
    }
    return most;
}

void Worker::sleep_until_needed(const DeliveryReport& report, BatchOutcome batch) {
    const milliseconds most = longest_wait(report, batch);
    if (sleep(most, bell_.is_open() ? bell_.socket() : -1)) {
        if (bell_.take_notifications()) {
            tasks_.ring();
        }
    } else if (most == longest_sleep && bell_.is_open() && !stop_.came()) {
        bell_.run(listen_for_work);  // proves that somebody is still there
    }
}

// True when the descriptor is readable. A stop signal ends the sleep, and one that was noticed
// before prevents it.
bool Worker::sleep(milliseconds at_most, int descriptor) {
    if (stop_.came()) {
        return false;
    }
    std::array<pollfd, 2> waiting{{{stop_.descriptor(), POLLIN, 0}, {descriptor, POLLIN, 0}}};
    const int ready = poll(waiting.data(), waiting.size(), static_cast<int>(at_most.count()));
    return ready > 0 && waiting.back().revents != 0;
}

void Worker::wait_out(const Failure& failure) {
    if (retry_ == milliseconds(0)) {
        log_error("database_away", {{"reason", failure.what()}});
    }
    bell_.close();  // it will be dead too, and need not tell so in its turn
    retry_ = std::clamp(retry_ * 2, first_retry, longest_retry);
    sleep(retry_, -1);
}

void Worker::run_once() {
    const auto must_leave = [this] { return stop_.came(); };
    while (!must_leave() && jobs_.run_batch() == BatchOutcome::Worked) {
    }
    DeliveryReport report{};
    do {
        report = delivery_.deliver_due(must_leave);
        if (!report.is_in_charge || report.server_is_away) {
            throw Unavailable(report.is_in_charge ? "the mail server is away"
                                                  : "another worker is delivering");
        }
    } while (report.next_due && *report.next_due <= clock_.now() && !must_leave());
}

void Worker::check() {
    database_.run(find_outbox);
    transport_->check();
}

}  // namespace ventanilla
