// What the worker does about payments online: asks about open ones, handles notifications, closes
// what nobody shall pay.
#pragma once

#include "core/settings.h"
#include "worker/periodic.h"

namespace ventanilla {

// None without a configured provider. `must_leave` gives up a request that is under way; it and
// `settings` outlive the tasks.
[[nodiscard]] std::vector<PeriodicTask> payment_tasks(const Settings& settings,
                                                      std::function<bool()> must_leave);

}  // namespace ventanilla
