#include "accounts/audit_trail.h"

#include "core/digest.h"

namespace ventanilla {
namespace {

constexpr db::Statement list_audit{"list_audit", R"sql(
    WITH found AS MATERIALIZED (
        SELECT id, at, actor_id, action, subject, network, details,
               split_part(subject, ':', 1) AS kind,
               CASE WHEN subject ~ '^[a-z_]+:[0-9]{1,18}$' THEN split_part(subject, ':', 2)::bigint END AS subject_id
        FROM audit_log
        WHERE ($1 = '' OR actor_id IN (SELECT id FROM account WHERE lower(username) LIKE '%' || lower($1) || '%'))
          AND ($2 = '' OR action = $2)
          AND ($3 = '' OR subject = $3)
          AND ($4::timestamptz IS NULL OR at >= $4)
          AND ($5::timestamptz IS NULL OR at < $5)
        ORDER BY id DESC
        LIMIT $6 OFFSET $7
    )
    SELECT found.at, coalesce(actor.username, ''), found.action, found.subject,
           coalesce(client.full_name, account.username, ''), found.network,
           CASE WHEN found.details = '{}' THEN '' ELSE found.details::text END
    FROM found
    LEFT JOIN account AS actor ON actor.id = found.actor_id
    LEFT JOIN client ON found.kind = 'client' AND client.id = found.subject_id
    LEFT JOIN account ON found.kind = 'account' AND account.id = found.subject_id
    ORDER BY found.id DESC
)sql"};

std::vector<AuditLine> lines_from(const db::Rows& rows) {
    std::vector<AuditLine> lines;
    lines.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [at, actor, action, subject, subject_name, network, details] = rows.at<Timestamp,
                                                                                    std::string,
                                                                                    std::string,
                                                                                    std::string,
                                                                                    std::string,
                                                                                    std::string,
                                                                                    std::string>(i);
        lines.push_back({at, actor, action, subject, subject_name, network, details});
    }
    return lines;
}

std::vector<AuditLine> lines(db::Connection& connection,
                             const AuditFilter& filter,
                             std::int64_t limit,
                             std::int64_t offset) {
    return lines_from(connection.run(list_audit,
                                     filter.who,
                                     filter.action,
                                     filter.subject,
                                     filter.from,
                                     filter.until,
                                     limit,
                                     offset));
}

// Jumps from one action to the next in the index on action: the log is long, its actions are few.
constexpr db::Statement list_actions{"list_audit_actions", R"sql(
    WITH RECURSIVE seen AS (
        (SELECT action FROM audit_log ORDER BY action LIMIT 1)
        UNION ALL
        SELECT (SELECT action FROM audit_log WHERE action > seen.action ORDER BY action LIMIT 1)
        FROM seen WHERE seen.action IS NOT NULL
    )
    SELECT action FROM seen WHERE action IS NOT NULL
)sql"};

// Each of the three ways ends early in its index.
constexpr db::Statement list_own_events{"list_own_events", R"sql(
    WITH owner AS (
        SELECT session.account_id, session_client.client_id
        FROM session LEFT JOIN session_client USING (token_hash)
        WHERE session.token_hash = $1
    ), found AS (
        (SELECT audit_log.* FROM owner JOIN audit_log ON actor_id = owner.account_id ORDER BY at DESC LIMIT $2)
        UNION
        (SELECT audit_log.* FROM owner JOIN audit_log ON subject = 'account:' || owner.account_id ORDER BY at DESC LIMIT $2)
        UNION
        (SELECT audit_log.* FROM owner JOIN audit_log ON subject = 'client:' || owner.client_id ORDER BY at DESC LIMIT $2)
    )
    SELECT at, action, actor_id IS NOT DISTINCT FROM owner.account_id,
           CASE WHEN actor_id = owner.account_id THEN network ELSE '' END
    FROM found CROSS JOIN owner
    ORDER BY at DESC, id DESC
    LIMIT $2
)sql"};

}  // namespace

AuditPage audit_page(db::Connection& connection, const AuditFilter& filter, std::int64_t page) {
    AuditPage found;
    found.lines =
        lines(connection, filter, audit_lines_per_page + 1, (page - 1) * audit_lines_per_page);
    found.has_more = std::ssize(found.lines) > audit_lines_per_page;
    if (found.has_more) {
        found.lines.pop_back();
    }
    return found;
}

std::vector<AuditLine> audit_export(db::Connection& connection, const AuditFilter& filter) {
    return lines(connection, filter, audit_export_limit, 0);
}

std::vector<std::string> audit_actions(db::Connection& connection) {
    const auto rows = connection.run(list_actions);
    std::vector<std::string> actions;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        actions.push_back(std::get<0>(rows.at<std::string>(i)));
    }
    return actions;
}

std::vector<OwnEvent> own_events(db::Connection& connection,
                                 const std::string& session_token,
                                 std::int64_t count) {
    const auto rows = connection.run(list_own_events, db::Bytes{sha256(session_token)}, count);
    std::vector<OwnEvent> events;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [at, action, is_mine, network] = rows.at<Timestamp, std::string, bool, std::string>(i);
        events.push_back({at, action, is_mine, network});
    }
    return events;
}

}  // namespace ventanilla
