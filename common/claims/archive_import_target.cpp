#include "claims/archive_import_target.h"

#include "claims/archive_import.h"

namespace ventanilla {
namespace {

// create_staging: a temporary table for one batch, and a view that shows the archive's row of the
// same id next to each of its rows. OFFSET 0 keeps the look-up an index probe for each row, however
// large the table is.
const ArchiveTarget users = {
    R"sql(
    CREATE TEMP TABLE archive_staging (
        number bigint GENERATED ALWAYS AS IDENTITY,
        legacy_id text, username text, email text, password_hash text, first_name text, last_name text,
        is_active boolean, date_joined timestamptz, last_login timestamptz, import_id bigint
    ) ON COMMIT DELETE ROWS;
    CREATE TEMP VIEW archive_staged AS
        SELECT staged.number, staged.legacy_id, there.id, there.import_id
        FROM archive_staging staged CROSS JOIN LATERAL (
            SELECT id, import_id FROM archived_user
            WHERE legacy_id = staged.legacy_id OFFSET 0
        ) there
)sql",
    {"copy_archived_users", R"sql(
    COPY archived_user (legacy_id, username, email, password_hash, first_name, last_name, is_active,
        date_joined, last_login, import_id) FROM STDIN
)sql"},
    {"stage_archived_users", R"sql(
    COPY archive_staging (legacy_id, username, email, password_hash, first_name, last_name, is_active,
        date_joined, last_login, import_id) FROM STDIN
)sql"},
    {"add_archived_users", R"sql(
    WITH added AS (
        INSERT INTO archived_user (legacy_id, username, email, password_hash, first_name, last_name, is_active,
        date_joined, last_login, import_id)
        SELECT legacy_id, username, email, password_hash, first_name, last_name, is_active,
        date_joined, last_login, import_id
        FROM archive_staging
        ORDER BY number
        ON CONFLICT (legacy_id) DO NOTHING
        RETURNING id
    )
    SELECT count(*), min(id) FROM added
)sql"}};

const ArchiveTarget records = {
    R"sql(
    CREATE TEMP TABLE archive_staging (
        number bigint GENERATED ALWAYS AS IDENTITY,
        legacy_id text, data jsonb, username text, email text, password_hash text, first_name text,
        last_name text, is_active boolean, import_id bigint, source_table text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMP VIEW archive_staged AS
        SELECT staged.number, staged.legacy_id, there.id, there.import_id
        FROM archive_staging staged CROSS JOIN LATERAL (
            SELECT id, import_id FROM archived_record
            WHERE source_table = staged.source_table AND legacy_id = staged.legacy_id OFFSET 0
        ) there
)sql",
    {"copy_archived_records", R"sql(
    COPY archived_record (legacy_id, data, username, email, password_hash, first_name, last_name, is_active,
        import_id, source_table) FROM STDIN
)sql"},
    {"stage_archived_records", R"sql(
    COPY archive_staging (legacy_id, data, username, email, password_hash, first_name, last_name, is_active,
        import_id, source_table) FROM STDIN
)sql"},
    {"add_archived_records", R"sql(
    WITH added AS (
        INSERT INTO archived_record (legacy_id, data, username, email, password_hash, first_name, last_name, is_active,
        import_id, source_table)
        SELECT legacy_id, data, username, email, password_hash, first_name, last_name, is_active,
        import_id, source_table
        FROM archive_staging
        ORDER BY number
        ON CONFLICT (source_table, legacy_id) DO NOTHING
        RETURNING id
    )
    SELECT count(*), min(id) FROM added
)sql"}};

}  // namespace

const ArchiveTarget& target_of(const std::string& table) {
    return table == archived_users_table ? users : records;
}

}  // namespace ventanilla
