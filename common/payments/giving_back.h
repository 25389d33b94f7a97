// Money that went to charges and credit, and goes back to the provider: refunds and disputes.
// Private to payments/.
#pragma once

#include <cstdint>

#include "billing/booking.h"
#include "payments/tries.h"

namespace ventanilla {

// Moves the ledger from what was given back of this payment so far to what the provider says now.
// Credit goes first, then what is due last first: those charges are owed again. A dispute that was
// won pays again what it had reopened, what is due first first. Inside a transaction that has
// locked the client. False: nothing to do.
[[nodiscard]] bool give_back(db::Transaction& transaction,
                             const Billing& billing,
                             const LockedClient& client,
                             const PaymentTry& payment,
                             const Money& refunded,
                             const Money& disputed);

}  // namespace ventanilla
