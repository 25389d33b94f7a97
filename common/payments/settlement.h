// What a provider's answer means for a client's money. The one function that books what was paid
// online, gives back what was refunded or disputed, and puts aside what does not fit;
// notifications, the worker's questions and staff all come through it. It may be told the same
// thing any number of times, at once and in any order.
#pragma once

#include <cstdint>
#include <optional>

#include "payments/payment_system.h"
#include "payments/tries.h"

namespace ventanilla {

enum class Settled {
    Nothing,      // known already, or it changes nothing
    Noted,        // the try is on its way, failed or expired
    Booked,       // the money is in the ledger
    GivenBack,    // a refund or a dispute is in the ledger, or a dispute's money came back
    Quarantined,  // staff must decide
    Unknown,      // no try of ours
    Outdated,     // the try changed since the provider was asked: ask again
};

// In snake_case, for payment_event.outcome and the log.
[[nodiscard]] const char* settled_text(Settled settled);

struct Settlement {
    Settled settled = Settled::Nothing;
    std::optional<std::int64_t> payment_id;  // what it turned out to be about
};

// `revision`: of the try when the provider was asked, so that an answer that was overtaken gives
// nothing back; absent for what a notification says by itself, which then gives nothing back at
// all.
[[nodiscard]] Settlement settle(const Billing& billing,
                                ProviderName provider,
                                const MoneyReport& report,
                                std::optional<std::int64_t> revision);

struct Asked {
    Settled settled = Settled::Nothing;
    std::optional<Trouble> trouble;  // the provider did not answer; the try is asked about later
};

// Asks about a try, collects what the payer agreed to while its charges are still owed, settles
// what comes back and says when to ask again. Nothing is held in the database while the provider is
// waited for.
[[nodiscard]] Asked ask_and_settle(const Payments& payments, const PaymentTry& payment);

}  // namespace ventanilla
