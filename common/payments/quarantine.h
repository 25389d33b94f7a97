// Money that came and does not fit what was asked for: another amount, currency or account, or a
// reference that is none of ours. It stands apart until staff decide: book it for a client, as it
// came, or leave it (they gave it back).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/audit.h"
#include "payments/payment_system.h"

namespace ventanilla {

struct QuarantinedMoney {
    std::int64_t id = 0;
    ProviderName provider = ProviderName::Stripe;
    std::string money_ref;
    std::string reference;        // as the provider has it
    std::int64_t payment_id = 0;  // the try that it claims to be; 0: none of ours
    std::int64_t client_id = 0;   // of that try; 0: unknown
    std::string client_name;
    std::optional<Money> amount;    // absent: not one that we can hold
    std::optional<Money> expected;  // what the try asked for
    std::string amount_text;        // as the provider wrote it, when `amount` is absent
    std::string reason;             // amount, currency, reference, account
    Timestamp found_at;
};

// The statement that puts money aside, once however often it is reported, for the transaction that
// found it. `payment_id`: of the try that it claims to be; 0: none of ours.
[[nodiscard]] db::Call quarantining(const Billing& billing,
                                    ProviderName provider,
                                    const MoneyReport& report,
                                    std::int64_t payment_id,
                                    const char* reason);

// Those that wait for a decision, the oldest first.
[[nodiscard]] std::vector<QuarantinedMoney> quarantined_money(db::Connection& connection);

enum class DecisionOutcome {
    Done,
    Missing,   // there is none, or it was decided before
    NoClient,  // that client does not exist
    NoAmount,  // it cannot be booked: its amount is unknown
    NotOurs,   // it came to another account: there is nothing to book
};

// Books it for `client_id` as a payment of its own: what is due first is paid first, the rest is
// credit. The try that it claimed to be failed, unless it was paid by other money.
[[nodiscard]] DecisionOutcome book_quarantined(const Billing& billing,
                                               std::int64_t id,
                                               std::int64_t client_id,
                                               const std::string& note,
                                               const Actor& actor);

// It is none of the organisation's money, or was given back at the provider.
[[nodiscard]] DecisionOutcome dismiss_quarantined(const Billing& billing,
                                                  std::int64_t id,
                                                  const std::string& note,
                                                  const Actor& actor);

}  // namespace ventanilla
