// Putting money into the books: what everybody shares who books a payment, taken by staff or
// online. All of it happens in one transaction that locks the client first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/audit.h"
#include "billing/billing.h"
#include "billing/portal_view.h"
#include "core/money.h"
#include "db/connection.h"

namespace ventanilla {

struct LockedClient {
    std::int64_t id = 0;
    std::string full_name;
    std::string email;
    bool is_deleted = false;
    bool has_account = false;
};

// To be called first: whoever else changes this client's money waits. Absent: no such client.
[[nodiscard]] std::optional<LockedClient> lock_billed_client(db::Transaction& transaction,
                                                             std::int64_t client_id);

// The client's pending charges in all currencies, what is due first first.
[[nodiscard]] std::vector<OwedCharge> owed_by(db::Transaction& transaction,
                                              std::int64_t client_id,
                                              Day today);

// The statement by which credit pays what is due first.
[[nodiscard]] db::Call using_credit(std::int64_t client_id, Timestamp now);

struct PaymentToBook {
    std::int64_t id = 0;  // the row of payment, approved
    std::int64_t receipt_number = 0;
    Money amount;
    std::string provider;
    std::string reference;
};

struct Booking {
    std::vector<CoveredCharge> covered;
    Money applied;
    Money to_credit;
    std::vector<Money> still_owed;  // a currency each; empty: nothing
};

// How a payment spreads over what is owed: the chosen charges in their order, then what else is due
// first, in the payment's currency; the rest is credit. Changes nothing.
[[nodiscard]] Booking spread(const Money& amount,
                             const std::vector<OwedCharge>& owed,
                             const std::vector<std::int64_t>& chosen);

// The entries in the ledger, the mail that tells, and the end of suspensions that nothing justifies
// any more. A payment that is in the ledger already is refused by it (DatabaseError).
void book(db::Transaction& transaction,
          const Billing& billing,
          const LockedClient& client,
          const PaymentToBook& payment,
          const Booking& booking,
          const Actor& actor);

}  // namespace ventanilla
