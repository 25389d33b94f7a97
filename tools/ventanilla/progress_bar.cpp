#include "ventanilla/progress_bar.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <string>
#include <unistd.h>

namespace ventanilla::cli {
namespace {

constexpr std::chrono::milliseconds pause{100};
constexpr std::int64_t width = 30;
constexpr const char* clear_line = "\r\033[K";

}  // namespace

ProgressBar::ProgressBar(const char* unit)
    : unit_(unit),
      on_terminal_(isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()) {}

ProgressBar::~ProgressBar() {
    clear();
}

void ProgressBar::clear() const {
    if (on_terminal_) {
        std::cerr << clear_line << std::flush;
    }
}

void ProgressBar::show(std::int64_t rows, std::int64_t bytes_done, std::int64_t bytes_total) {
    const auto now = std::chrono::steady_clock::now();
    if (!on_terminal_ || now - drawn_ < pause) {
        return;
    }
    drawn_ = now;
    const std::int64_t percent = bytes_total > 0 ? bytes_done * 100 / bytes_total : 100;
    const auto full = static_cast<std::size_t>(percent * width / 100);
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const auto speed = std::llround(static_cast<double>(rows) / std::max(seconds, 0.001));
    std::cerr << clear_line << '[' << std::string(full, '#')
              << std::string(static_cast<std::size_t>(width) - full, '.') << "] " << percent
              << " %  " << rows << " " << unit_ << "  " << speed << " " << unit_ << "/s"
              << std::flush;
}

}  // namespace ventanilla::cli
