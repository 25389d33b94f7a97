// What is behind the numbers of the staff's first page: who owes, what came in, which services are
// suspended. Lists of all clients, collection_lines_per_page a page, `page` from 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "billing/day.h"
#include "core/clock.h"
#include "core/money.h"
#include "db/connection.h"

namespace ventanilla {

constexpr std::int64_t collection_lines_per_page = 50;

// A client with something to pay, a line for each currency.
struct Debtor {
    std::int64_t client_id = 0;
    std::string full_name;
    std::string phone;  // as phone.h stores it; may be empty
    Money owed;
    Money overdue;
    Day first_due_on;
    std::int64_t charges = 0;
};
struct DebtorPage {
    std::vector<Debtor> debtors;  // who owes for the longest time first
    bool has_more = false;
};

// `only_overdue`: those with something overdue; the sums are of everything they owe even so.
[[nodiscard]] DebtorPage debtors(db::Connection& connection,
                                 bool only_overdue,
                                 std::int64_t page,
                                 Timestamp now);

// Money that came in (positive) or was given back (negative).
struct MoneyMove {
    std::int64_t client_id = 0;
    std::string full_name;
    std::optional<std::int64_t> payment_id;  // absent: the ledger alone knows of it
    std::optional<std::int64_t> receipt_number;
    std::string provider;  // empty without a payment
    Money amount;
    Timestamp at;
};
struct MoneyMovePage {
    std::vector<MoneyMove> moves;  // the newest first
    bool has_more = false;
};

// Since that moment; together what CurrencyOverview::paid_this_month says of the month.
[[nodiscard]] MoneyMovePage money_moves(db::Connection& connection,
                                        Timestamp since,
                                        std::int64_t page);

struct SuspendedService {
    std::int64_t client_id = 0;
    std::string full_name;
    std::string service_name;
    bool is_by_rule = false;
};
struct SuspendedPage {
    std::vector<SuspendedService> services;  // by client
    bool has_more = false;
};

[[nodiscard]] SuspendedPage suspended_services(db::Connection& connection, std::int64_t page);

}  // namespace ventanilla
