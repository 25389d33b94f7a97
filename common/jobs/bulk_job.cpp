#include "jobs/bulk_job.h"

#include <nlohmann/json.hpp>

#include "clients/text_array.h"

namespace ventanilla {
namespace {

// Either of the ids ($4), or of what a filter finds ($5 to $9). Items are numbered in the order of
// names, which is the order of everything that is made of them.
constexpr db::Statement insert_draft{"insert_draft", R"sql(
    WITH chosen AS MATERIALIZED (
        SELECT client.id, client.sort_name,
               job_refusal($1, client, account, EXISTS (
                   SELECT FROM bulk_job_item AS made JOIN bulk_job ON bulk_job.id = made.job_id
                   WHERE made.account_id = client.account_id AND made.sealed IS NOT NULL
                     AND bulk_job.expires_at > $3)) AS reason
        FROM client LEFT JOIN account ON account.id = client.account_id AND NOT account.is_staff
        WHERE CASE WHEN $4::bigint[] IS NOT NULL THEN client.id = ANY ($4)
              ELSE client.search_text LIKE (SELECT folded($5)) AND client.search_text LIKE (SELECT folded($6))
               AND client.search_text LIKE ALL ((SELECT folded($7))::text[])
               AND ($8::boolean IS NULL OR (client.account_id IS NOT NULL) = $8) AND client.is_deleted = $9 END
    ), job AS (
        INSERT INTO bulk_job (action, created_by, created_at)
        SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM chosen)
        RETURNING id
    ), items AS (
        INSERT INTO bulk_job_item (job_id, client_id, status, reason)
        SELECT job.id, chosen.id, CASE WHEN reason IS NULL THEN 'pending' ELSE 'left_out' END, reason
        FROM chosen, job ORDER BY sort_name, chosen.id
    )
    SELECT id FROM job
)sql"};

constexpr db::Statement queue_draft{"queue_draft", R"sql(
    UPDATE bulk_job SET status = 'queued', sends_mail = $2 WHERE id = $1 AND status = 'draft' RETURNING action
)sql"};

// Who is in the hands of a runner is passed over: waiting would only mean to be too late.
constexpr db::Statement cancel_queued{"cancel_queued", R"sql(
    WITH job AS (
        UPDATE bulk_job SET status = 'cancelled', finished_at = $2
        WHERE id = $1 AND status IN ('draft', 'queued')
        RETURNING id, action
    ), pending AS (
        SELECT item.id FROM bulk_job_item AS item JOIN job ON job.id = item.job_id
        WHERE item.status = 'pending'
        FOR UPDATE OF item SKIP LOCKED
    ), undone AS (
        UPDATE bulk_job_item SET status = 'cancelled' FROM pending WHERE bulk_job_item.id = pending.id
    )
    SELECT action FROM job
)sql"};

constexpr db::Statement drop_draft{"drop_draft", R"sql(
    DELETE FROM bulk_job WHERE id = $1 AND status = 'draft'
)sql"};

constexpr db::Statement requeue_failed{"requeue_failed", R"sql(
    WITH job AS (
        UPDATE bulk_job SET status = 'queued', started_at = NULL, finished_at = NULL
        WHERE id = $1 AND status IN ('done', 'cancelled')
          AND EXISTS (SELECT FROM bulk_job_item WHERE job_id = $1 AND status = 'failed')
        RETURNING id, action
    ), again AS (
        UPDATE bulk_job_item SET status = CASE status WHEN 'failed' THEN 'pending' ELSE 'cancelled' END, reason = NULL
        FROM job WHERE job_id = job.id AND bulk_job_item.status IN ('failed', 'pending')
        RETURNING bulk_job_item.status
    )
    SELECT action, (SELECT count(*) FROM again WHERE status = 'pending') FROM job
)sql"};

constexpr db::Statement forget_credentials{"forget_credentials", R"sql(
    WITH job AS (
        UPDATE bulk_job SET discarded_at = $2 WHERE id = $1 RETURNING id, action
    ), forgotten AS (
        UPDATE bulk_job_item SET sealed = NULL FROM job WHERE job_id = job.id AND sealed IS NOT NULL
        RETURNING bulk_job_item.id
    )
    SELECT action, (SELECT count(*) FROM forgotten) FROM job
)sql"};

db::Call job_event(const char* what,
                   std::int64_t job_id,
                   const nlohmann::json& details,
                   const Actor& actor,
                   Timestamp now) {
    return audited(
        {actor.account_id, what, "job:" + std::to_string(job_id), actor.network, details.dump()},
        now);
}

}  // namespace

std::optional<std::int64_t> draft_job(db::Connection& connection,
                                      JobAction action,
                                      const Selection& selection,
                                      const Actor& actor,
                                      Timestamp now) {
    const ClientFilter filter = selection.all_matching.value_or(ClientFilter());
    const auto ids = selection.all_matching ? std::nullopt : std::optional(id_array(selection.ids));
    const SearchPatterns patterns = search_patterns(filter.text);
    const auto row = connection
                         .run(insert_draft,
                              job_action_name(action),
                              actor.account_id,
                              now,
                              ids,
                              patterns.rarest,
                              patterns.second,
                              patterns.all,
                              has_account(filter.portal),
                              filter.deleted)
                         .first<std::int64_t>();
    return row ? std::optional(std::get<0>(*row)) : std::nullopt;
}

bool confirm_job(db::Connection& connection,
                 std::int64_t id,
                 bool sends_mail,
                 const Actor& actor,
                 Timestamp now) {
    db::Transaction transaction(connection);
    const auto row = transaction.run(queue_draft, id, sends_mail).first<std::string>();
    if (!row) {
        return false;
    }
    const auto& [action] = *row;
    transaction.run_all({job_event(
        "job_confirmed", id, {{"action", action}, {"sends_mail", sends_mail}}, actor, now)});
    transaction.commit();
    return true;
}

bool cancel_job(db::Connection& connection, std::int64_t id, const Actor& actor, Timestamp now) {
    if (connection.run(drop_draft, id).affected() > 0) {
        return true;
    }
    db::Transaction transaction(connection);
    const auto row = transaction.run(cancel_queued, id, now).first<std::string>();
    if (!row) {
        return false;
    }
    const auto& [action] = *row;
    transaction.run_all({job_event("job_cancelled", id, {{"action", action}}, actor, now)});
    transaction.commit();
    return true;
}

std::int64_t retry_failed(db::Connection& connection,
                          std::int64_t id,
                          const Actor& actor,
                          Timestamp now) {
    db::Transaction transaction(connection);
    const auto row = transaction.run(requeue_failed, id).first<std::string, std::int64_t>();
    if (!row) {
        return 0;
    }
    const auto& [action, count] = *row;
    transaction.run_all(
        {job_event("job_retried", id, {{"action", action}, {"clients", count}}, actor, now)});
    transaction.commit();
    return count;
}

void discard_credentials(db::Connection& connection,
                         std::int64_t id,
                         const Actor& actor,
                         Timestamp now) {
    db::Transaction transaction(connection);
    const auto row =
        transaction.run(forget_credentials, id, now).first<std::string, std::int64_t>();
    if (!row) {
        return;
    }
    const auto& [action, count] = *row;
    transaction.run_all({job_event(
        "credentials_discarded", id, {{"action", action}, {"clients", count}}, actor, now)});
    transaction.commit();
}

}  // namespace ventanilla
