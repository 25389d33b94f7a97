// The worker's life: deliver what is due, run what comes round, carry out a batch of what staff let
// it do, sleep until something is queued, due or asked. A batch takes about a second, so mails get
// their turn in between. A database that is away is waited for, at the start too; a signal ends it
// within 3 s (a frozen database can make that 6 s).
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "core/errors.h"
#include "core/settings.h"
#include "db/connection.h"
#include "jobs/job_runner.h"
#include "mail/delivery.h"
#include "view/renderer.h"
#include "worker/periodic.h"
#include "worker/stop_signal.h"

namespace ventanilla {

class Worker {
  public:
    // The work that comes round; `must_leave` is true when the worker was asked to leave and has
    // waited long enough.
    using MakeTasks = std::function<std::vector<PeriodicTask>(std::function<bool()> must_leave)>;

    // Loads the templates and prepares the mail backend; asks nothing of the network. Throws
    // Misconfigured.
    Worker(const Settings& settings, const MakeTasks& make_tasks);

    // Until SIGTERM or SIGINT.
    void run();

    // What is queued and due now, and nothing else. Throws Unavailable when the mail server or the
    // database is away, or another worker delivers.
    void run_once();

    // Asks the database and the mail backend. Throws Failure with the reason.
    void check();

  private:
    void listen();
    void run_turn();
    void sleep_until_needed(const DeliveryReport& report, BatchOutcome batch);
    [[nodiscard]] std::chrono::milliseconds longest_wait(const DeliveryReport& report,
                                                         BatchOutcome batch) const;
    void wait_out(const Failure& failure);
    bool sleep(std::chrono::milliseconds at_most, int descriptor);

    const Settings& settings_;
    SystemClock clock_;
    StopSignal stop_;
    Renderer renderer_;
    Outbox outbox_;
    MessageText texts_;
    std::unique_ptr<Transport> transport_;
    db::Connection database_;
    db::Connection bell_;  // only hears NOTIFY
    Delivery delivery_;
    PeriodicTasks tasks_;
    Credentials credentials_;
    JobRunner jobs_;
    bool worked_before_ = false;
    std::chrono::milliseconds retry_{0};  // 0: the database is there
};

}  // namespace ventanilla
