// What a client gets every month and what it costs. A changed amount counts from the next month's
// charge on. Every change is in the audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/audit.h"
#include "billing/billing.h"
#include "billing/day.h"
#include "billing/portal_view.h"
#include "core/money.h"

namespace ventanilla {

struct NewService {
    std::int64_t client_id = 0;
    std::string name;      // 1 to 200 characters
    Money monthly_amount;  // 0 or more
    Day started_on;        // the first month is charged from here
};

// The service's id; absent when there is no such client, or it was deleted.
[[nodiscard]] std::optional<std::int64_t> add_service(const Billing& billing,
                                                      const NewService& service,
                                                      const Actor& actor);

enum class ServiceChange {
    Done,
    Missing,    // this client has no such service
    Unchanged,  // it is so already, or cancelled, which is for ever
};

[[nodiscard]] ServiceChange change_amount(const Billing& billing,
                                          std::int64_t client_id,
                                          std::int64_t service_id,
                                          const Money& monthly_amount,
                                          const Actor& actor);

// By hand: not lifted by a payment, only by resume_service.
[[nodiscard]] ServiceChange suspend_service(const Billing& billing,
                                            std::int64_t client_id,
                                            std::int64_t service_id,
                                            const Actor& actor);

// Also of a suspension by rule, which comes back when it is still justified and no promise was
// granted.
[[nodiscard]] ServiceChange resume_service(const Billing& billing,
                                           std::int64_t client_id,
                                           std::int64_t service_id,
                                           const Actor& actor);

// No more charges; what is owed stays owed.
[[nodiscard]] ServiceChange cancel_service(const Billing& billing,
                                           std::int64_t client_id,
                                           std::int64_t service_id,
                                           const Actor& actor);

// All of them, cancelled ones last. For staff; the portal has services_view.
[[nodiscard]] std::vector<ServiceLine> services_of(db::Connection& connection,
                                                   std::int64_t client_id);

}  // namespace ventanilla
