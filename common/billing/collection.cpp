#include "billing/collection.h"

namespace ventanilla {
namespace {

// Whose turn it is on this page is found in the index of pending charges alone; only theirs are
// added up.
constexpr db::Statement list_debtors{"list_debtors", R"sql(
    WITH chosen AS MATERIALIZED (
        SELECT client_id, currency, min(due_on) AS first_due_on FROM charge
        WHERE status = 'pending' AND ($2 = false OR due_on < $1::date)
        GROUP BY client_id, currency
        ORDER BY min(due_on), client_id, currency
        LIMIT $3::bigint + 1 OFFSET $4
    )
    SELECT client.id, client.full_name, coalesce(client.phone, ''), chosen.currency, sum(entries.owed),
           coalesce(sum(entries.owed) FILTER (WHERE charge.due_on < $1::date), 0), chosen.first_due_on, count(*)
    FROM chosen JOIN client ON client.id = chosen.client_id
    JOIN charge ON charge.client_id = chosen.client_id AND charge.currency = chosen.currency AND charge.status = 'pending'
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    GROUP BY client.id, chosen.currency, chosen.first_due_on
    ORDER BY chosen.first_due_on, client.id, chosen.currency
)sql"};

constexpr db::Statement list_money_moves{"list_money_moves", R"sql(
    SELECT moves.client_id, client.full_name, moves.payment_id, payment.receipt_number,
           coalesce(payment.provider, ''), moves.amount, moves.currency, moves.at
    FROM (SELECT client_id, payment_id, kind, currency, -sum(amount) AS amount, max(at) AS at, max(id) AS last_id
          FROM ledger_entry
          WHERE at >= $1 AND kind NOT IN ('charge', 'cancellation', 'credit', 'settled')
          GROUP BY client_id, payment_id, kind, currency
          ORDER BY max(at) DESC, max(id) DESC
          LIMIT $2::bigint + 1 OFFSET $3) AS moves
    JOIN client ON client.id = moves.client_id LEFT JOIN payment ON payment.id = moves.payment_id
    ORDER BY moves.at DESC, moves.last_id DESC
)sql"};

constexpr db::Statement list_suspended{"list_suspended_services", R"sql(
    SELECT client.id, client.full_name, service.name, suspended_by_rule
    FROM service JOIN client ON client.id = client_id
    WHERE status = 'suspended'
    ORDER BY client.sort_name, client.id, service.name, service.id
    LIMIT $1::bigint + 1 OFFSET $2
)sql"};

constexpr std::int64_t per_page = collection_lines_per_page;

// Drops the row that only says that there are more.
template <class Line>
bool cut_to_page(std::vector<Line>& lines) {
    const bool has_more = std::ssize(lines) > per_page;
    if (has_more) {
        lines.pop_back();
    }
    return has_more;
}

}  // namespace

DebtorPage debtors(db::Connection& connection,
                   bool only_overdue,
                   std::int64_t page,
                   Timestamp now) {
    const auto rows = connection.run(
        list_debtors, Day::of(now).iso(), only_overdue, per_page, (page - 1) * per_page);
    DebtorPage shown;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, name, phone, currency, owed, overdue, first_due_on, charges] =
            rows.at<std::int64_t,
                    std::string,
                    std::string,
                    std::string,
                    MinorUnits,
                    MinorUnits,
                    Day,
                    std::int64_t>(i);
        shown.debtors.push_back({id,
                                 name,
                                 phone,
                                 Money(owed, currency),
                                 Money(overdue, currency),
                                 first_due_on,
                                 charges});
    }
    shown.has_more = cut_to_page(shown.debtors);
    return shown;
}

MoneyMovePage money_moves(db::Connection& connection, Timestamp since, std::int64_t page) {
    const auto rows = connection.run(list_money_moves, since, per_page, (page - 1) * per_page);
    MoneyMovePage shown;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [client_id, name, payment_id, receipt_number, provider, amount, currency, at] =
            rows.at<std::int64_t,
                    std::string,
                    std::optional<std::int64_t>,
                    std::optional<std::int64_t>,
                    std::string,
                    MinorUnits,
                    std::string,
                    Timestamp>(i);
        shown.moves.push_back(
            {client_id, name, payment_id, receipt_number, provider, Money(amount, currency), at});
    }
    shown.has_more = cut_to_page(shown.moves);
    return shown;
}

SuspendedPage suspended_services(db::Connection& connection, std::int64_t page) {
    const auto rows = connection.run(list_suspended, per_page, (page - 1) * per_page);
    SuspendedPage shown;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [client_id, name, service, is_by_rule] =
            rows.at<std::int64_t, std::string, std::string, bool>(i);
        shown.services.push_back({client_id, name, service, is_by_rule});
    }
    shown.has_more = cut_to_page(shown.services);
    return shown;
}

}  // namespace ventanilla
