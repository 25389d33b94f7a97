// Ours beside theirs: every payment online of some days is asked for at its provider, and what
// differs is named. Changes nothing unless it is told to; for a nightly run and for whoever doubts
// the books.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "payments/payment_system.h"
#include "payments/tries.h"

namespace ventanilla {

enum class Difference {
    PaidUnbooked,   // the provider has money that the ledger has not
    BookedUnpaid,   // the ledger has money that the provider does not know
    GivenBackMore,  // refunds or disputes that the ledger has not
    GivenBackLess,  // the ledger gave back what the provider did not
    AnotherAmount,  // of the money, or its currency
};

struct Found {
    PaymentTry payment;
    Difference difference = Difference::PaidUnbooked;
    std::string theirs;  // what the provider says, for people: amounts
};

struct ReconciliationRun {
    std::int64_t compared = 0;
    std::int64_t differences = 0;
    std::int64_t not_answered = 0;  // the provider was away or refused
};

// Payments begun from `since` on, the oldest first; `found` is called for each difference.
// `applies`: what the provider says is settled (payments/settlement.h) as if it had been notified.
ReconciliationRun reconcile(const Payments& payments,
                            Timestamp since,
                            bool applies,
                            const std::function<void(const Found&)>& found);

}  // namespace ventanilla
