#include "payments/notices.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/log.h"
#include "payments/health.h"
#include "payments/settlement.h"

namespace ventanilla {
namespace {

// After so many tries at most once an hour.
constexpr std::int64_t tries_at_once = 20;
constexpr std::size_t max_stored_header = 2000;

constexpr db::Statement store_event{"store_payment_event", R"sql(
    WITH heard AS (
        INSERT INTO payment_provider_health (provider, last_event_at) VALUES ($1, $7)
        ON CONFLICT (provider) DO UPDATE SET last_event_at = $7
    ), stored AS (
        INSERT INTO payment_event (provider, key, type, headers, query, body, received_at, reference, checkout_ref, money_ref,
                                   outcome, handled_at)
        VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, CASE WHEN $11::boolean THEN 'nothing' END,
                CASE WHEN $11::boolean THEN $7::timestamptz END)
        ON CONFLICT (provider, key) DO NOTHING
        RETURNING id)
    SELECT id FROM stored
)sql"};

constexpr db::Statement record_outcome{"record_event_outcome", R"sql(
    UPDATE payment_event SET outcome = $2, payment_id = $3, handled_at = $4 WHERE id = $1 AND outcome IS NULL
)sql"};

constexpr db::Statement record_event_try{"record_event_try", R"sql(
    UPDATE payment_event SET tries = tries + 1 WHERE id = $1
)sql"};

constexpr db::Statement list_unhandled{"list_unhandled_events", R"sql(
    SELECT id, provider, reference, checkout_ref, money_ref
    FROM payment_event
    WHERE outcome IS NULL AND (tries < $2 OR received_at + (tries - $2 + 1) * interval '1 hour' < $1)
    ORDER BY id
    LIMIT $3
)sql"};

constexpr db::Statement remove_events{"remove_old_payment_events", R"sql(
    DELETE FROM payment_event WHERE received_at < $1::timestamptz - interval '13 months'
)sql"};

constexpr db::Statement wake_worker{"wake_worker", "SELECT pg_notify('ventanilla_worker', '')"};

std::string stored_headers(const IncomingNotice& notice) {
    nlohmann::json headers = nlohmann::json::object();
    for (const auto& [name, value] : notice.headers) {
        headers[name] = value.substr(0, max_stored_header);
    }
    return headers.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

bool is_for_nobody(const Notice& notice) {
    return !notice.report && notice.reference.empty() && notice.checkout_ref.empty()
           && notice.money_ref.empty();
}

std::optional<std::int64_t> stored(const Payments& payments,
                                   ProviderName provider,
                                   const IncomingNotice& incoming,
                                   const Notice& notice) {
    const auto rows = payments.billing.database.run(store_event,
                                                    provider_text(provider),
                                                    notice.key,
                                                    notice.type,
                                                    stored_headers(incoming),
                                                    incoming.query_string,
                                                    db::Bytes{incoming.body},
                                                    payments.billing.clock.now(),
                                                    notice.reference,
                                                    notice.checkout_ref,
                                                    notice.money_ref,
                                                    is_for_nobody(notice));
    const auto row = rows.first<std::int64_t>();
    return row ? std::optional(std::get<0>(*row)) : std::nullopt;
}

void record(const Billing& billing, std::int64_t event, const Settlement& settlement) {
    billing.database.run(record_outcome,
                         event,
                         settled_text(settlement.settled),
                         settlement.payment_id,
                         billing.clock.now());
}

struct StoredEvent {
    std::int64_t id = 0;
    TryNames names;
};

std::vector<StoredEvent> unhandled(const Billing& billing, std::int64_t most) {
    const auto rows =
        billing.database.run(list_unhandled, billing.clock.now(), tries_at_once, most);
    std::vector<StoredEvent> events;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [id, provider, reference, checkout_ref, money_ref] =
            rows.at<std::int64_t, std::string, std::string, std::string, std::string>(i);
        events.push_back(
            {id, {provider_named(provider).value(), reference, checkout_ref, money_ref}});
    }
    return events;
}

using Outcome = std::variant<Settlement, Trouble>;

// Money whose try only the provider can name, or that is none of ours.
Outcome asked_about_stranger(const Payments& payments, Provider& provider, const TryNames& names) {
    const auto answer =
        provider.ask({names.reference, names.checkout_ref, names.money_ref, Money()});
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    Settlement last{Settled::Unknown, std::nullopt};
    for (const auto& report : std::get<std::vector<MoneyReport>>(answer)) {
        const auto seen =
            find_try(payments.billing.database,
                     {names.provider, report.reference, report.checkout_ref, report.money_ref});
        last = settle(payments.billing,
                      names.provider,
                      report,
                      seen ? std::optional(seen->revision) : std::nullopt);
    }
    return last;
}

Outcome handled(const Payments& payments, const TryNames& names) {
    Provider* provider = payments.find(names.provider);
    if (provider == nullptr) {
        return Trouble{Trouble::Kind::Refused, "its keys are not set"};
    }
    const auto seen = find_try(payments.billing.database, names);
    // Other money than the one that the try is paid with.
    const bool is_other_money = seen && !names.money_ref.empty() && !seen->money_ref.empty()
                                && seen->money_ref != names.money_ref;
    if (!seen || is_other_money) {
        return asked_about_stranger(payments, *provider, names);
    }
    PaymentTry payment = *seen;
    if (payment.money_ref.empty()) {
        payment.money_ref = names.money_ref;
    }
    const auto asked = ask_and_settle(payments, payment);
    if (asked.trouble) {
        return *asked.trouble;
    }
    return Settlement{asked.settled, payment.payment_id};
}

}  // namespace

std::variant<Received, NoticeRefusal> receive_notice(const Payments& payments,
                                                     ProviderName name,
                                                     const IncomingNotice& incoming) {
    const Billing& billing = payments.billing;
    Provider* provider = payments.find(name);
    if (provider == nullptr) {
        return NoticeRefusal::Malformed;
    }
    const auto read = provider->read_notice(incoming, billing.clock.now());
    if (const auto* refusal = std::get_if<NoticeRefusal>(&read)) {
        if (*refusal == NoticeRefusal::NotSigned) {
            note_refused_notice(billing.database, name, billing.clock.now());
        }
        return *refusal;
    }
    const auto& notice = std::get<Notice>(read);
    const auto event = stored(payments, name, incoming, notice);
    if (!event) {
        return Received{false};
    }
    if (notice.report) {
        record(billing, *event, settle(billing, name, *notice.report, std::nullopt));
    } else if (!is_for_nobody(notice)) {
        billing.database.run(wake_worker);
    }
    return Received{true};
}

std::int64_t handle_notices(const Payments& payments, std::int64_t most) {
    const Billing& billing = payments.billing;
    std::vector<ProviderName> away;
    std::int64_t count = 0;
    for (const auto& event : unhandled(billing, most)) {
        if (std::find(away.begin(), away.end(), event.names.provider) != away.end()) {
            continue;
        }
        const auto outcome = handled(payments, event.names);
        if (const auto* trouble = std::get_if<Trouble>(&outcome)) {
            log_error("payment_event_waits",
                      {{"event", std::to_string(event.id)}, {"reason", trouble->reason}});
            billing.database.run(record_event_try, event.id);
            if (trouble->kind == Trouble::Kind::Away) {
                away.push_back(event.names.provider);
            }
            continue;
        }
        const auto& settlement = std::get<Settlement>(outcome);
        if (settlement.settled == Settled::Outdated) {
            billing.database.run(record_event_try, event.id);
            continue;
        }
        record(billing, event.id, settlement);
        ++count;
    }
    return count;
}

void remove_old_notices(db::Connection& connection, Timestamp now) {
    connection.run(remove_events, now);
}

}  // namespace ventanilla
