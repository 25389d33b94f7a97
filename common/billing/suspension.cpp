#include "billing/suspension.h"

#include <nlohmann/json.hpp>

#include "billing/booking.h"
#include "clients/text_array.h"

namespace ventanilla {
namespace {

constexpr std::int64_t portion = 500;

// Locked, so that a payment that is being booked is either seen below or lifts afterwards.
constexpr db::Statement lock_suspendable{"lock_suspendable_clients", R"sql(
    SELECT id FROM client
    WHERE id > $1
      AND EXISTS (SELECT FROM charge JOIN service ON service.id = service_id
                  WHERE charge.client_id = client.id AND charge.status = 'pending' AND due_on < $2::date
                    AND service.status = 'active')
      AND NOT suspension_is_held(id, $3::date, $5, $6::boolean)
    ORDER BY id
    LIMIT $4
    FOR NO KEY UPDATE SKIP LOCKED
)sql"};

constexpr db::Statement suspend_overdue{"suspend_overdue", R"sql(
    WITH changed AS (
        UPDATE service SET status = 'suspended', suspended_by_rule = true
        WHERE client_id = ANY ($1::bigint[]) AND status = 'active'
          AND EXISTS (SELECT FROM charge WHERE service_id = service.id AND charge.status = 'pending'
                                           AND charge.client_id = service.client_id AND due_on < $2::date)
          AND NOT suspension_is_held(client_id, $3::date, $4, $5::boolean)
        RETURNING id, client_id, name
    ), trail AS (
        INSERT INTO audit_log (at, action, subject, details)
        SELECT $4, 'service_suspended_by_rule', 'client:' || client_id, jsonb_build_object('service', id, 'name', name)
        FROM changed
    )
    SELECT count(*) FROM changed
)sql"};

constexpr db::Statement lift_suspensions{"lift_suspensions", R"sql(
    WITH changed AS (
        UPDATE service SET status = 'active', suspended_by_rule = false
        WHERE suspended_by_rule AND status = 'suspended' AND ($1::bigint IS NULL OR client_id = $1)
          AND (NOT EXISTS (SELECT FROM charge WHERE service_id = service.id AND charge.status = 'pending'
                                                AND charge.client_id = service.client_id AND due_on < $2::date)
               OR suspension_is_held(client_id, $3::date, $4, $5::boolean))
        RETURNING id, client_id, name
    ), trail AS (
        INSERT INTO audit_log (at, action, subject, details)
        SELECT $4, 'service_resumed_by_rule', 'client:' || client_id, jsonb_build_object('service', id, 'name', name)
        FROM changed
    )
    SELECT count(*) FROM changed
)sql"};

// A charge that was due before this day suspends its service; none does while the rule is off.
std::string cutoff(const Billing& billing) {
    const auto days = static_cast<int>(billing.settings.suspend_after_days);
    return days == 0 ? "-infinity" : Day::of(billing.clock.now()).plus(-days).iso();
}

std::int64_t suspend_portion(const Billing& billing, std::vector<std::int64_t>& clients) {
    const Timestamp now = billing.clock.now();
    const std::string today = Day::of(now).iso();
    db::Transaction transaction(billing.database);
    const auto rows = transaction.run(lock_suspendable,
                                      clients.empty() ? 0 : clients.back(),
                                      cutoff(billing),
                                      today,
                                      portion,
                                      now,
                                      billing.settings.voucher_holds_suspension);
    clients.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        clients.push_back(std::get<0>(rows.at<std::int64_t>(i)));
    }
    if (clients.empty()) {
        return 0;
    }
    const auto [suspended] = transaction
                                 .run(suspend_overdue,
                                      id_array(clients),
                                      cutoff(billing),
                                      today,
                                      now,
                                      billing.settings.voucher_holds_suspension)
                                 .at<std::int64_t>(0);
    transaction.commit();
    return suspended;
}

constexpr db::Statement insert_promise{"insert_promise", R"sql(
    INSERT INTO payment_promise (client_id, until, note, granted_by, granted_at) VALUES ($1, $2::date, $3, $4, $5)
    RETURNING id
)sql"};

constexpr db::Statement find_promise{"find_running_promise", R"sql(
    SELECT until, note, coalesce(username, ''), granted_at
    FROM payment_promise LEFT JOIN account ON account.id = granted_by
    WHERE client_id = $1 AND until >= $2::date
    ORDER BY until DESC, payment_promise.id DESC
    LIMIT 1
)sql"};

}  // namespace

SuspensionRun apply_suspensions(const Billing& billing) {
    SuspensionRun run;
    const Timestamp now = billing.clock.now();
    run.lifted = std::get<0>(billing.database
                                 .run(lift_suspensions,
                                      std::optional<std::int64_t>(),
                                      cutoff(billing),
                                      Day::of(now).iso(),
                                      now,
                                      billing.settings.voucher_holds_suspension)
                                 .at<std::int64_t>(0));
    if (billing.settings.suspend_after_days > 0) {
        std::vector<std::int64_t> clients;
        do {
            run.suspended += suspend_portion(billing, clients);
        } while (static_cast<std::int64_t>(clients.size()) == portion);
    }
    return run;
}

db::Call lifting_suspensions(const Billing& billing, std::int64_t client_id) {
    const Timestamp now = billing.clock.now();
    return {&lift_suspensions,
            db::Params(client_id,
                       cutoff(billing),
                       Day::of(now).iso(),
                       now,
                       billing.settings.voucher_holds_suspension)};
}

std::variant<std::int64_t, PromiseRefusal> grant_promise(const Billing& billing,
                                                         std::int64_t client_id,
                                                         Day until,
                                                         const std::string& note,
                                                         const Actor& actor) {
    const Timestamp now = billing.clock.now();
    const int days = Day::of(now).until(until);
    if (days < 0) {
        return PromiseRefusal::Past;
    }
    if (days > billing.settings.promise_max_days) {
        return PromiseRefusal::TooFar;
    }
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, client_id);
    if (!client || client->is_deleted) {
        return PromiseRefusal::NoClient;
    }
    const auto [id] =
        transaction.run(insert_promise, client_id, until.iso(), note, actor.account_id, now)
            .at<std::int64_t>(0);
    const nlohmann::json details = {{"promise", id}, {"until", until.iso()}, {"note", note}};
    transaction.run_all({lifting_suspensions(billing, client_id),
                         audited({actor.account_id,
                                  "promise_granted",
                                  "client:" + std::to_string(client_id),
                                  actor.network,
                                  details.dump()},
                                 now)});
    transaction.commit();
    return id;
}

std::optional<Promise> running_promise(db::Connection& connection,
                                       std::int64_t client_id,
                                       Timestamp now) {
    const auto row = connection.run(find_promise, client_id, Day::of(now).iso())
                         .first<Day, std::string, std::string, Timestamp>();
    if (!row) {
        return std::nullopt;
    }
    auto [until, note, granted_by, granted_at] = *row;
    return Promise{until, note, granted_by, granted_at};
}

}  // namespace ventanilla
