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
           account.first_name, account.last_name, account.is_staff,
           coalesce(account.role, ''), account.weak_password, account.created_at, account.last_login_at
    FROM session JOIN account ON account.id = session.account_id
    WHERE session.token_hash = $1 AND account.is_active AND session.expires_at > $2
      AND session.last_used_at + make_interval(secs => session.idle_seconds) > $2
)sql"};

Role staff_role(const std::string& name) {
    if (name == "administrador") {
        return Role::Administrator;
    }
    return name == "operador" ? Role::Operator : Role::Reader;
}

Session session_from(const db::Rows& rows) {
    const auto [id,
                last_used_at,
                account_id,
                username,
                email,
                first_name,
                last_name,
                is_staff,
                role,
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
                                         std::string,
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
             is_staff ? staff_role(role) : Role::None,
             true,
             weak,
             created_at,
             last_login_at},
            last_used_at};
}

// A row for each live session of the account: the columns of find_session, the archived username,
// and the line.
constexpr db::Statement find_overview{"find_session_overview", R"sql(
    SELECT session.id, session.last_used_at, account.id, account.username, coalesce(account.email, ''),
           account.first_name, account.last_name, account.is_staff,
           coalesce(account.role, ''), account.weak_password, account.created_at, account.last_login_at,
           origin.username,
           other.id, other.device, other.network, other.entered_by, other.created_at, other.last_used_at
    FROM session JOIN account ON account.id = session.account_id
    JOIN session AS other ON other.account_id = session.account_id
    LEFT JOIN LATERAL (SELECT coalesce(username, '') AS username
                       FROM (SELECT username FROM archived_user WHERE claimed_account_id = account.id
                             UNION ALL
                             SELECT username FROM archived_record WHERE claimed_account_id = account.id) AS archived
                       LIMIT 1) AS origin ON true
    WHERE session.token_hash = $1 AND account.is_active AND session.expires_at > $2
      AND session.last_used_at + make_interval(secs => session.idle_seconds) > $2
      AND other.expires_at > $2 AND other.last_used_at + make_interval(secs => other.idle_seconds) > $2
    ORDER BY other.last_used_at DESC, other.id DESC
)sql"};

template <class Value>
Value cell_as(const db::Rows& rows, std::size_t row, std::size_t column) {
    Value value{};
    using db::parse_cell;
    parse_cell(rows.cell(row, column), value);
    return value;
}

constexpr std::size_t origin_column = 12;

SessionLine session_line(const db::Rows& rows, std::size_t row) {
    constexpr std::size_t first = origin_column + 1;
    return {cell_as<std::int64_t>(rows, row, first),
            cell_as<std::string>(rows, row, first + 1),
            cell_as<std::string>(rows, row, first + 2),
            cell_as<std::string>(rows, row, first + 3),
            cell_as<Timestamp>(rows, row, first + 4),
            cell_as<Timestamp>(rows, row, first + 5)};
}

Overview overview_from(const db::Rows& rows) {
    Overview overview{
        session_from(rows), {}, cell_as<std::optional<std::string>>(rows, 0, origin_column)};
    for (std::size_t row = 0; row < rows.size(); ++row) {
        overview.sessions.push_back(session_line(rows, row));
    }
    return overview;
}

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
    return used(connection_.run(find_session, db::Bytes{sha256(token)}, clock_.now()));
}

void SessionStore::look_ahead(const std::string& token) {
    connection_.send_ahead({&find_session, db::Params(db::Bytes{sha256(token)}, clock_.now())});
}

std::optional<Session> SessionStore::found_ahead() {
    return used(connection_.take_ahead());
}

std::optional<Session> SessionStore::used(const db::Rows& rows) {
    if (rows.empty()) {
        return std::nullopt;
    }
    Session session = session_from(rows);
    note_use(session);
    return session;
}

std::optional<Overview> SessionStore::overview(const std::string& token) {
    look_ahead_overview(token);
    return overview_found_ahead();
}

void SessionStore::look_ahead_overview(const std::string& token) {
    connection_.send_ahead({&find_overview, db::Params(db::Bytes{sha256(token)}, clock_.now())});
}

std::optional<Overview> SessionStore::overview_found_ahead() {
    const db::Rows rows = connection_.take_ahead();
    if (rows.empty()) {
        return std::nullopt;
    }
    Overview overview = overview_from(rows);
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

void SessionStore::end_all(std::int64_t account_id,
                           const std::string& subject,
                           const Actor& actor) {
    connection_.run_all(
        {ending_others(account_id, 0),
         audited({actor.account_id, "client_sessions_ended", subject, actor.network},
                 clock_.now())});
}

std::int64_t SessionStore::end_others(std::int64_t account_id, std::int64_t kept_session_id) {
    const auto call = ending_others(account_id, kept_session_id);
    return std::get<0>(connection_.run_all({call}).front().at<std::int64_t>(0));
}

}  // namespace ventanilla
