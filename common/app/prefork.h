// A parent that keeps `count` children at work on an inherited socket: replaces a dead one, passes
// SIGTERM on, and leaves by itself when all have been idle for long enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace ventanilla {

// How a child tells that it has work, for the idle count. Lives in memory shared by all.
class Activity {
  public:
    Activity() = default;
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;
    virtual ~Activity() = default;
    virtual void busy() = 0;
    virtual void idle() = 0;
};

struct PreforkOptions {
    std::int64_t count = 1;
    std::chrono::seconds idle_exit{0};  // 0: never
};

// Runs `child` in each child process; its signal descriptor (signalfd) becomes readable on SIGTERM.
// Returns the parent's exit code when all children are gone. REQUIRES: no threads.
int prefork(const PreforkOptions& options,
            const std::function<void(int signal_descriptor, Activity& activity)>& child);

}  // namespace ventanilla
