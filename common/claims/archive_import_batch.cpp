#include "claims/archive_import_batch.h"

namespace ventanilla {
namespace {

constexpr std::size_t most_rows = 10'000;
constexpr std::size_t most_bytes = 4U << 20U;
constexpr std::size_t most_batches = 2;
// Enough to recognise a row that is too long to be one.
constexpr std::size_t longest_shown = 4096;

}  // namespace

void ImportBatch::add(const ArchiveRow& row) {
    raw_.append(row.raw);
    rows_.push_back({row.line, copy.size(), raw_.size()});
}

void ImportBatch::reject(const ArchiveRow& row, RowProblem problem) {
    const bool is_cut = problem == RowProblem::TooLong;
    const auto shown = row.raw.substr(0, is_cut ? longest_shown : row.raw.size());
    rejected.push_back({row.line, problem, "", std::string(shown)});
    bytes_rejected_ += shown.size();
}

bool ImportBatch::is_full() const {
    return rows_.size() + rejected.size() >= most_rows
           || copy.size() + raw_.size() + bytes_rejected_ >= most_bytes;
}

void ImportBatch::reject_stored(std::size_t index, RowProblem problem, const std::string& detail) {
    const std::size_t from = index == 0 ? 0 : rows_[index - 1].raw_end;
    rejected.push_back(
        {rows_[index].line, problem, detail, raw_.substr(from, rows_[index].raw_end - from)});
}

std::string_view ImportBatch::lines(std::size_t from, std::size_t to) const {
    const std::size_t begin = from == 0 ? 0 : rows_[from - 1].copy_end;
    const std::size_t end = to == 0 ? 0 : rows_[to - 1].copy_end;
    return std::string_view(copy).substr(begin, end - begin);
}

bool BatchQueue::put(ImportBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || batches_.size() < most_batches; });
    if (closed_) {
        return false;
    }
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
}

std::optional<ImportBatch> BatchQueue::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !batches_.empty(); });
    if (batches_.empty()) {
        return std::nullopt;
    }
    std::optional<ImportBatch> batch(std::move(batches_.front()));
    batches_.pop_front();
    changed_.notify_all();
    return batch;
}

void BatchQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

}  // namespace ventanilla
