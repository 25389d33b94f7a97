// The account statement of a range of days: where it began, each movement, where it ended. A
// balance is what is owed; a negative one is credit. The closing balance of a range that ends today
// is the sum of the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "billing/day.h"
#include "billing/whose.h"
#include "core/clock.h"
#include "core/money.h"
#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla {

// Kinds of ledger_entry but credit, which only moves money between a client's charges and credit.
enum class EntryKind {
    Charge,
    Cancellation,
    Payment,
    Correction,  // staff took a payment back
    Refund,
    Dispute,
    DisputeWon,
    Settled,  // paid before this ledger began
};

struct StatementLine {
    Timestamp at;
    EntryKind kind = EntryKind::Charge;
    std::string description;  // of the charge; of a payment its provider (cash, transfer, ...)
    std::optional<std::int64_t> charge_id;
    std::optional<std::int64_t> payment_id;
    std::optional<std::int64_t> receipt_number;
    Money amount;   // positive: owed more; negative: owed less
    Money balance;  // after it
};

struct CurrencyStatement {
    Money opening;
    std::vector<StatementLine> lines;  // the oldest first
    Money charged;                     // sum of the positive amounts
    Money paid;                        // sum of the negative ones, without the sign
    Money closing;
};

struct Statement {
    std::int64_t client_id = 0;
    std::string client_name;
    Day from;
    Day until;                                  // included
    std::vector<CurrencyStatement> currencies;  // the setting's first, also when nothing happened
};

// Absent when there is no such client. REQUIRES: from <= until.
[[nodiscard]] std::optional<Statement> statement_of(
    db::Connection& connection, const Settings& settings, const Whose& whose, Day from, Day until);

}  // namespace ventanilla
