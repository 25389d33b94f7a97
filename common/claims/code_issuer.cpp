#include "claims/code_issuer.h"

#include <nlohmann/json.hpp>

#include "core/random.h"
#include "core/text.h"

namespace ventanilla {
namespace {

// Two requests for one address at once are judged one after the other.
constexpr db::Statement lock_mailbox{"lock_mailbox", R"sql(
    SELECT pg_advisory_xact_lock(hashtextextended(lower($1 COLLATE "C"), 0))
)sql"};

// When each limit lets the next code out: the last mail to the address plus the gap, the oldest of
// the last N mails plus a day, and so on. NULL where a limit is not reached.
constexpr db::Statement find_code_limits{"find_code_limits", R"sql(
    SELECT
        (SELECT max(created_at) + make_interval(secs => $4::int) FROM verification_code
         WHERE lower(email COLLATE "C") = lower($1 COLLATE "C")),
        greatest(
            (SELECT created_at + interval '24 hours' FROM verification_code
             WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND created_at > $3::timestamptz - interval '24 hours'
             ORDER BY created_at DESC OFFSET $5::int - 1 LIMIT 1),
            (SELECT created_at + interval '24 hours' FROM verification_code
             WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND network = $2
               AND created_at > $3::timestamptz - interval '24 hours'
             ORDER BY created_at DESC OFFSET $6::int - 1 LIMIT 1)),
        (SELECT created_at + interval '1 hour' FROM verification_code
         WHERE network = $2 AND created_at > $3::timestamptz - interval '1 hour'
         ORDER BY created_at DESC OFFSET $7::int - 1 LIMIT 1),
        (SELECT tried_at + interval '24 hours' FROM code_attempt
         WHERE network = $2 AND outcome = 'wrong' AND tried_at > $3::timestamptz - interval '24 hours'
         ORDER BY tried_at DESC OFFSET $8::int - 1 LIMIT 1)
)sql"};

// Whether codes have to be long now: for this mailbox, or for all because the whole site is being
// guessed at.
constexpr db::Statement find_step_up{"find_step_up", R"sql(
    SELECT EXISTS (SELECT FROM code_step_up WHERE mailbox = lower($1 COLLATE "C"))
        OR (SELECT count(*) FROM code_attempt JOIN claim ON claim.id = code_attempt.claim_id
            WHERE outcome = 'wrong' AND is_short AND tried_at > $2::timestamptz - interval '24 hours'
              AND claim.verified_at IS NULL) >= $3
)sql"};

constexpr db::Statement find_codes_of_claim{"find_codes_of_claim", R"sql(
    SELECT code_hmac FROM verification_code WHERE claim_id = $1
)sql"};

constexpr db::Statement replace_codes{"replace_codes", R"sql(
    UPDATE verification_code SET replaced_at = $2
    WHERE claim_id = $1 AND replaced_at IS NULL AND used_at IS NULL
)sql"};

constexpr db::Statement insert_code{"insert_code", R"sql(
    INSERT INTO verification_code (claim_id, email, code_hmac, digits, network, created_at, expires_at,
                                   archived_user_id, archived_record_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
)sql"};

// A code that this claim has not had before, so that "replaced" and "wrong" can be told apart.
std::string fresh_code(const ClaimServices& services,
                       std::int64_t claim_id,
                       int digits,
                       const db::Rows& earlier) {
    for (;;) {
        std::string code = random_digits(digits);
        bool is_fresh = true;
        for (std::size_t i = 0; i < earlier.size(); ++i) {
            const auto [hmac] = earlier.at<db::Bytes>(i);
            is_fresh =
                is_fresh && !services.code_keys.verify(code_message(claim_id, code), hmac.value);
        }
        if (is_fresh) {
            return code;
        }
    }
}

Message message_for(const CodeRequest& request, Occasion occasion) {
    if (request.purpose == "recovery") {
        return Message::PasswordResetCode;
    }
    return occasion == Occasion::First ? Message::VerificationCode
                                       : Message::VerificationCodeResent;
}

nlohmann::json mail_model(const ClaimServices& services,
                          const CodeRequest& request,
                          const std::string& code,
                          Timestamp expires_at) {
    nlohmann::json model = {{"code", code},
                            {"minutes", services.settings.code_minutes},
                            {"valid_until", clock_text(expires_at)}};
    model["usernames"] = nlohmann::json::array();
    for (const auto& username : request.usernames) {
        model["usernames"].push_back({{"username", username}});
    }
    model["several"] = request.usernames.size() > 1;
    if (request.usernames.size() == 1) {
        model["username"] = request.usernames.front();
    }
    return model;
}

}  // namespace

std::string code_message(std::int64_t claim_id, const std::string& code) {
    return std::to_string(claim_id) + ':' + code;
}

std::optional<CodeThrottled> code_limit(db::Transaction& transaction,
                                        const ClaimServices& services,
                                        const std::string& email,
                                        const Visitor& visitor) {
    const Settings& settings = services.settings;
    const Timestamp now = services.clock.now();
    const auto rows = transaction.run_all({{&lock_mailbox, db::Params(email)},
                                           {&find_code_limits,
                                            db::Params(email,
                                                       visitor.network,
                                                       now,
                                                       settings.mail_gap_seconds,
                                                       settings.mail_day_total,
                                                       settings.mail_day_network,
                                                       settings.network_code_requests,
                                                       settings.network_wrong_codes)}});
    using Moment = std::optional<Timestamp>;
    const auto [gap, day, requests, wrong] = rows[1].at<Moment, Moment, Moment, Moment>(0);
    if (wrong && *wrong > now) {
        return CodeThrottled{CodeLimit::NetworkWrong, *wrong};
    }
    if (day && *day > now) {
        return CodeThrottled{CodeLimit::MailDay, *day};
    }
    if (requests && *requests > now) {
        return CodeThrottled{CodeLimit::NetworkRequests, *requests};
    }
    if (gap && *gap > now) {
        return CodeThrottled{CodeLimit::MailGap, *gap};
    }
    return std::nullopt;
}

void issue_code(db::Transaction& transaction,
                const ClaimServices& services,
                std::int64_t claim_id,
                const CodeRequest& request,
                const Visitor& visitor,
                Occasion occasion) {
    const Timestamp now = services.clock.now();
    const Timestamp expires_at = now + services.settings.code_life();
    const auto rows = transaction.run_all(
        {{&find_step_up, db::Params(request.email, now, services.settings.site_wrong_codes)},
         {&find_codes_of_claim, db::Params(claim_id)}});
    const bool step_up = std::get<0>(rows[0].at<bool>(0));
    const int digits = step_up ? step_up_digits : static_cast<int>(services.settings.code_length);
    const std::string code = fresh_code(services, claim_id, digits, rows[1]);
    // A code of a claim that matches nothing is never right, whatever is typed.
    const std::string hmac = request.recipient.has_value()
                                 ? services.code_keys.sign(code_message(claim_id, code))
                                 : random_bytes(32);
    std::vector<db::Call> calls = {{&replace_codes, db::Params(claim_id, now)},
                                   {&insert_code,
                                    db::Params(claim_id,
                                               request.email,
                                               db::Bytes{hmac},
                                               digits,
                                               visitor.network,
                                               now,
                                               expires_at,
                                               request.archived_user_id,
                                               request.archived_record_id)}};
    if (request.recipient) {
        calls.push_back(services.outbox.queue(message_for(request, occasion),
                                              *request.recipient,
                                              mail_model(services, request, code, expires_at),
                                              now,
                                              expires_at));
    }
    transaction.run_all(std::move(calls));
}

}  // namespace ventanilla
