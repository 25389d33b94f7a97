#include "billing/services.h"

#include <nlohmann/json.hpp>

#include "billing/booking.h"
#include "billing/rows.h"

namespace ventanilla {
namespace {

db::Call audited_service(const char* action,
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

constexpr db::Statement insert_service{"insert_service", R"sql(
    INSERT INTO service (client_id, name, monthly_amount, currency, started_on, created_at)
    VALUES ($1, $2, $3, $4, $5::date, $6)
    RETURNING id
)sql"};

constexpr db::Statement lock_service{"lock_service", R"sql(
    SELECT name, monthly_amount, currency, status FROM service WHERE id = $2 AND client_id = $1
    FOR NO KEY UPDATE
)sql"};

struct LockedService {
    std::string name;
    Money monthly_amount;
    std::string status;
};

std::optional<LockedService> locked(db::Transaction& transaction,
                                    std::int64_t client_id,
                                    std::int64_t service_id) {
    const auto row = transaction.run(lock_service, client_id, service_id)
                         .first<std::string, MinorUnits, std::string, std::string>();
    if (!row) {
        return std::nullopt;
    }
    auto [name, amount, currency, status] = *row;
    return LockedService{name, Money(amount, currency), status};
}

constexpr db::Statement update_amount{"update_service_amount", R"sql(
    UPDATE service SET monthly_amount = $2, currency = $3 WHERE id = $1
)sql"};

constexpr db::Statement update_status{"update_service_status", R"sql(
    UPDATE service SET status = $2, suspended_by_rule = false WHERE id = $1
)sql"};

// A suspension by rule becomes one by hand.
constexpr db::Statement take_over_suspension{"take_over_suspension", R"sql(
    UPDATE service SET suspended_by_rule = false WHERE id = $1 AND suspended_by_rule
)sql"};

ServiceChange change_status(const Billing& billing,
                            std::int64_t client_id,
                            std::int64_t service_id,
                            const std::string& status,
                            const char* action,
                            const Actor& actor) {
    db::Transaction transaction(billing.database);
    const auto service = locked(transaction, client_id, service_id);
    if (!service) {
        return ServiceChange::Missing;
    }
    if (service->status == "cancelled") {
        return ServiceChange::Unchanged;
    }
    const bool is_there = service->status == status;
    const auto changed = is_there && status == "suspended"
                             ? transaction.run(take_over_suspension, service_id).affected()
                         : is_there ? 0
                                    : transaction.run(update_status, service_id, status).affected();
    if (changed == 0) {
        return ServiceChange::Unchanged;
    }
    const nlohmann::json details = {{"service", service_id}, {"name", service->name}};
    transaction.run_all({audited_service(action, client_id, details, actor, billing.clock.now())});
    transaction.commit();
    return ServiceChange::Done;
}

constexpr db::Statement list_services_of{"list_services_of_client", R"sql(
    SELECT id, name, monthly_amount, currency, status, suspended_by_rule AND status = 'suspended', started_on
    FROM service WHERE client_id = $1
    ORDER BY status = 'cancelled', name, id
)sql"};

}  // namespace

std::optional<std::int64_t> add_service(const Billing& billing,
                                        const NewService& service,
                                        const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, service.client_id);
    if (!client || client->is_deleted) {
        return std::nullopt;
    }
    const auto [id] = transaction
                          .run(insert_service,
                               service.client_id,
                               service.name,
                               service.monthly_amount.plain(),
                               service.monthly_amount.currency(),
                               service.started_on.iso(),
                               now)
                          .at<std::int64_t>(0);
    const nlohmann::json details = {{"service", id},
                                    {"name", service.name},
                                    {"amount", service.monthly_amount.plain()},
                                    {"currency", service.monthly_amount.currency()}};
    transaction.run_all({audited_service("service_added", service.client_id, details, actor, now)});
    transaction.commit();
    return id;
}

ServiceChange change_amount(const Billing& billing,
                            std::int64_t client_id,
                            std::int64_t service_id,
                            const Money& monthly_amount,
                            const Actor& actor) {
    db::Transaction transaction(billing.database);
    const auto service = locked(transaction, client_id, service_id);
    if (!service) {
        return ServiceChange::Missing;
    }
    if (service->status == "cancelled" || service->monthly_amount == monthly_amount) {
        return ServiceChange::Unchanged;
    }
    const nlohmann::json details = {
        {"service", service_id},
        {"name", service->name},
        {"before", service->monthly_amount.plain() + ' ' + service->monthly_amount.currency()},
        {"after", monthly_amount.plain() + ' ' + monthly_amount.currency()}};
    transaction.run_all(
        {{&update_amount,
          db::Params(service_id, monthly_amount.plain(), monthly_amount.currency())},
         audited_service(
             "service_amount_changed", client_id, details, actor, billing.clock.now())});
    transaction.commit();
    return ServiceChange::Done;
}

ServiceChange suspend_service(const Billing& billing,
                              std::int64_t client_id,
                              std::int64_t service_id,
                              const Actor& actor) {
    return change_status(billing, client_id, service_id, "suspended", "service_suspended", actor);
}

ServiceChange resume_service(const Billing& billing,
                             std::int64_t client_id,
                             std::int64_t service_id,
                             const Actor& actor) {
    return change_status(billing, client_id, service_id, "active", "service_resumed", actor);
}

ServiceChange cancel_service(const Billing& billing,
                             std::int64_t client_id,
                             std::int64_t service_id,
                             const Actor& actor) {
    return change_status(billing, client_id, service_id, "cancelled", "service_cancelled", actor);
}

std::vector<ServiceLine> services_of(db::Connection& connection, std::int64_t client_id) {
    return service_lines(connection.run(list_services_of, client_id));
}

}  // namespace ventanilla
