#include "sessions/session.h"

#include "core/digest.h"
#include "core/random.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

// Writing at each request would cost more than the page; a minute is precise enough for idle limits
// of many.
constexpr std::chrono::minutes use_precision{1};

constexpr db::Statement open_session{"open_session", R"sql(
    INSERT INTO session (token_hash, account_id, entered_by, network, device, created_at, last_used_at,
                         idle_seconds, expires_at)
    SELECT $1, id, $3, $4, $5, $6, $6,
           60 * CASE WHEN is_staff THEN $7::int ELSE $8::int END,
           $6::timestamptz + interval '1 hour' * CASE WHEN is_staff THEN $9::int ELSE $10::int END
    FROM account WHERE id = $2
)sql"};

constexpr db::Statement find_session{"find_session", R"sql(
    SELECT session.id, session.last_used_at, account.id, account.username, coalesce(account.email, ''),
           account.first_name, account.last_name, account.is_staff, account.weak_password,
           account.created_at, account.last_login_at
    FROM session JOIN account ON account.id = session.account_id
    WHERE session.token_hash = $1 AND account.is_active AND session.expires_at > $2
      AND session.last_used_at + make_interval(secs => session.idle_seconds) > $2
)sql"};

Session session_from(const db::Rows& rows) {
    const auto [id,
                last_used_at,
                account_id,
                username,
                email,
                first_name,
                last_name,
                is_staff,
                weak,
                created_at,
                last_login_at] = rows.at<std::int64_t,
                                         Timestamp,
                                         std::int64_t,
                                         std::string,
                                         std::string,
                                         std::string,
                                         std::string,
                                         bool,
                                         bool,
                                         Timestamp,
                                         std::optional<Timestamp>>(0);
    return {id,
            {account_id,
             username,
             email,
             first_name,
             last_name,
             is_staff,
             true,
             weak,
             created_at,
             last_login_at},
            last_used_at};
}

constexpr db::Statement list_sessions{"list_sessions", R"sql(
    SELECT other.id, other.device, other.network, other.entered_by, other.created_at, other.last_used_at
    FROM session AS mine JOIN session AS other ON other.account_id = mine.account_id
    WHERE mine.token_hash = $1 AND other.expires_at > $2
      AND other.last_used_at + make_interval(secs => other.idle_seconds) > $2
    ORDER BY other.last_used_at DESC, other.id DESC
)sql"};

std::vector<SessionLine> session_lines(const db::Rows& rows) {
    std::vector<SessionLine> lines;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, device, network, entered_by, created_at, last_used_at] =
            rows.at<std::int64_t, std::string, std::string, std::string, Timestamp, Timestamp>(i);
        lines.push_back({id, device, network, entered_by, created_at, last_used_at});
    }
    return lines;
}

constexpr db::Statement find_archived_origin{"find_archived_origin", R"sql(
    SELECT coalesce(archived.username, '')
    FROM session
    JOIN LATERAL (SELECT username FROM archived_user WHERE claimed_account_id = session.account_id
                  UNION ALL
                  SELECT username FROM archived_record WHERE claimed_account_id = session.account_id
                  LIMIT 1) AS archived ON true
    WHERE session.token_hash = $1
)sql"};

constexpr db::Statement note_session_use{"note_session_use", R"sql(
    UPDATE session SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2
)sql"};

constexpr db::Statement end_session{"end_session", R"sql(
    DELETE FROM session WHERE token_hash = $1
)sql"};

constexpr db::Statement end_session_of_account{"end_session_of_account", R"sql(
    DELETE FROM session WHERE account_id = $1 AND id = $2
)sql"};

constexpr db::Statement end_other_sessions{"end_other_sessions", R"sql(
    WITH ended AS (
        DELETE FROM session WHERE account_id = $1 AND id <> $2
        RETURNING expires_at > $3 AND last_used_at + make_interval(secs => idle_seconds) > $3 AS was_live
    )
    SELECT count(*) FROM ended WHERE was_live
)sql"};

}  // namespace

const char* entered_by_name(EnteredBy how) {
    switch (how) {
        case EnteredBy::Password:
            return "password";
        case EnteredBy::Archived:
            return "archived";
        case EnteredBy::Code:
            return "code";
        case EnteredBy::Admin:
            return "admin";
    }
    unreachable();
}

SessionOpening SessionStore::opening(std::int64_t account_id,
                                     EnteredBy how,
                                     const Visitor& visitor) const {
    std::string token = random_token();
    db::Params params(db::Bytes{sha256(token)},
                      account_id,
                      entered_by_name(how),
                      visitor.network,
                      visitor.device,
                      clock_.now(),
                      settings_.staff_idle_minutes,
                      settings_.session_idle_minutes,
                      settings_.staff_session_hours,
                      settings_.session_hours);
    return {std::move(token), {&open_session, std::move(params)}};
}

std::optional<Session> SessionStore::find(const std::string& token) {
    const auto rows = connection_.run(find_session, db::Bytes{sha256(token)}, clock_.now());
    if (rows.empty()) {
        return std::nullopt;
    }
    Session session = session_from(rows);
    note_use(session);
    return session;
}

std::optional<Overview> SessionStore::overview(const std::string& token) {
    const db::Bytes hash{sha256(token)};
    const auto now = clock_.now();
    const auto rows = connection_.run_all({{&find_session, db::Params(hash, now)},
                                           {&list_sessions, db::Params(hash, now)},
                                           {&find_archived_origin, db::Params(hash)}});
    if (rows[0].empty()) {
        return std::nullopt;
    }
    Overview overview{session_from(rows[0]), session_lines(rows[1]), std::nullopt};
    if (const auto origin = rows[2].first<std::string>()) {
        overview.archived_username = std::get<0>(*origin);
    }
    note_use(overview.session);
    return overview;
}

void SessionStore::note_use(const Session& session) {
    const auto now = clock_.now();
    if (now - session.last_used_at >= use_precision) {
        connection_.run(note_session_use, session.id, now);
    }
}

void SessionStore::end(const std::string& token) {
    connection_.run(end_session, db::Bytes{sha256(token)});
}

bool SessionStore::end_one(std::int64_t account_id, std::int64_t session_id) {
    return connection_.run(end_session_of_account, account_id, session_id).affected() > 0;
}

db::Call SessionStore::ending_others(std::int64_t account_id, std::int64_t kept_session_id) const {
    return {&end_other_sessions, db::Params(account_id, kept_session_id, clock_.now())};
}

std::int64_t SessionStore::end_others(std::int64_t account_id, std::int64_t kept_session_id) {
    const auto call = ending_others(account_id, kept_session_id);
    return std::get<0>(connection_.run_all({call}).front().at<std::int64_t>(0));
}

}  // namespace ventanilla
