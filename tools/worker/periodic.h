// Work that comes round: expiry, reminders, reconciliation.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

struct PeriodicTask {
    const char* name;  // for the log
    std::chrono::milliseconds interval;
    std::function<void(db::Connection& database, Timestamp now)>
        run;               // mails wait as long as it takes
    bool at_bell = false;  // also when somebody has written that there is work
};

// Runs each task at the start and then once an interval. A task that fails is logged and waits for
// its next turn.
class PeriodicTasks {
  public:
    explicit PeriodicTasks(std::vector<PeriodicTask> tasks);

    // Throws DatabaseError only when the connection is lost; the task then runs again.
    void run_due(db::Connection& database, const Clock& clock);

    // Somebody has written that there is work.
    void ring();

    // How long until one is due; `at_most` when none is sooner.
    [[nodiscard]] std::chrono::milliseconds until_next(std::chrono::milliseconds at_most) const;

  private:
    struct Turn {
        PeriodicTask task;
        std::chrono::steady_clock::time_point due;
    };
    std::vector<Turn> turns_;
};

}  // namespace ventanilla
