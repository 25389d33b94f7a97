#include <algorithm>

#include <nlohmann/json.hpp>

#include "clients/profile.h"
#include "clients/profile_store.h"
#include "core/digest.h"
#include "core/random.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr int tries_per_code = 5;
constexpr int step_up_digits = 8;
constexpr std::size_t longest_email = 254;

// Two requests for one address or of one account at once are judged one after the other.
constexpr db::Statement lock_address{"lock_new_address", R"sql(
    SELECT pg_advisory_xact_lock(hashtextextended(lower($1 COLLATE "C"), 0)),
           pg_advisory_xact_lock(hashtextextended('email_change ' || $2::bigint, 0))
)sql"};

// When each limit lets the next code out; NULL where it is not reached. And how often this account
// typed a code of a new address within a day.
constexpr db::Statement find_limits{"find_email_change_limits", R"sql(
    SELECT greatest(
        (SELECT max(created_at) + make_interval(secs => $5::int) FROM email_change
         WHERE account_id = $2 OR lower(email COLLATE "C") = lower($1 COLLATE "C")),
        (SELECT created_at + interval '24 hours' FROM email_change
         WHERE (account_id = $2 OR lower(email COLLATE "C") = lower($1 COLLATE "C"))
           AND created_at > $4::timestamptz - interval '24 hours'
         ORDER BY created_at DESC OFFSET $6::int - 1 LIMIT 1),
        (SELECT created_at + interval '24 hours' FROM email_change
         WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND network = $3
           AND created_at > $4::timestamptz - interval '24 hours'
         ORDER BY created_at DESC OFFSET $7::int - 1 LIMIT 1),
        (SELECT created_at + interval '1 hour' FROM email_change
         WHERE network = $3 AND created_at > $4::timestamptz - interval '1 hour'
         ORDER BY created_at DESC OFFSET $8::int - 1 LIMIT 1)),
        (SELECT coalesce(sum(tries), 0) FROM email_change
         WHERE account_id = $2 AND created_at > $4::timestamptz - interval '24 hours')
)sql"};

struct Limits {
    std::optional<Timestamp> retry_at;
    std::int64_t tries = 0;
};

Limits limits_of(db::Transaction& transaction,
                 const ProfileServices& services,
                 std::int64_t account_id,
                 const std::string& email,
                 const std::string& network) {
    const Settings& settings = services.settings;
    const auto rows = transaction.run_all({{&lock_address, db::Params(email, account_id)},
                                           {&find_limits,
                                            db::Params(email,
                                                       account_id,
                                                       network,
                                                       services.clock.now(),
                                                       settings.mail_gap_seconds,
                                                       settings.mail_day_total,
                                                       settings.mail_day_network,
                                                       settings.network_code_requests)}});
    const auto [retry_at, tries] = rows[1].at<std::optional<Timestamp>, std::int64_t>(0);
    return {retry_at, tries};
}

constexpr db::Statement insert_email_change{"insert_email_change", R"sql(
    INSERT INTO email_change (account_id, email, code_hmac, digits, network, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
)sql"};

constexpr db::Statement find_newest{"find_newest_email_change", R"sql(
    SELECT id, email, code_hmac, digits, tries, expires_at, used_at IS NOT NULL
    FROM email_change WHERE account_id = (SELECT account_id FROM session WHERE token_hash = $1)
    ORDER BY id DESC LIMIT 1
)sql"};

// The same row, for somebody who counts a try.
constexpr db::Statement lock_newest{"lock_newest_email_change", R"sql(
    SELECT id, email, code_hmac, digits, tries, expires_at, used_at IS NOT NULL
    FROM email_change WHERE account_id = $1
    ORDER BY id DESC LIMIT 1
    FOR UPDATE
)sql"};

constexpr db::Statement count_try{"count_email_change_try", R"sql(
    UPDATE email_change SET tries = tries + 1 WHERE id = $1
)sql"};

constexpr db::Statement spend_code{"spend_email_change", R"sql(
    UPDATE email_change SET used_at = $2 WHERE id = $1 AND used_at IS NULL
)sql"};

struct StoredChange {
    std::int64_t id = 0;
    std::string email;
    std::string hmac;
    int digits = 0;
    int tries = 0;
    Timestamp expires_at;
    bool is_used = false;
};

std::optional<StoredChange> change_from(const db::Rows& rows) {
    const auto row = rows.first<std::int64_t,
                                std::string,
                                db::Bytes,
                                std::int64_t,
                                std::int64_t,
                                Timestamp,
                                bool>();
    if (!row) {
        return std::nullopt;
    }
    const auto& [id, email, hmac, digits, tries, expires_at, is_used] = *row;
    return StoredChange{id,
                        email,
                        hmac.value,
                        static_cast<int>(digits),
                        static_cast<int>(tries),
                        expires_at,
                        is_used};
}

std::string code_message(std::int64_t account_id,
                         const std::string& email,
                         const std::string& code) {
    return "email change:" + std::to_string(account_id) + ':' + email + ':' + code;
}

db::Call code_mail(const ProfileServices& services,
                   const Account& account,
                   const std::string& email,
                   const std::string& code,
                   Timestamp expires_at) {
    const nlohmann::json model = {{"code", code},
                                  {"username", account.username},
                                  {"minutes", services.settings.code_minutes},
                                  {"valid_until", clock_text(expires_at)}};
    return services.outbox.queue(
        Message::ConfirmNewEmail, email, model, services.clock.now(), expires_at);
}

constexpr db::Statement is_email_now{"is_email_now", R"sql(
    SELECT 1 FROM account LEFT JOIN client ON client.account_id = account.id AND NOT is_deleted
    WHERE account.id = $1 AND coalesce(nullif(client.email, ''), account.email) = $2
)sql"};

std::optional<EmailRefusal> refusal(const ProfileServices& services,
                                    const Account& account,
                                    const std::string& email) {
    if (email.size() > longest_email || !looks_like_email(email)) {
        return EmailRefusal::Malformed;
    }
    const bool is_same = !services.database.run(is_email_now, account.id, email).empty();
    return is_same ? std::optional(EmailRefusal::SameAsNow) : std::nullopt;
}

using Outcome = std::variant<EmailChanged, EmailCodeWrong, EmailCodeRefusal>;

// Either why the code is not looked at, or the counted try; committed when this returns.
std::variant<StoredChange, EmailCodeRefusal> counted(const ProfileServices& services,
                                                     std::int64_t account_id) {
    db::Transaction transaction(services.database);
    auto change = change_from(transaction.run(lock_newest, account_id));
    if (!change || change->is_used) {
        return EmailCodeRefusal::NoCode;
    }
    if (change->expires_at <= services.clock.now()) {
        return EmailCodeRefusal::Expired;
    }
    if (change->tries >= tries_per_code) {
        return EmailCodeRefusal::Exhausted;
    }
    transaction.run(count_try, change->id);
    transaction.commit();
    ++change->tries;
    return *std::move(change);
}

Outcome carried_out(const ProfileServices& services,
                    const Account& account,
                    const StoredChange& change,
                    const std::string& network) {
    const Timestamp now = services.clock.now();
    db::Transaction transaction(services.database);
    if (transaction.run(spend_code, change.id, now).affected() == 0) {
        return EmailCodeRefusal::NoCode;
    }
    const auto owner = lock_owner_of(transaction, account.id);
    const bool waits = owner && services.settings.profile_approval;
    ProfileFields fields;
    fields.email = change.email;
    auto calls = waits   ? wishing(transaction, services, *owner, fields)
                 : owner ? applying(services, *owner, fields)
                         : changing_account_email(services, account, change.email);
    calls.push_back(audited({account.id,
                             waits ? "email_change_asked" : "email_changed",
                             owner ? "client:" + std::to_string(owner->client_id)
                                   : "account:" + std::to_string(account.id),
                             network},
                            now));
    transaction.run_all(std::move(calls));
    transaction.commit();
    return EmailChanged{change.email, waits};
}

}  // namespace

std::variant<EmailCodeSent, EmailCodeThrottled, EmailRefusal> ask_new_email(
    const ProfileServices& services,
    const Account& account,
    const std::string& typed,
    const std::string& network) {
    const std::string email = trimmed(typed);
    if (const auto why = refusal(services, account, email)) {
        return *why;
    }
    const Timestamp now = services.clock.now();
    db::Transaction transaction(services.database);
    const Limits limits = limits_of(transaction, services, account.id, email, network);
    if (limits.retry_at && *limits.retry_at > now) {
        return EmailCodeThrottled{*limits.retry_at};
    }
    const bool step_up = limits.tries >= services.settings.account_wrong_codes;
    const int digits = step_up ? step_up_digits : static_cast<int>(services.settings.code_length);
    const std::string code = random_digits(digits);
    const Timestamp expires_at = now + services.settings.code_life();
    const db::Bytes hmac{services.code_keys.sign(code_message(account.id, email, code))};
    transaction.run_all({{&insert_email_change,
                          db::Params(account.id, email, hmac, digits, network, now, expires_at)},
                         code_mail(services, account, email, code, expires_at)});
    transaction.commit();
    return EmailCodeSent{digits, expires_at};
}

db::Call finding_pending_email(const std::string& session_token) {
    return {&find_newest, db::Params(db::Bytes{sha256(session_token)})};
}

std::optional<PendingEmail> pending_email_from(const db::Rows& rows, Timestamp now) {
    const auto change = change_from(rows);
    if (!change || change->is_used || change->expires_at <= now
        || change->tries >= tries_per_code) {
        return std::nullopt;
    }
    return PendingEmail{change->email, change->digits, change->expires_at};
}

std::optional<PendingEmail> pending_email(const ProfileServices& services,
                                          const std::string& session_token) {
    const auto rows = services.database.run_all({finding_pending_email(session_token)});
    return pending_email_from(rows.front(), services.clock.now());
}

Outcome use_email_code(const ProfileServices& services,
                       const Account& account,
                       const std::string& code,
                       const std::string& network) {
    const auto attempt = counted(services, account.id);
    if (const auto* refused = std::get_if<EmailCodeRefusal>(&attempt)) {
        return *refused;
    }
    const auto& change = std::get<StoredChange>(attempt);
    if (services.code_keys.verify(code_message(account.id, change.email, code), change.hmac)) {
        return carried_out(services, account, change, network);
    }
    const int tries_left = tries_per_code - change.tries;
    return tries_left > 0 ? Outcome(EmailCodeWrong{tries_left})
                          : Outcome(EmailCodeRefusal::Exhausted);
}

}  // namespace ventanilla
