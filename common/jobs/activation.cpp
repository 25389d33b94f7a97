#include "jobs/activation.h"

#include <nlohmann/json.hpp>

#include "accounts/account_store.h"
#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "core/digest.h"
#include "core/random.h"

namespace ventanilla {
namespace {

constexpr db::Statement store_link{"store_activation_link", R"sql(
    WITH earlier AS (
        UPDATE activation_link SET expires_at = $3 WHERE account_id = $2 AND used_at IS NULL AND expires_at > $3
    )
    INSERT INTO activation_link (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
)sql"};

// A client's name is the one that staff wrote down.
constexpr db::Statement find_link{"find_activation_link", R"sql(
    SELECT account.id, account.username, coalesce(account.email, ''),
           coalesce(client.full_name, trim(account.first_name || ' ' || account.last_name)),
           account.is_active, activation_link.used_at IS NOT NULL, activation_link.expires_at
    FROM activation_link JOIN account ON account.id = activation_link.account_id
    LEFT JOIN client ON client.account_id = account.id
    WHERE activation_link.token_hash = $1
)sql"};

constexpr db::Statement spend_link{"spend_activation_link", R"sql(
    UPDATE activation_link SET used_at = $2 FROM account
    WHERE token_hash = $1 AND used_at IS NULL AND activation_link.expires_at > $2
      AND account.id = activation_link.account_id AND account.is_active
    RETURNING account.id, account.username, coalesce(account.email, '')
)sql"};

constexpr db::Statement note_activation{"note_activation", R"sql(
    UPDATE account SET last_login_at = $2 WHERE id = $1
)sql"};

db::Call changed_mail(const ClaimServices& services,
                      const std::string& username,
                      const std::string& email,
                      std::int64_t sessions_ended) {
    const Timestamp now = services.clock.now();
    return services.outbox.queue(Message::PasswordChanged,
                                 email,
                                 {{"username", username},
                                  {"changed_at", date_time_text(now)},
                                  {"sessions_ended", std::to_string(sessions_ended)}},
                                 now);
}

// Why a link that could not be spent is worth nothing.
ActivationRefusal refusal_of(const ClaimServices& services, const std::string& token) {
    const auto found = find_activation(services.database, token, services.clock.now());
    const auto* refusal = std::get_if<ActivationRefusal>(&found);
    return refusal == nullptr ? ActivationRefusal::Used : *refusal;
}

}  // namespace

NewActivation new_activation(std::int64_t account_id, Timestamp now, std::int64_t hours) {
    std::string token = random_token();
    const db::Bytes hash{sha256(token)};
    return {std::move(token),
            {&store_link, db::Params(hash, account_id, now, now + std::chrono::hours(hours))}};
}

std::variant<Activation, ActivationRefusal> find_activation(db::Connection& connection,
                                                            const std::string& token,
                                                            Timestamp now) {
    const auto row =
        connection.run(find_link, db::Bytes{sha256(token)})
            .first<std::int64_t, std::string, std::string, std::string, bool, bool, Timestamp>();
    if (!row) {
        return ActivationRefusal::Unknown;
    }
    const auto& [account_id, username, email, full_name, is_active, is_used, expires_at] = *row;
    if (is_used) {
        return ActivationRefusal::Used;
    }
    if (expires_at <= now) {
        return ActivationRefusal::Expired;
    }
    if (!is_active) {
        return ActivationRefusal::Inactive;
    }
    return Activation{account_id, username, email, full_name};
}

std::variant<Activated, ActivationRefusal> activate(const ClaimServices& services,
                                                    const std::string& token,
                                                    const std::string& password,
                                                    const Visitor& visitor) {
    const std::string hash = [&] {
        const auto pass = hash_pass(services.hash_gate);
        return hash_password(password);
    }();
    const Timestamp now = services.clock.now();
    db::Transaction transaction(services.database);
    const auto spent = transaction.run(spend_link, db::Bytes{sha256(token)}, now)
                           .first<std::int64_t, std::string, std::string>();
    if (!spent) {
        transaction.commit();
        return refusal_of(services, token);
    }
    const auto& [account_id, username, email] = *spent;
    const auto rows = transaction.run_all(
        {chosen_password(account_id, hash, now), services.sessions.ending_others(account_id, 0)});
    const auto [sessions_ended] = rows[1].at<std::int64_t>(0);
    SessionOpening session = services.sessions.opening(account_id, EnteredBy::Code, visitor);
    std::vector<db::Call> calls = {
        std::move(session.store),
        {&note_activation, db::Params(account_id, now)},
        audited({account_id, "account_activated", "", visitor.network}, now)};
    if (!email.empty()) {
        calls.push_back(changed_mail(services, username, email, sessions_ended));
    }
    transaction.run_all(std::move(calls));
    transaction.commit();
    return Activated{account_id, std::move(session.token)};
}

}  // namespace ventanilla
