// Rows on their way from the reading to the storing thread. Internal to import_archive().
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "claims/archive_import.h"

namespace ventanilla {

class ImportBatch {
  public:
    // A good row, whose COPY line has just been appended to copy.
    void add(const ArchiveRow& row);
    void reject(const ArchiveRow& row, RowProblem problem);

    [[nodiscard]] bool is_full() const;
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    // The COPY lines of the rows `from` to `to` (excluded).
    [[nodiscard]] std::string_view lines(std::size_t from, std::size_t to) const;
    // Takes the good row `index` for a rejected one after all. Its line in copy stays.
    void reject_stored(std::size_t index, RowProblem problem, const std::string& detail);

    std::string copy;
    std::vector<RejectedRow> rejected;
    std::int64_t bytes_done = 0;

  private:
    struct Row {
        std::int64_t line = 0;
        std::size_t copy_end = 0;
        std::size_t raw_end = 0;
    };

    std::string raw_;
    std::vector<Row> rows_;
    std::size_t bytes_rejected_ = 0;
};

// Holds two batches at most: the reader waits when the database is slower.
class BatchQueue {
  public:
    // False when the other side has given up.
    [[nodiscard]] bool put(ImportBatch batch);
    // Absent when everything was taken.
    [[nodiscard]] std::optional<ImportBatch> take();
    // No more will be put (by the reader) or taken (by the one who stores).
    void close();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<ImportBatch> batches_;
    bool closed_ = false;
};

}  // namespace ventanilla
