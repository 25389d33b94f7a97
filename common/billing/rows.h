// How rows become lines, where several statements give the same columns. Private to billing/.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "billing/portal_view.h"
#include "core/money.h"
#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla {

// Of the columns id, amount, currency, provider, provider_ref, status, receipt_number and the time;
// whatever stands behind them is the caller's.
[[nodiscard]] PaymentLine payment_line(const db::Rows& rows, std::size_t index);

// Of the columns id, name, monthly_amount, currency, status, suspended_by_rule, started_on.
[[nodiscard]] std::vector<ServiceLine> service_lines(const db::Rows& rows);

// Of the columns id, concept, service's name, amount, owed, currency, due_on.
[[nodiscard]] std::vector<OwedCharge> owed_charges(const db::Rows& rows, Day today);

// A cell of a row that was mapped in part.
template <class Value>
[[nodiscard]] Value cell_as(const db::Rows& rows, std::size_t index, std::size_t column) {
    Value value{};
    using db::parse_cell;  // those of core and billing are found by their types
    parse_cell(rows.cell(index, column), value);
    return value;
}

// Twelve months, the one of `today` last, with nothing in them.
[[nodiscard]] std::vector<MonthFigures> empty_year(Day today, const std::string& currency);

// Puts the columns month ("2026-11"), charged and paid where they belong.
void fill_months(std::vector<MonthFigures>& months, const db::Rows& rows);

// Sorts by `currency_of(item)`: `own` first, the others by name.
template <class Item, class CurrencyOf>
void own_currency_first(std::vector<Item>& items, const std::string& own, CurrencyOf currency_of) {
    std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
        const std::string first = currency_of(a);
        const std::string second = currency_of(b);
        return (first == own) != (second == own) ? first == own : first < second;
    });
}

}  // namespace ventanilla
