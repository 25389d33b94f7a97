#include "billing/statement.h"

#include <algorithm>
#include <map>

#include "billing/rows.h"
#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr db::Statement find_statement_client{"find_statement_client", R"sql(
    SELECT id, full_name FROM client
    WHERE id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
)sql"};

constexpr db::Statement sum_before{"sum_ledger_before", R"sql(
    SELECT currency, sum(amount)
    FROM ledger_entry
    WHERE client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1)) AND at < $3
    GROUP BY currency
)sql"};

// A payment that covers several charges is one line; moving between charges and credit is none.
constexpr db::Statement list_movements{"list_movements", R"sql(
    SELECT movement.at, movement.kind, coalesce(charge.concept, payment.provider, ''), movement.charge_id,
           movement.payment_id, receipt_number, movement.amount, movement.currency
    FROM (SELECT at, kind, CASE WHEN payment_id IS NULL THEN charge_id END AS charge_id, payment_id, currency,
                 sum(amount) AS amount, min(id) AS first_id
          FROM ledger_entry
          WHERE client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
            AND at >= $3 AND at < $4 AND kind <> 'credit'
          GROUP BY 1, 2, 3, 4, 5) AS movement
    LEFT JOIN charge ON charge.id = movement.charge_id
    LEFT JOIN payment ON payment.id = movement.payment_id
    ORDER BY movement.at, movement.first_id
)sql"};

EntryKind kind_of(const std::string& name) {
    static const std::map<std::string, EntryKind> kinds = {
        {"charge", EntryKind::Charge},
        {"cancellation", EntryKind::Cancellation},
        {"payment", EntryKind::Payment},
        {"correction", EntryKind::Correction},
        {"refund", EntryKind::Refund},
        {"dispute", EntryKind::Dispute},
        {"dispute_won", EntryKind::DisputeWon},
        {"settled", EntryKind::Settled}};
    const auto found = kinds.find(name);
    if (found == kinds.end()) {
        throw Failure("a kind of ledger entry that no statement knows: " + name);
    }
    return found->second;
}

StatementLine line_at(const db::Rows& rows, std::size_t index) {
    auto [at, kind, description, charge_id, payment_id, receipt_number, amount, currency] =
        rows.at<Timestamp,
                std::string,
                std::string,
                std::optional<std::int64_t>,
                std::optional<std::int64_t>,
                std::optional<std::int64_t>,
                MinorUnits,
                std::string>(index);
    const Money moved(amount, currency);
    return {at, kind_of(kind), description, charge_id, payment_id, receipt_number, moved, moved};
}

CurrencyStatement& of_currency(Statement& statement, const std::string& currency) {
    for (auto& known : statement.currencies) {
        if (known.opening.currency() == currency) {
            return known;
        }
    }
    const Money nothing(0, currency);
    return statement.currencies.emplace_back(
        CurrencyStatement{nothing, {}, nothing, nothing, nothing});
}

void open(Statement& statement, const db::Rows& sums) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const auto [currency, sum] = sums.at<std::string, MinorUnits>(i);
        CurrencyStatement& part = of_currency(statement, currency);
        part.opening = part.closing = Money(sum, currency);
    }
}

void add(Statement& statement, StatementLine line) {
    CurrencyStatement& part = of_currency(statement, line.amount.currency());
    (line.amount.is_negative() ? part.paid : part.charged) +=
        line.amount.is_negative() ? -line.amount : line.amount;
    part.closing += line.amount;
    line.balance = part.closing;
    part.lines.push_back(std::move(line));
}

}  // namespace

std::optional<Statement> statement_of(
    db::Connection& connection, const Settings& settings, const Whose& whose, Day from, Day until) {
    const Timestamp begin = from.midnight();
    const Timestamp end = until.plus(1).midnight();
    const auto rows = connection.run_all(
        {{&find_statement_client, db::Params(whose.token_hash(), whose.client_id())},
         {&sum_before, db::Params(whose.token_hash(), whose.client_id(), begin)},
         {&list_movements, db::Params(whose.token_hash(), whose.client_id(), begin, end)}});
    const auto client = rows[0].first<std::int64_t, std::string>();
    if (!client) {
        return std::nullopt;
    }
    Statement statement{std::get<0>(*client), std::get<1>(*client), from, until, {}};
    of_currency(statement, settings.currency);
    open(statement, rows[1]);
    for (std::size_t i = 0; i < rows[2].size(); ++i) {
        add(statement, line_at(rows[2], i));
    }
    own_currency_first(statement.currencies, settings.currency, [](const CurrencyStatement& part) {
        return part.opening.currency();
    });
    return statement;
}

}  // namespace ventanilla
