// The database's side of an import. Internal to import_archive().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "claims/archive_import_batch.h"
#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

struct ArchiveTarget;  // the statements for one of the two tables

class ArchiveStore {
  public:
    // Takes the lock of imports and opens a run. Throws ImportBusy.
    ArchiveStore(db::Connection& connection, const ArchiveImport& import);
    ArchiveStore(const ArchiveStore&) = delete;
    ArchiveStore& operator=(const ArchiveStore&) = delete;
    // Takes the run back when it added nothing. Closing the connection gives back the lock and
    // drops the staging tables.
    ~ArchiveStore();

    // What every line of COPY ends with: the columns that are the same for all.
    [[nodiscard]] std::string line_ending() const;

    // Stores the batch's rows and counts them; those that could not be taken join batch.rejected.
    // Rows of a batch that the database refuses as a whole are tried in halves, so one bad row
    // costs nobody else.
    void store(ImportBatch& batch, ImportResult& result);

    // Closes the run: writes what it did to the audit log, or takes it back when it added nothing.
    // When it returns, everything is on disk.
    void finish(const ImportResult& result, Timestamp now);

  private:
    void store_rows(ImportBatch& batch, std::size_t from, std::size_t to, ImportResult& result);
    // Copies the lines straight to their table. False, and nothing done, when one of their ids is
    // there already.
    [[nodiscard]] bool copy_rows(std::string_view lines);
    // Takes the lines through the staging table. Returns how many were new, and the rows (counted
    // from 0) whose id the file had before.
    [[nodiscard]] std::int64_t stage_rows(std::string_view lines,
                                          std::vector<std::int64_t>& repeated);

    db::Connection& connection_;
    const ArchiveTarget& target_;
    std::string table_;
    std::int64_t import_id_ = 0;
    bool added_any_ = false;
    bool expects_new_ = true;
};

}  // namespace ventanilla
