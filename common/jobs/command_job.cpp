#include "jobs/command_job.h"

#include <nlohmann/json.hpp>

#include "accounts/audit.h"

namespace ventanilla {
namespace {

// Any number will do that nothing else in this database uses.
constexpr std::int64_t lock_key = 0x6a6f6273;

constexpr db::Statement count_without_user{"count_without_user", R"sql(
    SELECT count(*) FROM client WHERE account_id IS NULL AND NOT is_deleted
)sql"};

constexpr db::Statement lock_command{"lock_command", "SELECT pg_try_advisory_lock($1)"};

constexpr db::Statement find_left_jobs{"find_left_command_jobs", R"sql(
    SELECT id FROM bulk_job WHERE status = 'queued' AND by_command ORDER BY id
)sql"};

constexpr db::Statement insert_command_job{"insert_command_job", R"sql(
    WITH chosen AS MATERIALIZED (
        SELECT client.id, client.sort_name,
               job_refusal('crear_usuario_portal', client, NULL::account, false) AS reason
        FROM client WHERE account_id IS NULL AND NOT is_deleted
        ORDER BY job_refusal('crear_usuario_portal', client, NULL::account, false) IS NOT NULL,
                 client.sort_name, client.id
        LIMIT $2
    ), job AS (
        INSERT INTO bulk_job (action, status, by_command, created_at)
        SELECT 'crear_usuario_portal', 'queued', true, $1 WHERE EXISTS (SELECT FROM chosen)
        RETURNING id
    ), items AS (
        INSERT INTO bulk_job_item (job_id, client_id, status, reason)
        SELECT job.id, chosen.id, CASE WHEN reason IS NULL THEN 'pending' ELSE 'left_out' END, reason
        FROM chosen, job ORDER BY sort_name, chosen.id
        RETURNING id
    )
    SELECT id, (SELECT count(*) FROM items) FROM job
)sql"};

constexpr db::Statement close_command_job{"close_command_job", R"sql(
    WITH job AS (
        UPDATE bulk_job
        SET status = 'done', finished_at = $2, started_at = coalesce(started_at, $2),
            expires_at = $2 + make_interval(hours => $3)
        WHERE id = $1 AND status = 'queued'
        RETURNING id
    )
    UPDATE bulk_job_item SET status = 'cancelled' FROM job
    WHERE job_id = job.id AND bulk_job_item.status = 'pending'
)sql"};

}  // namespace

std::int64_t clients_without_user(db::Connection& connection) {
    return std::get<0>(connection.run(count_without_user).at<std::int64_t>(0));
}

bool take_command_turn(db::Connection& connection) {
    return std::get<0>(connection.run(lock_command, lock_key).at<bool>(0));
}

std::vector<std::int64_t> left_command_jobs(db::Connection& connection) {
    const auto rows = connection.run(find_left_jobs);
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ids.push_back(std::get<0>(rows.at<std::int64_t>(i)));
    }
    return ids;
}

std::optional<std::int64_t> begin_command_job(db::Connection& connection,
                                              std::optional<std::int64_t> limit,
                                              Timestamp now) {
    db::Transaction transaction(connection);
    const auto row =
        transaction.run(insert_command_job, now, limit).first<std::int64_t, std::int64_t>();
    if (!row) {
        return std::nullopt;
    }
    const auto [id, clients] = *row;
    transaction.run_all({audited(
        {std::nullopt,
         "job_confirmed",
         "job:" + std::to_string(id),
         "",
         nlohmann::json{{"action", "crear_usuario_portal"}, {"clients", clients}, {"command", true}}
             .dump()},
        now)});
    transaction.commit();
    return id;
}

void end_command_job(db::Connection& connection,
                     std::int64_t id,
                     std::int64_t credentials_hours,
                     Timestamp now) {
    connection.run(close_command_job, id, now, credentials_hours);
}

}  // namespace ventanilla
