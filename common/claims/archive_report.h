// How much of the archive came back, and who can still come back by which way: for `ventanilla
// estado` and the staff.
#pragma once

#include <cstdint>
#include <map>

#include "accounts/password_hash.h"
#include "db/connection.h"

namespace ventanilla {

// Each archived row of either source is counted once: total = claimed + inactive + all of
// by_password + by_code + stranded.
struct ArchiveReport {
    std::int64_t total = 0;
    std::int64_t claimed = 0;
    std::int64_t inactive = 0;  // switched off in the old system: refused by every way

    std::map<HashFormat, std::int64_t> by_password;  // the old password still opens them
    std::int64_t by_code = 0;   // no hash that can be verified, but an address for a code
    std::int64_t stranded = 0;  // neither: only staff can help

    // Among by_code and stranded: a hash that is well formed, but too costly to be computed
    // (DESIGN.md, security figures).
    std::int64_t too_costly = 0;

    [[nodiscard]] std::int64_t with_password() const;
};

// Reads the unclaimed rows in portions, so memory and locks stay small; a second or two for a
// million.
[[nodiscard]] ArchiveReport archive_report(db::Connection& connection);

}  // namespace ventanilla
