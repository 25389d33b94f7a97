// The numbers of the staff's first page: how far the archive has come back, and whether mails go
// out. Counted by the database in one statement; archive_report.h tells exactly which hash formats
// are behind them.
#pragma once

#include <cstdint>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

struct ArchiveProgress {
    std::int64_t archived = 0;
    std::int64_t claimed = 0;
    std::int64_t claimed_this_week = 0;  // the last seven days
    // Of the unclaimed and active ones:
    std::int64_t with_password = 0;    // a stored password that is not marked unusable
    std::int64_t only_with_email = 0;  // none, but an email for a code
    std::int64_t with_neither = 0;     // staff have to help
    std::int64_t mails_waiting = 0;
    std::int64_t mails_failed = 0;
};

[[nodiscard]] ArchiveProgress archive_progress(db::Connection& database, Timestamp now);

}  // namespace ventanilla
