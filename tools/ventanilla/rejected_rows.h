// FILE.rechazados: the rows that were not taken, as CSV with line, reason and the row itself. Only
// made when there are any; mode 0600, for it holds what the rows hold. The one of an earlier run is
// replaced, or removed when all went well.
#pragma once

#include <string>

#include "claims/archive_import.h"

namespace ventanilla::cli {

class RejectedRows {
  public:
    explicit RejectedRows(std::string path) : path_(std::move(path)) {}
    RejectedRows(const RejectedRows&) = delete;
    RejectedRows& operator=(const RejectedRows&) = delete;
    ~RejectedRows();

    // `raw` is the row as it stood in the file; possibly not valid UTF-8.
    void add(std::int64_t line, const std::string& reason, const std::string& raw);
    void add(const RejectedRow& row);

    // Ends the file. False when not all of it could be written; then `problem` says why.
    [[nodiscard]] bool finish();
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    void open_file();
    void write_out();

    std::string path_;
    std::string pending_;
    std::string problem_;
    int file_ = -1;
    bool begun_ = false;
};

// Why a row was not taken, in Spanish.
[[nodiscard]] std::string reason_text(const RejectedRow& row);

}  // namespace ventanilla::cli
