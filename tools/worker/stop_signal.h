// SIGTERM and SIGINT as something to ask and to poll for, instead of something that interrupts.
#pragma once

#include <chrono>
#include <optional>

namespace ventanilla {

class StopSignal {
  public:
    // Blocks both signals in this process, and ignores SIGPIPE. Throws std::system_error.
    StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    ~StopSignal();

    // Somebody asked this process to leave: begin nothing new.
    [[nodiscard]] bool came();

    // That was a while ago: break off what is going on.
    [[nodiscard]] bool is_urgent();

    // Readable when a signal came.
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
    std::optional<std::chrono::steady_clock::time_point> came_at_;
};

}  // namespace ventanilla
