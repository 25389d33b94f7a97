#include "claims/archive_import_store.h"

#include <chrono>
#include <filesystem>
#include <limits>

#include <nlohmann/json.hpp>

#include "accounts/audit.h"
#include "claims/archive_import_target.h"
#include "db/database_error.h"

namespace ventanilla {

namespace {

constexpr std::int64_t lock_key = 7'301'002;
constexpr std::chrono::milliseconds usual_statement_time{5000};

// Only this session's commits are asynchronous: an import that a power cut undoes in part is simply
// run again, and finish() waits for the disk before anybody is told that it is done. The staging
// table is never on disk that matters.
constexpr db::Statement prepare_session{"prepare_import_session", R"sql(
    SELECT set_config('synchronous_commit', 'off', false),
           set_config('temp_buffers', '32MB', false),
           set_config('work_mem', '32MB', false)
)sql"};

constexpr db::Statement begin_batch{"begin_batch", "SELECT"};

constexpr const char* unique_violation = "23505";

// Waits as long as lock_timeout lets it: a session that has just ended may hold the lock for a
// moment more.
constexpr db::Statement take_lock{"take_import_lock", R"sql(
    SELECT pg_advisory_lock($1)
)sql"};

constexpr const char* lock_not_available = "55P03";

constexpr db::Statement open_run{"open_import", R"sql(
    INSERT INTO archive_import (source_table, file_name) VALUES ($1, $2) RETURNING id
)sql"};

// The ids that an earlier run had brought and this file has had already; filled only when there are
// such.
constexpr const char* create_met = R"sql(
    CREATE TEMP TABLE archive_met (legacy_id text PRIMARY KEY)
)sql";

// A value that a column or index cannot hold, in contrast to a database that is ill.
bool is_about_the_rows(const db::DatabaseError& error) {
    return error.sqlstate().starts_with("22") || error.sqlstate().starts_with("54")
           || error.is_constraint_violation();
}

}  // namespace

ArchiveStore::ArchiveStore(db::Connection& connection, const ArchiveImport& import)
    : connection_(connection), target_(target_of(import.table)), table_(import.table) {
    try {
        connection_.run(take_lock, lock_key);
    } catch (const db::DatabaseError& error) {
        connection_.close();
        if (error.sqlstate() == lock_not_available) {
            throw ImportBusy("another import is running");
        }
        throw;
    }
    connection_.set_statement_timeout(std::chrono::milliseconds(0));
    connection_.run(prepare_session);
    connection_.run_script("create_staging", target_.create_staging);
    connection_.run_script("create_met", create_met);
    const auto file = std::filesystem::path(import.source.path).filename().string();
    import_id_ = std::get<0>(connection_.run(open_run, table_, file).at<std::int64_t>(0));
}

constexpr db::Statement take_back_run{"take_back_import", R"sql(
    DELETE FROM archive_import WHERE id = $1
)sql"};

ArchiveStore::~ArchiveStore() {
    try {
        if (connection_.is_open()) {
            if (!added_any_) {
                connection_.run(take_back_run, import_id_);
            }
            connection_.set_statement_timeout(usual_statement_time);
        }
    } catch (const Failure&) {
        // The connection is gone already, and the lock and the staging tables with it.
    }
    connection_.close();
}

std::string ArchiveStore::line_ending() const {
    const std::string run = '\t' + std::to_string(import_id_);
    return table_ == archived_users_table ? run : run + '\t' + table_;
}

void ArchiveStore::store(ImportBatch& batch, ImportResult& result) {
    result.read += static_cast<std::int64_t>(batch.size() + batch.rejected.size());
    if (batch.size() > 0) {
        store_rows(batch, 0, batch.size(), result);
    }
    result.rejected += static_cast<std::int64_t>(batch.rejected.size());
}

void ArchiveStore::store_rows(ImportBatch& batch,
                              std::size_t from,
                              std::size_t to,
                              ImportResult& result) {
    try {
        const auto rows = static_cast<std::int64_t>(to - from);
        std::vector<std::int64_t> repeated;
        const auto lines = batch.lines(from, to);
        const auto added = expects_new_ && copy_rows(lines) ? rows : stage_rows(lines, repeated);
        const auto rejected = static_cast<std::int64_t>(repeated.size());
        result.added += added;
        result.present += rows - added - rejected;
        added_any_ = added_any_ || added > 0;
        // Where one id was there, the next ones mostly are too: an import that is run again.
        expects_new_ = added == rows;
        for (const auto row : repeated) {
            batch.reject_stored(from + static_cast<std::size_t>(row), RowProblem::RepeatedId, "");
        }
    } catch (const db::DatabaseError& error) {
        if (!is_about_the_rows(error)) {
            throw;
        }
        if (to - from == 1) {
            batch.reject_stored(from, RowProblem::RefusedByDatabase, error.what());
            return;
        }
        const std::size_t middle = from + (to - from) / 2;
        store_rows(batch, from, middle, result);
        store_rows(batch, middle, to, result);
    }
}

bool ArchiveStore::copy_rows(std::string_view lines) {
    try {
        connection_.copy_in(target_.copy_rows, lines);
        return true;
    } catch (const db::DatabaseError& error) {
        if (error.sqlstate() != unique_violation) {
            throw;
        }
        return false;
    }
}

// $1 is the run, $2 the first id of this batch. Of several rows with one id the first counts; an id
// that this run brought in an earlier batch, or met there as an earlier run's, is repeated too.
constexpr db::Statement find_repeated{"find_repeated", R"sql(
    WITH placed AS MATERIALIZED (
        SELECT number - min(number) OVER () AS row, legacy_id, id, import_id,
               row_number() OVER (PARTITION BY legacy_id ORDER BY number) AS nth
        FROM archive_staged
    ), met AS (
        INSERT INTO archive_met SELECT legacy_id FROM placed
        WHERE nth = 1 AND import_id IS DISTINCT FROM $1::bigint
        ON CONFLICT DO NOTHING RETURNING legacy_id
    )
    SELECT row FROM placed
    WHERE nth > 1
       OR (import_id = $1::bigint AND id < $2::bigint)
       OR (import_id IS DISTINCT FROM $1::bigint AND legacy_id NOT IN (SELECT legacy_id FROM met))
    ORDER BY row
)sql"};

std::int64_t ArchiveStore::stage_rows(std::string_view lines, std::vector<std::int64_t>& repeated) {
    db::Transaction transaction(connection_);
    transaction.run(begin_batch);  // BEGIN travels with it; COPY goes its own way
    const auto staged = connection_.copy_in(target_.copy_to_staging, lines);
    const auto [added, first_id] =
        transaction.run(target_.add_rows).at<std::int64_t, std::optional<std::int64_t>>(0);
    if (added < staged) {
        // With none added, every id of this run is older than this batch.
        const auto first_new = first_id.value_or(std::numeric_limits<std::int64_t>::max());
        const auto rows = transaction.run(find_repeated, import_id_, first_new);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            repeated.push_back(std::get<0>(rows.at<std::int64_t>(i)));
        }
    }
    transaction.commit();
    return added;
}

constexpr db::Statement wait_for_disk{"wait_for_disk", R"sql(
    SELECT set_config('synchronous_commit', 'on', true)
)sql"};

void ArchiveStore::finish(const ImportResult& result, Timestamp now) {
    AuditEvent event;
    event.action = "archive_imported";
    event.subject = "archive_import:" + std::to_string(import_id_);
    event.details = nlohmann::json{{"table", table_},
                                   {"read", result.read},
                                   {"added", result.added},
                                   {"present", result.present},
                                   {"rejected", result.rejected}}
                        .dump();
    // The log is written in order: a commit that waits for the disk has waited for all that came
    // before it.
    db::Transaction transaction(connection_);
    transaction.run(wait_for_disk);
    if (added_any_) {
        transaction.run_all({audited(event, now)});
    } else {
        transaction.run(take_back_run, import_id_);
    }
    transaction.commit();
}

}  // namespace ventanilla
