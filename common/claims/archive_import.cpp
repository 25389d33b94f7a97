#include "claims/archive_import.h"

#include <algorithm>
#include <future>

#include "claims/archive_import_batch.h"
#include "claims/archive_import_store.h"

namespace ventanilla {
namespace {

void read_rows(ArchiveReader& reader, ArchiveRowWriter& writer, BatchQueue& queue) {
    ImportBatch batch;
    ArchiveRow row;
    bool knows_columns = false;
    while (reader.next(row)) {
        if (!row.problem && !knows_columns) {
            writer.look_at_first(row, reader.format());
            knows_columns = true;
        }
        const auto problem = row.problem ? row.problem : writer.write(row, batch.copy);
        if (problem) {
            batch.reject(row, *problem);
        } else {
            batch.add(row);
        }
        if (batch.is_full()) {
            batch.bytes_done = reader.bytes_done();
            if (!queue.put(std::move(batch))) {
                return;
            }
            batch = ImportBatch();
        }
    }
    batch.bytes_done = reader.bytes_total();
    if (batch.size() + batch.rejected.size() > 0) {
        static_cast<void>(queue.put(std::move(batch)));
    }
}

// The reading thread. Whichever side ends first, by an exception or not, the other one is not left
// waiting.
class Reading {
  public:
    Reading(ArchiveReader& reader, ArchiveRowWriter& writer)
        : done_(std::async(std::launch::async, [&reader, &writer, this] {
              try {
                  read_rows(reader, writer, queue_);
              } catch (...) {
                  queue_.close();
                  throw;
              }
              queue_.close();
          })) {}
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { queue_.close(); }  // done_ waits for the thread

    [[nodiscard]] std::optional<ImportBatch> take() { return queue_.take(); }
    // Throws what stopped the reading.
    void finish() { done_.get(); }

  private:
    BatchQueue queue_;
    std::future<void> done_;
};

void tell(const ImportListener& listener, ImportBatch& batch) {
    std::stable_sort(batch.rejected.begin(),
                     batch.rejected.end(),
                     [](const RejectedRow& a, const RejectedRow& b) { return a.line < b.line; });
    for (const auto& row : batch.rejected) {
        listener.rejected(row);
    }
}

}  // namespace

ImportResult import_archive(db::Connection& connection,
                            const Clock& clock,
                            const ArchiveImport& import,
                            const ImportListener& listener) {
    const auto reader = open_archive(import.source);
    ArchiveStore store(connection, import);
    ArchiveRowWriter writer(
        import.columns, import.table != archived_users_table, store.line_ending());
    ImportResult result;
    Reading reading(*reader, writer);
    while (auto batch = reading.take()) {
        store.store(*batch, result);
        tell(listener, *batch);
        listener.progress({result.read, batch->bytes_done, reader->bytes_total()});
    }
    reading.finish();
    if (result.read == 0) {
        throw UnusableArchive(FileProblem::NoRows, "");
    }
    store.finish(result, clock.now());
    result.format = reader->format();
    result.id_column = writer.id_column();
    result.unread_times = writer.unread_times();
    result.unseen_columns = writer.unseen_columns();
    return result;
}

}  // namespace ventanilla
