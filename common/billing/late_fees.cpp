#include <nlohmann/json.hpp>

#include "billing/charges.h"
#include "clients/text_array.h"

namespace ventanilla {
namespace {

constexpr std::int64_t portion = 500;
constexpr const char* rule = "late_fee";

// Clients with something overdue, locked so that no payment comes in between; one that somebody
// works on has its turn at the next run.
constexpr db::Statement lock_late_clients{"lock_late_clients", R"sql(
    SELECT id FROM client
    WHERE id > $1 AND NOT is_deleted
      AND EXISTS (SELECT FROM charge
                  WHERE charge.client_id = client.id AND status = 'pending' AND origin_charge_id IS NULL
                    AND due_on <= $2::date AND (currency = $5 OR $6::numeric > 0)
                    AND NOT EXISTS (SELECT FROM charge AS fee WHERE fee.origin_charge_id = charge.id AND fee.rule = $4))
    ORDER BY id
    LIMIT $3
    FOR UPDATE SKIP LOCKED
)sql"};

constexpr db::Statement insert_late_fees{"insert_late_fees", R"sql(
    INSERT INTO charge (client_id, service_id, concept, amount, currency, due_on, origin_charge_id, rule, created_at)
    SELECT charge.client_id, service_id, left($4 || ': ' || concept, 200), fee.amount, currency, $3::date, charge.id, $7,
           $8
    FROM charge
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    CROSS JOIN LATERAL (SELECT CASE WHEN $6::numeric > 0 THEN round(entries.owed * $6::numeric / 100, 2)
                                    WHEN currency = $9 THEN $5::numeric ELSE 0 END AS amount) AS fee
    WHERE charge.client_id = ANY ($1::bigint[]) AND charge.status = 'pending' AND origin_charge_id IS NULL
      AND due_on <= $2::date AND fee.amount > 0
      AND NOT EXISTS (SELECT FROM charge AS other WHERE other.origin_charge_id = charge.id AND other.rule = $7)
    ORDER BY charge.id
    ON CONFLICT (origin_charge_id, rule) WHERE origin_charge_id IS NOT NULL DO NOTHING
)sql"};

struct LateFee {
    Day cutoff;  // due then or before
    Day today;
    Money amount;
    Money percent;  // hundredths of a percent; the currency means nothing
};

LateFee rule_of(const Billing& billing) {
    const Settings& settings = billing.settings;
    const Day today = Day::of(billing.clock.now());
    // Settings were checked at start.
    return {today.plus(-static_cast<int>(settings.late_fee_after_days)),
            today,
            Money::typed(settings.late_fee_amount, settings.currency).value(),
            Money::typed(settings.late_fee_percent, settings.currency).value()};
}

std::vector<std::int64_t> late_clients(db::Transaction& transaction,
                                       const LateFee& fee,
                                       std::int64_t after) {
    const auto rows = transaction.run(lock_late_clients,
                                      after,
                                      fee.cutoff.iso(),
                                      portion,
                                      rule,
                                      fee.amount.currency(),
                                      fee.percent.plain());
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ids.push_back(std::get<0>(rows.at<std::int64_t>(i)));
    }
    return ids;
}

std::int64_t add_portion(const Billing& billing,
                         const LateFee& fee,
                         std::vector<std::int64_t>& clients) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    clients = late_clients(transaction, fee, clients.empty() ? 0 : clients.back());
    if (clients.empty()) {
        return 0;
    }
    const std::int64_t added = transaction
                                   .run(insert_late_fees,
                                        id_array(clients),
                                        fee.cutoff.iso(),
                                        fee.today.iso(),
                                        billing.settings.late_fee_concept,
                                        fee.amount.plain(),
                                        fee.percent.plain(),
                                        rule,
                                        now,
                                        fee.amount.currency())
                                   .affected();
    if (added > 0) {
        const nlohmann::json details = {{"charges", added}};
        transaction.run_all(
            {audited({std::nullopt, "late_fees_added", "", "", details.dump()}, now)});
    }
    transaction.commit();
    return added;
}

}  // namespace

std::int64_t add_late_fees(const Billing& billing) {
    const LateFee fee = rule_of(billing);
    if (billing.settings.late_fee_after_days == 0
        || (fee.amount.is_zero() && fee.percent.is_zero())) {
        return 0;
    }
    std::int64_t added = 0;
    std::vector<std::int64_t> clients;
    do {
        added += add_portion(billing, fee, clients);
    } while (static_cast<std::int64_t>(clients.size()) == portion);
    return added;
}

}  // namespace ventanilla
