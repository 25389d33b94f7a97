// Services that stop while their charges stay unpaid: suspended when one is overdue for more than
// SUSPEND_AFTER_DAYS (0: off), and lifted as soon as none is, when staff grant a promise of
// payment, or, with VOUCHER_HOLDS_SUSPENSION, while a cash voucher is out. Staff's own suspensions
// are left alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/audit.h"
#include "billing/billing.h"
#include "billing/day.h"
#include "core/clock.h"

namespace ventanilla {

struct SuspensionRun {
    std::int64_t suspended = 0;
    std::int64_t lifted = 0;
};

// Both for all clients; the worker's, every half minute.
SuspensionRun apply_suspensions(const Billing& billing);

// The statement that lifts what nothing justifies any more of one client's suspensions, with their
// audit events, for the transaction that books money.
[[nodiscard]] db::Call lifting_suspensions(const Billing& billing, std::int64_t client_id);

struct Promise {
    Day until;  // included
    std::string note;
    std::string granted_by;  // username
    Timestamp granted_at;
};

enum class PromiseRefusal {
    NoClient,
    Past,    // ends before today
    TooFar,  // more than PROMISE_MAX_DAYS ahead
};

// Lifts the client's suspensions by rule at once; until that day none begins. The id.
[[nodiscard]] std::variant<std::int64_t, PromiseRefusal> grant_promise(const Billing& billing,
                                                                       std::int64_t client_id,
                                                                       Day until,
                                                                       const std::string& note,
                                                                       const Actor& actor);

// The one that counts now; absent without one.
[[nodiscard]] std::optional<Promise> running_promise(db::Connection& connection,
                                                     std::int64_t client_id,
                                                     Timestamp now);

}  // namespace ventanilla
