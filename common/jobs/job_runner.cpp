#include "jobs/job_runner.h"

#include <algorithm>

#include "accounts/password_hash.h"
#include "clients/text_array.h"
#include "core/errors.h"
#include "core/log.h"
#include "db/database_error.h"
#include "jobs/job_batch.h"

namespace ventanilla {
namespace {

using std::chrono::steady_clock;

// A batch takes about a second: mails get their turn, and little is lost when it is killed.
constexpr double batch_seconds = 1.0;
constexpr std::chrono::milliseconds hash_patience{1500};
constexpr std::int64_t first_hashes_a_thread = 8;
constexpr std::int64_t most_items = 400;
// Where nothing is hashed.
constexpr std::int64_t items_without_hash = 200;
constexpr int most_tries = 3;

constexpr db::Statement next_job{"next_queued_job", R"sql(
    SELECT id FROM bulk_job WHERE status = 'queued' AND NOT by_command AND id > $1 ORDER BY id LIMIT 1
)sql"};

constexpr db::Statement read_job{"read_queued_job", R"sql(
    SELECT action, sends_mail, created_by FROM bulk_job WHERE id = $1 AND status = 'queued'
)sql"};

// Whose item is locked is in another runner's hands. An item that cannot take part any more needs
// no password.
constexpr db::Statement claim_items{"claim_items", R"sql(
    SELECT item.id, job_refusal(job.action, client, account, true) IS NULL
    FROM bulk_job_item AS item
    JOIN bulk_job AS job ON job.id = item.job_id AND job.status = 'queued'
    JOIN client ON client.id = item.client_id
    LEFT JOIN account ON account.id = client.account_id AND NOT account.is_staff
    WHERE item.job_id = $1 AND item.status = 'pending'
    ORDER BY item.id LIMIT $2
    FOR UPDATE OF item SKIP LOCKED
)sql"};

// The first batch starts the clock of the credentials too: those of a job that never ends end.
constexpr db::Statement note_start{"note_job_start", R"sql(
    UPDATE bulk_job
    SET started_at = $2,
        expires_at = CASE WHEN action IN ('crear_usuario_portal', 'nueva_contrasena')
                     THEN greatest(expires_at, $3) END
    WHERE id = $1 AND started_at IS NULL
)sql"};

constexpr db::Statement end_job{"end_job", R"sql(
    UPDATE bulk_job
    SET status = 'done', finished_at = $2, started_at = coalesce(started_at, $2),
        expires_at = CASE WHEN action IN ('crear_usuario_portal', 'nueva_contrasena') THEN $3::timestamptz END
    WHERE id = $1 AND status = 'queued'
      AND NOT EXISTS (SELECT FROM bulk_job_item WHERE job_id = $1 AND status = 'pending')
)sql"};

constexpr db::Statement insert_single{"insert_single_job", R"sql(
    WITH job AS (
        INSERT INTO bulk_job (action, status, sends_mail, created_by, created_at)
        SELECT $1, 'queued', $2, $3, $4 WHERE EXISTS (SELECT FROM client WHERE id = $5)
        RETURNING id
    )
    INSERT INTO bulk_job_item (job_id, client_id) SELECT id, $5 FROM job RETURNING job_id, id
)sql"};

// Somebody else had the same rows in another order, or for too long: the next try finds them.
bool is_collision(const db::DatabaseError& error) {
    return error.sqlstate() == "40P01" || error.sqlstate() == "40001"
           || error.sqlstate() == "55P03";
}

// The deadlines that go with a job that starts or ends now.
db::Call timed(const db::Statement& statement,
               const RunnerServices& services,
               std::int64_t job_id,
               Timestamp now) {
    const Timestamp expires_at = now + std::chrono::hours(services.settings.credentials_hours);
    return {&statement, db::Params(job_id, now, expires_at)};
}

struct Claim {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> hashed_ids;  // those that need a password
};

Claim claim_from(const db::Rows& rows, JobAction action) {
    Claim claim;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [id, takes_part] = rows.at<std::int64_t, bool>(i);
        claim.ids.push_back(id);
        if (takes_part && makes_passwords(action)) {
            claim.hashed_ids.push_back(id);
        }
    }
    return claim;
}

// Makes the passwords of a claim; those that it did not come to leave the claim.
std::map<std::int64_t, ReadyPassword> made_passwords(Claim& claim, int threads) {
    std::vector<std::string> passwords(claim.hashed_ids.size());
    std::generate(passwords.begin(), passwords.end(), &made_password);
    auto hashes = background_hashes(passwords, threads, hash_patience);
    std::map<std::int64_t, ReadyPassword> ready;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const std::int64_t id = claim.hashed_ids[i];
        if (hashes[i].empty()) {
            std::erase(claim.ids, id);
        } else {
            ready[id] = {std::move(passwords[i]), std::move(hashes[i])};
        }
    }
    return ready;
}

SingleResult try_one(const RunnerServices& services,
                     RunningJob job,
                     std::int64_t client_id,
                     const ReadyPassword& ready) {
    const Timestamp now = services.clock.now();
    db::Transaction transaction(services.database);
    const auto inserted = transaction
                              .run(insert_single,
                                   job_action_name(job.action),
                                   job.sends_mail,
                                   job.actor.account_id,
                                   now,
                                   client_id)
                              .first<std::int64_t, std::int64_t>();
    if (!inserted) {
        throw Failure("no such client: " + std::to_string(client_id));
    }
    const auto [job_id, item_id] = *inserted;
    job.id = job_id;
    std::map<std::int64_t, ReadyPassword> passwords;
    if (makes_passwords(job.action)) {
        passwords[item_id] = ready;
    }
    SingleResult result{
        job_id, JobBatch(services, transaction, job).carry_out({item_id}, passwords).front()};
    if (result.item.status != ItemStatus::Done) {
        return {0, std::move(result.item)};
    }
    transaction.run_all({timed(end_job, services, job_id, now)});
    transaction.commit();
    return result;
}

}  // namespace

JobRunner::JobRunner(const RunnerServices& services, int threads)
    : services_(services), threads_(std::max(threads, 1)) {}

BatchOutcome JobRunner::run_batch() {
    auto outcome = BatchOutcome::NothingToDo;
    std::int64_t id = 0;
    while (const auto row = services_.database.run(next_job, id).first<std::int64_t>()) {
        id = std::get<0>(*row);
        if (advance(id)) {
            return BatchOutcome::Worked;
        }
        outcome = BatchOutcome::OthersAtWork;
    }
    return outcome;
}

bool JobRunner::advance(std::int64_t job_id) {
    try {
        return !run_batch_of(job_id).empty() || finish_job(job_id);
    } catch (const db::DatabaseError& error) {
        if (!is_collision(error)) {
            throw;
        }
        return false;
    }
}

std::vector<JobItem> JobRunner::run_batch_of(std::int64_t job_id) {
    for (int tries = 1;; ++tries) {
        try {
            return try_batch_of(job_id);
        } catch (const db::DatabaseError& error) {
            if (!is_collision(error) || tries == most_tries) {
                throw;
            }
            log_info("batch_again", {{"job", std::to_string(job_id)}, {"reason", error.what()}});
        }
    }
}

std::vector<JobItem> JobRunner::try_batch_of(std::int64_t job_id) {
    const Timestamp begun = services_.clock.now();
    const auto row = services_.database.run(read_job, job_id)
                         .first<std::string, bool, std::optional<std::int64_t>>();
    if (!row) {
        return {};
    }
    const auto& [action_name, sends_mail, created_by] = *row;
    const RunningJob job{job_id, job_action(action_name).value(), sends_mail, {created_by, ""}};
    db::Transaction transaction(services_.database);
    Claim claim =
        claim_from(transaction.run(claim_items, job_id, batch_size(job.action)), job.action);
    if (claim.ids.empty()) {
        return {};
    }
    const auto hashing = steady_clock::now();
    const auto ready = made_passwords(claim, threads_);
    if (!ready.empty()) {
        const std::chrono::duration<double> took = steady_clock::now() - hashing;
        hashes_per_second_ = static_cast<double>(ready.size()) / took.count();
    }
    auto items = JobBatch(services_, transaction, job).carry_out(claim.ids, ready);
    transaction.run_all({timed(note_start, services_, job_id, begun)});
    transaction.commit();
    return items;
}

bool JobRunner::finish_job(std::int64_t job_id) {
    const auto ended =
        services_.database.run_all({timed(end_job, services_, job_id, services_.clock.now())});
    if (ended.front().affected() == 0) {
        return false;
    }
    log_info("job_done", {{"job", std::to_string(job_id)}});
    return true;
}

std::int64_t JobRunner::batch_size(JobAction action) const {
    if (!makes_passwords(action)) {
        return items_without_hash;
    }
    const std::int64_t least = threads_;
    const auto wanted = hashes_per_second_ > 0
                            ? static_cast<std::int64_t>(hashes_per_second_ * batch_seconds)
                            : first_hashes_a_thread * threads_;
    return std::clamp(wanted, least, std::max(least, most_items));
}

SingleResult run_for_one(const RunnerServices& services,
                         JobAction action,
                         std::int64_t client_id,
                         bool sends_mail,
                         const std::optional<std::string>& password,
                         const Actor& actor) {
    ReadyPassword ready;
    if (makes_passwords(action)) {
        ready.password = password ? *password : made_password();
        ready.hash = hash_password(ready.password);
    }
    const RunningJob job{0, action, sends_mail, actor};
    for (int tries = 1;; ++tries) {
        try {
            return try_one(services, job, client_id, ready);
        } catch (const db::DatabaseError& error) {
            if (!is_collision(error) || tries == most_tries) {
                throw;
            }
        }
    }
}

}  // namespace ventanilla
