#include "payments/health.h"

#include <algorithm>

namespace ventanilla {
namespace {

constexpr db::Statement record_answer{"record_provider_answer", R"sql(
    INSERT INTO payment_provider_health (provider, last_answer_at) VALUES ($1, $2)
    ON CONFLICT (provider) DO UPDATE SET last_answer_at = $2
)sql"};

constexpr db::Statement record_trouble{"record_provider_trouble", R"sql(
    INSERT INTO payment_provider_health (provider, last_trouble_at, last_trouble) VALUES ($1, $2, $3)
    ON CONFLICT (provider) DO UPDATE SET last_trouble_at = $2, last_trouble = $3
)sql"};

constexpr db::Statement record_refused_event{"record_refused_event", R"sql(
    INSERT INTO payment_provider_health (provider, refused_events, last_refused_at) VALUES ($1, 1, $2)
    ON CONFLICT (provider) DO UPDATE
    SET refused_events = payment_provider_health.refused_events + 1, last_refused_at = $2
)sql"};

constexpr db::Statement read_health{"read_provider_health", R"sql(
    SELECT provider, last_event_at, last_answer_at, last_trouble_at, coalesce(last_trouble, ''), coalesce(refused_events, 0),
           coalesce(tries.open, 0), tries.oldest_at, coalesce(events.unhandled, 0), coalesce(quarantine.open, 0)
    FROM (VALUES ('stripe'), ('mercadopago'), ('paypal')) AS name(provider)
    LEFT JOIN payment_provider_health USING (provider)
    LEFT JOIN (SELECT provider, count(*) AS open, min(created_at) AS oldest_at
               FROM payment JOIN online_payment ON payment_id = payment.id
               WHERE next_ask_at IS NOT NULL GROUP BY provider) AS tries USING (provider)
    LEFT JOIN (SELECT provider, count(*) AS unhandled FROM payment_event WHERE outcome IS NULL
               GROUP BY provider) AS events USING (provider)
    LEFT JOIN (SELECT provider, count(*) AS open FROM payment_quarantine WHERE decided_at IS NULL
               GROUP BY provider) AS quarantine USING (provider)
)sql"};

ProviderHealth health_at(const db::Rows& rows, std::size_t i) {
    const auto [name,
                event,
                answer,
                trouble_at,
                trouble,
                refused,
                open,
                oldest,
                unhandled,
                quarantined] = rows.at<std::string,
                                       std::optional<Timestamp>,
                                       std::optional<Timestamp>,
                                       std::optional<Timestamp>,
                                       std::string,
                                       std::int64_t,
                                       std::int64_t,
                                       std::optional<Timestamp>,
                                       std::int64_t,
                                       std::int64_t>(i);
    return {provider_named(name).value(),
            event,
            answer,
            trouble_at,
            trouble,
            refused,
            open,
            oldest,
            unhandled,
            quarantined};
}

}  // namespace

void note_answer(db::Connection& connection, ProviderName provider, Timestamp now) {
    connection.run(record_answer, provider_text(provider), now);
}

void note_trouble(db::Connection& connection,
                  ProviderName provider,
                  const Trouble& trouble,
                  Timestamp now) {
    connection.run(record_trouble, provider_text(provider), now, trouble.reason);
}

void note_refused_notice(db::Connection& connection, ProviderName provider, Timestamp now) {
    connection.run(record_refused_event, provider_text(provider), now);
}

bool ProviderHealth::is_quiet(Timestamp now, std::chrono::minutes patience) const {
    return oldest_open_at && now - *oldest_open_at > patience
           && (!last_answer_at || now - *last_answer_at > patience)
           && (!last_event_at || now - *last_event_at > patience);
}

std::vector<ProviderHealth> provider_health(db::Connection& connection,
                                            const std::vector<ProviderName>& names) {
    const auto rows = connection.run(read_health);
    std::vector<ProviderHealth> all;
    for (const auto name : names) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto health = health_at(rows, i);
            if (health.provider == name) {
                all.push_back(std::move(health));
            }
        }
    }
    return all;
}

}  // namespace ventanilla
