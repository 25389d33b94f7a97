// A line on a terminal's standard error that tells how far something long is; nothing at all in a
// pipe.
#pragma once

#include <chrono>
#include <cstdint>

namespace ventanilla::cli {

class ProgressBar {
  public:
    // `unit` is what `rows` counts.
    explicit ProgressBar(const char* unit = "filas");
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    // Clears the line.
    ~ProgressBar();

    // The same, before something else is written to the terminal.
    void clear() const;

    // Draws at most ten times a second.
    void show(std::int64_t rows, std::int64_t bytes_done, std::int64_t bytes_total);

  private:
    const char* unit_;
    bool on_terminal_;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point drawn_;
};

}  // namespace ventanilla::cli
