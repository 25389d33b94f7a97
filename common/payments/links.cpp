#include "payments/links.h"

#include <nlohmann/json.hpp>

#include "billing/day.h"
#include "core/digest.h"
#include "core/sealing.h"

namespace ventanilla {
namespace {

constexpr const char* link_path = "/pagos/enlace/";

// Locked, so that two links made at once take turns.
constexpr db::Statement lock_charge{"lock_charge_for_link", R"sql(
    SELECT client.id, full_name, coalesce(email, ''), coalesce(phone, ''), concept, charge.status, charge.currency, due_on,
           (SELECT sum(amount) FROM ledger_entry WHERE charge_id = charge.id)
    FROM charge JOIN client ON client.id = client_id
    WHERE charge.id = $1 AND NOT is_deleted
    FOR NO KEY UPDATE OF charge
)sql"};

constexpr db::Statement replace_link{"replace_payment_link", R"sql(
    UPDATE payment_link SET revoked_at = $2 WHERE charge_id = $1 AND revoked_at IS NULL
)sql"};

constexpr db::Statement insert_link{"insert_payment_link", R"sql(
    INSERT INTO payment_link (charge_id, token_hash, made_by, made_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING id
)sql"};

constexpr db::Statement end_link{"revoke_payment_link", R"sql(
    UPDATE payment_link SET revoked_at = $2 FROM charge
    WHERE payment_link.id = $1 AND revoked_at IS NULL AND charge.id = charge_id
    RETURNING client_id
)sql"};

constexpr db::Statement open_link{"open_payment_link", R"sql(
    WITH seen AS (
        UPDATE payment_link SET opened_at = $2 WHERE token_hash = $1 AND opened_at IS NULL AND revoked_at IS NULL)
    SELECT payment_link.id, client.id, charge.id, full_name, charge.status, charge.currency,
           (SELECT sum(amount) FROM ledger_entry WHERE charge_id = charge.id),
           expires_at, revoked_at IS NOT NULL OR is_deleted
    FROM payment_link JOIN charge ON charge.id = charge_id JOIN client ON client.id = client_id
    WHERE token_hash = $1
)sql"};

db::Call audited_link(const char* action,
                      std::int64_t client_id,
                      std::int64_t charge_id,
                      bool by_mail,
                      const Actor& actor,
                      Timestamp now) {
    const nlohmann::json details = {{"charge", charge_id}, {"by_mail", by_mail}};
    return audited({actor.account_id,
                    action,
                    "client:" + std::to_string(client_id),
                    actor.network,
                    details.dump()},
                   now);
}

constexpr db::Statement list_live_links{"list_live_links", R"sql(
    SELECT payment_link.id, charge.id, client.id, client.full_name, coalesce(phone, ''), concept, charge.currency,
           (SELECT sum(amount) FROM ledger_entry WHERE charge_id = charge.id), coalesce(account.username, ''), made_at,
           payment_link.expires_at, opened_at, token_hash
    FROM payment_link JOIN charge ON charge.id = charge_id JOIN client ON client.id = client_id
    LEFT JOIN account ON account.id = made_by
    WHERE revoked_at IS NULL AND payment_link.expires_at > $1 AND charge.status = 'pending'
    ORDER BY payment_link.id DESC
    LIMIT 100
)sql"};

constexpr db::Statement find_linkable{"find_linkable_charge", R"sql(
    SELECT client.id, full_name, concept, charge.currency, (SELECT sum(amount) FROM ledger_entry WHERE charge_id = charge.id),
           email IS NOT NULL
    FROM charge JOIN client ON client.id = client_id
    WHERE charge.id = $1 AND charge.status = 'pending' AND NOT is_deleted
)sql"};

// 43 characters of base64url.
std::string link_token(const Settings& settings, std::int64_t charge_id, Timestamp made_at) {
    const KeyRing keys(settings.secret_key, settings.secret_key_previous, "payment link");
    return base64url(keys.sign(std::to_string(charge_id) + '|' + iso_text(made_at)));
}

std::string link_url(const Settings& settings, const std::string& token) {
    return settings.base_url + link_path + token + '/';
}

// Of a full name; the whole of it when it is one word.
std::string first_word(const std::string& name) {
    return name.substr(0, name.find(' '));
}

}  // namespace

std::variant<std::int64_t, LinkRefusal> make_link(const Billing& billing,
                                                  std::int64_t charge_id,
                                                  bool by_mail,
                                                  const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto row = transaction.run(lock_charge, charge_id)
                         .first<std::int64_t,
                                std::string,
                                std::string,
                                std::string,
                                std::string,
                                std::string,
                                std::string,
                                Day,
                                MinorUnits>();
    if (!row) {
        return LinkRefusal::NoCharge;
    }
    const auto& [client_id, full_name, email, phone, description, status, currency, due_on, owed] =
        *row;
    if (status != "pending") {
        return LinkRefusal::NothingOwed;
    }
    if (by_mail && email.empty()) {
        return LinkRefusal::NoEmail;
    }
    const std::string token = link_token(billing.settings, charge_id, now);
    const Timestamp expires_at = now + std::chrono::days(billing.settings.payment_link_days);
    transaction.run(replace_link, charge_id, now);
    const auto [id] =
        transaction
            .run(
                insert_link, charge_id, db::Bytes{sha256(token)}, actor.account_id, now, expires_at)
            .at<std::int64_t>(0);
    std::vector<db::Call> calls = {
        audited_link("payment_link_made", client_id, charge_id, by_mail, actor, now)};
    if (by_mail) {
        calls.push_back(billing.outbox.queue(
            Message::PaymentLink,
            email,
            {{"name", full_name},
             {"description", description},
             {"amount", Money(owed, currency).shown(billing.settings.currency)},
             {"due_on", due_on.text()},
             {"link_url", link_url(billing.settings, token)},
             {"expires_at", date_time_text(expires_at)}},
            now,
            expires_at));
    }
    transaction.run_all(std::move(calls));
    transaction.commit();
    return id;
}

std::vector<LinkLine> live_links(const Billing& billing) {
    const auto rows = billing.database.run(list_live_links, billing.clock.now());
    std::vector<LinkLine> lines;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id,
              charge,
              client,
              name,
              phone,
              description,
              currency,
              owed,
              made_by,
              made_at,
              expires_at,
              opened_at,
              hash] = rows.at<std::int64_t,
                              std::int64_t,
                              std::int64_t,
                              std::string,
                              std::string,
                              std::string,
                              std::string,
                              MinorUnits,
                              std::string,
                              Timestamp,
                              Timestamp,
                              std::optional<Timestamp>,
                              db::Bytes>(i);
        const std::string token = link_token(billing.settings, charge, made_at);
        lines.push_back({id,
                         charge,
                         client,
                         name,
                         phone,
                         description,
                         Money(owed, currency),
                         made_by,
                         made_at,
                         expires_at,
                         opened_at,
                         sha256(token) == hash.value ? link_url(billing.settings, token) : ""});
    }
    return lines;
}

std::optional<LinkableCharge> linkable_charge(db::Connection& connection, std::int64_t charge_id) {
    const auto row =
        connection.run(find_linkable, charge_id)
            .first<std::int64_t, std::string, std::string, std::string, MinorUnits, bool>();
    if (!row) {
        return std::nullopt;
    }
    const auto& [client_id, name, description, currency, owed, has_email] = *row;
    return LinkableCharge{client_id, name, description, Money(owed, currency), has_email};
}

bool revoke_link(const Billing& billing, std::int64_t link_id, const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto row = transaction.run(end_link, link_id, now).first<std::int64_t>();
    if (!row) {
        return false;
    }
    const nlohmann::json details = {{"link", link_id}};
    transaction.run_all({audited({actor.account_id,
                                  "payment_link_revoked",
                                  "client:" + std::to_string(std::get<0>(*row)),
                                  actor.network,
                                  details.dump()},
                                 now)});
    transaction.commit();
    return true;
}

std::variant<PaymentLink, LinkEnd> find_link(db::Connection& connection,
                                             const std::string& token,
                                             Timestamp now) {
    const auto row = connection.run(open_link, db::Bytes{sha256(token)}, now)
                         .first<std::int64_t,
                                std::int64_t,
                                std::int64_t,
                                std::string,
                                std::string,
                                std::string,
                                MinorUnits,
                                Timestamp,
                                bool>();
    if (!row) {
        return LinkEnd::Unknown;
    }
    const auto& [id,
                 client_id,
                 charge_id,
                 full_name,
                 status,
                 currency,
                 owed,
                 expires_at,
                 is_revoked] = *row;
    if (is_revoked) {
        return LinkEnd::Revoked;
    }
    if (expires_at <= now) {
        return LinkEnd::Expired;
    }
    return PaymentLink{id,
                       client_id,
                       charge_id,
                       first_word(full_name),
                       Money(owed, currency),
                       status != "pending"};
}

}  // namespace ventanilla
