#include "claims/code_tries.h"

#include <tuple>

namespace ventanilla {
namespace {

// All tries of the site are judged one after the other, so that no budget is overshot by tries that
// come at once.
constexpr db::Statement lock_code_tries{"lock_code_tries", R"sql(
    SELECT pg_advisory_xact_lock(hashtextextended('code_tries', 0))
)sql"};

constexpr db::Statement find_codes{"find_codes", R"sql(
    SELECT claim.id, claim.purpose, claim.email, claim.archived_user_id, claim.archived_record_id,
           coalesce(claim.username, ''), coalesce(claim.first_name, ''), coalesce(claim.last_name, ''),
           coalesce(claim.password_hash, ''), claim.verified_at IS NOT NULL,
           code.id, code.code_hmac, code.digits, code.tries, code.expires_at, code.used_at IS NOT NULL,
           code.replaced_at
    FROM (SELECT * FROM claim
          WHERE browser_hash = $1 AND $2::jsonb ? purpose AND created_at > $3::timestamptz - interval '24 hours'
          ORDER BY id DESC LIMIT 1) AS claim
    JOIN verification_code AS code ON code.claim_id = claim.id
    ORDER BY code.id DESC
)sql"};

std::optional<ClaimInQuestion> claim_from(const db::Rows& rows) {
    if (rows.empty()) {
        return std::nullopt;
    }
    using Id = std::optional<std::int64_t>;
    using Text = std::string;
    ClaimInQuestion claim;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        StoredCode code;
        db::Bytes hmac;
        std::int64_t digits = 0;
        std::int64_t tries = 0;
        std::tie(claim.id,
                 claim.purpose,
                 claim.email,
                 claim.archived_user_id,
                 claim.archived_record_id,
                 claim.username,
                 claim.first_name,
                 claim.last_name,
                 claim.password_hash,
                 claim.is_verified,
                 code.id,
                 hmac,
                 digits,
                 tries,
                 code.expires_at,
                 code.is_used,
                 code.replaced_at) = rows.at<std::int64_t,
                                             Text,
                                             Text,
                                             Id,
                                             Id,
                                             Text,
                                             Text,
                                             Text,
                                             Text,
                                             bool,
                                             std::int64_t,
                                             db::Bytes,
                                             std::int64_t,
                                             std::int64_t,
                                             Timestamp,
                                             bool,
                                             std::optional<Timestamp>>(i);
        code.hmac = hmac.value;
        code.digits = static_cast<int>(digits);
        code.tries = static_cast<int>(tries);
        claim.codes.push_back(std::move(code));
    }
    return claim;
}

// What has been guessed so far: for this mailbox since its last success (in 24 h, and in all), by
// this network (when the oldest of its allowed wrong ones is a day old), and on the whole site by
// claims without success.
constexpr db::Statement find_wrong_tries{"find_wrong_tries", R"sql(
    WITH last_success AS (
        SELECT coalesce(max(tried_at), '-infinity') AS at FROM code_attempt
        WHERE mailbox = lower($1 COLLATE "C") AND outcome = 'right'
    )
    SELECT
        EXISTS (SELECT FROM code_step_up WHERE mailbox = lower($1 COLLATE "C")),
        (SELECT count(*) FROM code_attempt, last_success
         WHERE mailbox = lower($1 COLLATE "C") AND outcome = 'wrong' AND tried_at > last_success.at
           AND tried_at > $3::timestamptz - interval '24 hours'),
        (SELECT count(*) FROM code_attempt, last_success
         WHERE mailbox = lower($1 COLLATE "C") AND outcome = 'wrong' AND tried_at > last_success.at),
        (SELECT tried_at + interval '24 hours' FROM code_attempt
         WHERE network = $2 AND outcome = 'wrong' AND tried_at > $3::timestamptz - interval '24 hours'
         ORDER BY tried_at DESC OFFSET $4::int - 1 LIMIT 1),
        (SELECT count(*) FROM code_attempt JOIN claim ON claim.id = code_attempt.claim_id
         WHERE outcome = 'wrong' AND is_short AND tried_at > $3::timestamptz - interval '24 hours'
           AND claim.verified_at IS NULL)
)sql"};

WrongTries wrong_tries_from(const db::Rows& rows) {
    const auto [stepped_up, day, consecutive, until, site] =
        rows.at<bool, std::int64_t, std::int64_t, std::optional<Timestamp>, std::int64_t>(0);
    return {stepped_up, day, consecutive, until, site};
}

constexpr db::Statement insert_code_try{"insert_code_try", R"sql(
    WITH counted AS (
        UPDATE verification_code SET tries = tries + 1 WHERE id = $1 RETURNING claim_id, id
    )
    INSERT INTO code_attempt (claim_id, code_id, mailbox, network, is_short, tried_at)
    SELECT claim_id, id, lower($2 COLLATE "C"), $3, $4, $5 FROM counted
    RETURNING id
)sql"};

}  // namespace

std::optional<ClaimInQuestion> claim_in_question(db::Connection& database,
                                                 Flow flow,
                                                 const Visitor& visitor,
                                                 Timestamp now) {
    return claim_from(
        database.run(find_codes, db::Bytes{visitor.browser_hash}, flow_purposes(flow), now));
}

std::optional<ClaimInQuestion> locked_claim_in_question(db::Transaction& transaction,
                                                        Flow flow,
                                                        const Visitor& visitor,
                                                        Timestamp now) {
    const auto rows = transaction.run_all(
        {{&lock_code_tries, db::Params()},
         {&find_codes, db::Params(db::Bytes{visitor.browser_hash}, flow_purposes(flow), now)}});
    return claim_from(rows[1]);
}

WrongTries wrong_tries(db::Transaction& transaction,
                       const std::string& email,
                       const std::string& network,
                       std::int64_t network_limit,
                       Timestamp now) {
    return wrong_tries_from(transaction.run(find_wrong_tries, email, network, now, network_limit));
}

std::int64_t count_code_try(db::Transaction& transaction,
                            const ClaimInQuestion& claim,
                            const std::string& network,
                            Timestamp now) {
    const StoredCode& code = claim.codes.front();
    const auto rows =
        transaction.run(insert_code_try, code.id, claim.email, network, code.is_short(), now);
    return std::get<0>(rows.at<std::int64_t>(0));
}

}  // namespace ventanilla
