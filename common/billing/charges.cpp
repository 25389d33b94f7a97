#include "billing/charges.h"

#include <nlohmann/json.hpp>

#include "billing/booking.h"
#include "billing/rows.h"
#include "billing/suspension.h"

namespace ventanilla {
namespace {

db::Call audited_charge(const char* action,
                        std::int64_t client_id,
                        const nlohmann::json& details,
                        const Actor& actor,
                        Timestamp now) {
    return audited({actor.account_id,
                    action,
                    "client:" + std::to_string(client_id),
                    actor.network,
                    details.dump()},
                   now);
}

constexpr db::Statement find_service_of{"find_service_of_client", R"sql(
    SELECT 1 FROM service WHERE id = $2 AND client_id = $1
)sql"};

constexpr db::Statement insert_charge{"insert_charge", R"sql(
    INSERT INTO charge (client_id, service_id, concept, amount, currency, due_on, request_key, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6::date, nullif($7, ''), $8, $9)
    ON CONFLICT (request_key) DO NOTHING
    RETURNING id
)sql"};

constexpr db::Statement find_charge_of_request{"find_charge_of_request", R"sql(
    SELECT id FROM charge WHERE request_key = $1
)sql"};

db::Rows inserted(db::Transaction& transaction,
                  const NewCharge& charge,
                  const Actor& actor,
                  Timestamp now) {
    return transaction.run(insert_charge,
                           charge.client_id,
                           charge.service_id,
                           charge.description,
                           charge.amount.plain(),
                           charge.amount.currency(),
                           charge.due_on.iso(),
                           charge.request_key,
                           actor.account_id,
                           now);
}

constexpr db::Statement find_status{"find_charge_status", R"sql(
    SELECT status FROM charge WHERE id = $2 AND client_id = $1
)sql"};

constexpr db::Statement mark_cancelled{"mark_charge_cancelled", R"sql(
    UPDATE charge SET status = 'cancelled', cancel_reason = $2 WHERE id = $1
)sql"};

constexpr db::Statement enter_cancellation{"enter_cancellation", R"sql(
    INSERT INTO ledger_entry (client_id, charge_id, kind, amount, currency, at, actor_id)
    SELECT charge.client_id, side.charge_id, side.kind, side.amount, charge.currency, $2, $3
    FROM charge
    CROSS JOIN LATERAL (SELECT charge.amount - sum(amount) AS amount
                        FROM ledger_entry WHERE charge_id = charge.id) AS paid
    CROSS JOIN LATERAL (VALUES (charge.id, 'cancellation', -charge.amount),
                               (charge.id, 'credit', paid.amount),
                               (NULL, 'credit', -paid.amount)) AS side(charge_id, kind, amount)
    WHERE charge.id = $1 AND side.amount <> 0
)sql"};

// What is owed of a cancelled or paid charge is nothing.
constexpr db::Statement list_client_charges{"list_client_charges", R"sql(
    SELECT charge.id, concept, coalesce(service.name, ''), charge.amount, entries.owed, charge.currency, due_on,
           charge.status, origin_charge_id IS NOT NULL, coalesce(cancel_reason, ''), coalesce(account.username, ''),
           charge.created_at
    FROM charge LEFT JOIN service ON service.id = service_id LEFT JOIN account ON account.id = created_by
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    WHERE charge.client_id = $1
    ORDER BY charge.status <> 'pending', due_on DESC, charge.id DESC
    LIMIT $2::bigint + 1 OFFSET $3
)sql"};

ChargeLine line_at(const db::Rows& rows, std::size_t index, Day today) {
    auto [id,
          description,
          service,
          amount,
          owed,
          currency,
          due_on,
          status,
          is_late_fee,
          reason,
          created_by,
          created_at] = rows.at<std::int64_t,
                                std::string,
                                std::string,
                                MinorUnits,
                                MinorUnits,
                                std::string,
                                Day,
                                std::string,
                                bool,
                                std::string,
                                std::string,
                                Timestamp>(index);
    return {id,
            description,
            service,
            Money(amount, currency),
            Money(owed, currency),
            due_on,
            status,
            status == "pending" && due_on < today,
            is_late_fee,
            reason,
            created_by,
            created_at};
}

constexpr db::Statement list_payable{"list_payable_charges", R"sql(
    SELECT charge.id, concept, '', charge.amount, entries.owed, charge.currency, due_on
    FROM charge
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    WHERE charge.client_id = $1 AND charge.status = 'pending'
    ORDER BY due_on, charge.id
)sql"};

constexpr db::Statement sum_credit{"sum_client_credit", R"sql(
    SELECT currency, -sum(amount) FROM ledger_entry
    WHERE client_id = $1 AND charge_id IS NULL
    GROUP BY currency HAVING sum(amount) < 0
    ORDER BY currency
)sql"};

}  // namespace

std::variant<std::int64_t, ChargeRefusal> add_charge(const Billing& billing,
                                                     const NewCharge& charge,
                                                     const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, charge.client_id);
    if (!client || client->is_deleted) {
        return ChargeRefusal::NoClient;
    }
    if (charge.service_id
        && transaction.run(find_service_of, charge.client_id, *charge.service_id).empty()) {
        return ChargeRefusal::NoService;
    }
    const auto rows = inserted(transaction, charge, actor, now);
    if (rows.empty()) {
        return std::get<0>(
            transaction.run(find_charge_of_request, charge.request_key).at<std::int64_t>(0));
    }
    const auto [id] = rows.at<std::int64_t>(0);
    const nlohmann::json details = {{"charge", id},
                                    {"concept", charge.description},
                                    {"amount", charge.amount.plain()},
                                    {"currency", charge.amount.currency()}};
    transaction.run_all({audited_charge("charge_added", charge.client_id, details, actor, now)});
    transaction.commit();
    return id;
}

CancelOutcome cancel_charge(const Billing& billing,
                            std::int64_t client_id,
                            std::int64_t charge_id,
                            const std::string& reason,
                            const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    if (!lock_billed_client(transaction, client_id)) {
        return CancelOutcome::Missing;
    }
    const auto status = transaction.run(find_status, client_id, charge_id).first<std::string>();
    if (!status) {
        return CancelOutcome::Missing;
    }
    if (std::get<0>(*status) == "cancelled") {
        return CancelOutcome::AlreadyCancelled;
    }
    const nlohmann::json details = {{"charge", charge_id}, {"reason", reason}};
    transaction.run_all({{&mark_cancelled, db::Params(charge_id, reason)},
                         {&enter_cancellation, db::Params(charge_id, now, actor.account_id)},
                         using_credit(client_id, now),
                         lifting_suspensions(billing, client_id),
                         audited_charge("charge_cancelled", client_id, details, actor, now)});
    transaction.commit();
    return CancelOutcome::Done;
}

ChargePage charges_of(db::Connection& connection,
                      std::int64_t client_id,
                      std::int64_t page,
                      Timestamp now) {
    const auto rows = connection.run(
        list_client_charges, client_id, charges_per_page, (page - 1) * charges_per_page);
    ChargePage shown;
    shown.has_more = rows.size() > static_cast<std::size_t>(charges_per_page);
    for (std::size_t i = 0; i < rows.size() - (shown.has_more ? 1 : 0); ++i) {
        shown.charges.push_back(line_at(rows, i, Day::of(now)));
    }
    return shown;
}

ClientBalance balance_of(db::Connection& connection, std::int64_t client_id, Timestamp now) {
    const auto rows = connection.run_all(
        {{&list_payable, db::Params(client_id)}, {&sum_credit, db::Params(client_id)}});
    ClientBalance balance;
    for (const auto& charge : owed_charges(rows[0], Day::of(now))) {
        balance.charges.push_back(
            {charge.id, charge.description, charge.owed, charge.due_on, charge.is_overdue});
    }
    for (std::size_t i = 0; i < rows[1].size(); ++i) {
        const auto [currency, credit] = rows[1].at<std::string, MinorUnits>(i);
        balance.credit.emplace_back(credit, currency);
    }
    return balance;
}

}  // namespace ventanilla
