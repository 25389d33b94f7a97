#include <nlohmann/json.hpp>

#include "billing/booking.h"
#include "billing/payments.h"

namespace ventanilla {
namespace {

constexpr db::Statement mark_reversed{"mark_payment_reversed", R"sql(
    UPDATE payment SET status = 'refunded', reversed_at = $3, reversed_by = $4, reversal_reason = $5
    WHERE id = $2 AND client_id = $1 AND status = 'approved' AND provider IN ('cash', 'transfer')
    RETURNING amount::text || ' ' || currency
)sql"};

constexpr db::Statement find_payment_of{"find_payment_of_client", R"sql(
    SELECT 1 FROM payment WHERE id = $2 AND client_id = $1
)sql"};

// What went to a charge that was cancelled since has become credit there: it is taken from the
// credit.
constexpr db::Statement enter_correction{"enter_correction", R"sql(
    INSERT INTO ledger_entry (client_id, charge_id, payment_id, kind, amount, currency, at, actor_id)
    SELECT entry.client_id, CASE WHEN charge.status <> 'cancelled' THEN charge.id END, entry.payment_id, 'correction',
           -sum(entry.amount), entry.currency, $2, $3
    FROM ledger_entry AS entry LEFT JOIN charge ON charge.id = entry.charge_id
    WHERE entry.payment_id = $1 AND entry.kind = 'payment'
    GROUP BY 1, 2, 3, entry.currency
)sql"};

constexpr db::Statement return_client_credit{"return_client_credit", R"sql(
    SELECT return_credit($1::bigint, $2)
)sql"};

}  // namespace

ReversalOutcome reverse_payment(const Billing& billing,
                                std::int64_t client_id,
                                std::int64_t payment_id,
                                const std::string& reason,
                                const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    if (!lock_billed_client(transaction, client_id)) {
        return ReversalOutcome::Missing;
    }
    const auto marked =
        transaction.run(mark_reversed, client_id, payment_id, now, actor.account_id, reason);
    if (marked.empty()) {
        const auto found = transaction.run(find_payment_of, client_id, payment_id);
        return found.empty() ? ReversalOutcome::Missing : ReversalOutcome::NotReversible;
    }
    const nlohmann::json details = {{"payment", payment_id},
                                    {"amount", std::get<0>(marked.at<std::string>(0))},
                                    {"reason", reason}};
    transaction.run_all({{&enter_correction, db::Params(payment_id, now, actor.account_id)},
                         {&return_client_credit, db::Params(client_id, now)},
                         using_credit(client_id, now),
                         audited({actor.account_id,
                                  "payment_reversed",
                                  "client:" + std::to_string(client_id),
                                  actor.network,
                                  details.dump()},
                                 now)});
    transaction.commit();
    return ReversalOutcome::Done;
}

}  // namespace ventanilla
