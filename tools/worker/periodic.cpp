#include "worker/periodic.h"

#include <algorithm>

#include "core/errors.h"
#include "core/log.h"

namespace ventanilla {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

PeriodicTasks::PeriodicTasks(std::vector<PeriodicTask> tasks) {
    for (auto& task : tasks) {
        turns_.push_back({std::move(task), steady_clock::now()});
    }
}

void PeriodicTasks::run_due(db::Connection& database, const Clock& clock) {
    for (auto& [task, due] : turns_) {
        if (due > steady_clock::now()) {
            continue;
        }
        try {
            task.run(database, clock.now());
        } catch (const Failure& failure) {
            if (!database.is_open()) {
                throw;
            }
            log_error("task_failed", {{"task", task.name}, {"reason", failure.what()}});
        }
        due = steady_clock::now() + task.interval;
    }
}

void PeriodicTasks::ring() {
    for (auto& turn : turns_) {
        if (turn.task.at_bell) {
            turn.due = steady_clock::now();
        }
    }
}

milliseconds PeriodicTasks::until_next(milliseconds at_most) const {
    milliseconds least = at_most;
    for (const auto& turn : turns_) {
        least = std::min(least, std::chrono::ceil<milliseconds>(turn.due - steady_clock::now()));
    }
    return std::max(least, milliseconds(0));
}

}  // namespace ventanilla
