// Loads the accounts of an old system (SPEC.md 2, Loading the archive). Takes every good row once,
// whatever happened before: a second run, or one after a crash, adds what is missing and nothing
// else. One thread reads, the caller's thread stores batch after batch, each in its own
// transaction, so memory does not grow with the file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "claims/archive_import_row.h"
#include "claims/archive_reader.h"
#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

// The table name that fills archived_user; every other one fills archived_record under that name.
constexpr std::string_view archived_users_table = "usuarios_archivados";

struct ArchiveImport {
    ArchiveSource source;
    std::string table;       // the name that the old system had for it
    ArchiveColumns columns;  // which are called otherwise
};

struct RejectedRow {
    std::int64_t line = 0;
    RowProblem problem = RowProblem::BrokenJson;
    std::string detail;  // what the database said, for RefusedByDatabase
    std::string raw;     // as it stood in the file; possibly not valid UTF-8
};

struct ImportProgress {
    std::int64_t rows = 0;
    std::int64_t bytes_done = 0;
    std::int64_t bytes_total = 0;
};

struct ImportResult {
    ArchiveFormat format = ArchiveFormat::Csv;
    std::string id_column;
    std::int64_t read = 0;  // added + present + rejected
    std::int64_t added = 0;
    std::int64_t present = 0;  // from an earlier run
    std::int64_t rejected = 0;
    std::int64_t unread_times = 0;            // dates that were left empty
    std::vector<std::string> unseen_columns;  // named by the caller, had by no row
};

// Both are called in the caller's thread. An exception from either ends the import.
struct ImportListener {
    std::function<void(const RejectedRow&)> rejected;
    std::function<void(const ImportProgress&)> progress;
};

// Somebody else is importing into this database at this moment.
class ImportBusy : public Failure {
  public:
    using Failure::Failure;
};

// When it returns, everything is on disk. The connection must not go through a transaction pooler;
// it is closed at the end. Throws UnusableArchive (nothing was done, or the file could not be read
// to its end), ImportBusy or DatabaseError; batches stored before stay, and the same import again
// completes them.
[[nodiscard]] ImportResult import_archive(db::Connection& connection,
                                          const Clock& clock,
                                          const ArchiveImport& import,
                                          const ImportListener& listener);

}  // namespace ventanilla
