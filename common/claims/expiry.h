// Takes away what no rule looks at any more, so that the tables stay small. Nothing here ends
// anything: sessions, codes and limits end by their own times whether or not this runs.
#pragma once

#include <cstdint>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

// Ended sessions, searches and login failures older than a day, claims with their codes and tries
// and email changes older than thirty days, uploads of a day ago, rows of mails that went out
// ninety days ago. In portions, so that no lock is held for long. Returns how many rows went.
std::int64_t remove_expired(db::Connection& database, Timestamp now);

}  // namespace ventanilla
