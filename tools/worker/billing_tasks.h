// What comes round in the clients' accounts: the month's charges, late fees, reminders, and
// services that stop and start again. Settings say which of them happen.
#pragma once

#include <vector>

#include "core/settings.h"
#include "worker/periodic.h"

namespace ventanilla {

// `settings` must outlive the tasks.
[[nodiscard]] std::vector<PeriodicTask> billing_tasks(const Settings& settings);

}  // namespace ventanilla
