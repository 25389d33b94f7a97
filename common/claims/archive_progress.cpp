#include "claims/archive_progress.h"

namespace ventanilla {
namespace {

constexpr db::Statement count_archive{"count_archive", R"sql(
    WITH waiting AS (
        SELECT claimed_at, is_active,
               coalesce(password_hash, '') <> '' AND password_hash NOT LIKE '!%' AS has_password,
               coalesce(email, '') <> '' AS has_email
        FROM archived_account
    )
    SELECT count(*),
           count(*) FILTER (WHERE claimed_at IS NOT NULL),
           count(*) FILTER (WHERE claimed_at > $1::timestamptz - interval '7 days'),
           count(*) FILTER (WHERE claimed_at IS NULL AND is_active AND has_password),
           count(*) FILTER (WHERE claimed_at IS NULL AND is_active AND NOT has_password AND has_email),
           count(*) FILTER (WHERE claimed_at IS NULL AND is_active AND NOT has_password AND NOT has_email),
           (SELECT count(*) FROM mail_outbox WHERE status IN ('pending', 'sending')),
           (SELECT count(*) FROM mail_outbox WHERE status = 'failed')
    FROM waiting
)sql"};

}  // namespace

ArchiveProgress archive_progress(db::Connection& database, Timestamp now) {
    using Count = std::int64_t;
    const auto rows = database.run(count_archive, now);
    const auto [archived, claimed, week, password, email, neither, waiting, failed] =
        rows.at<Count, Count, Count, Count, Count, Count, Count, Count>(0);
    return {archived, claimed, week, password, email, neither, waiting, failed};
}

}  // namespace ventanilla
