// Notifications of providers: verified, stored once as they came, and handled once, however often
// and in whatever order they arrive. What a signed one says by itself counts at once, also while
// the provider is away; everything else makes the worker ask.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "payments/payment_system.h"

namespace ventanilla {

// The event is in the table when this returns; absent when it was there before. Handled or left to
// the worker, who is woken. Refused ones are counted and not kept: anybody can send them.
struct Received {
    bool is_new = false;
};
[[nodiscard]] std::variant<Received, NoticeRefusal> receive_notice(const Payments& payments,
                                                                   ProviderName provider,
                                                                   const IncomingNotice& notice);

// The worker's: asks about events that nobody has handled yet, the oldest first, `most` at most. A
// provider that is away is left alone until the next time. How many were handled.
std::int64_t handle_notices(const Payments& payments, std::int64_t most);

// Events of more than 13 months ago go, the last disputes are over by then.
void remove_old_notices(db::Connection& connection, Timestamp now);

}  // namespace ventanilla
