// The system calls behind the supervisor: sockets, children, signals. Errors are std::system_error.
#pragma once

#include <csignal>
#include <string>
#include <utility>

#include <sys/types.h>

#include "supervisor/service.h"

namespace ventanilla::supervisor {

// Owns one descriptor, or none (-1).
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    int get() const { return number_; }

  private:
    int number_;
};

// Listens on `path` (0660, close-on-exec), replacing what a killed supervisor left there.
Descriptor listen_on(const std::string& path);

// Whether `path` is a regular file with something in it, or a socket that accepts a connection now.
bool is_ready(const std::string& path);

// The signals that the supervisor takes, blocked here and read from the result: TERM, INT, CHLD,
// and HUP unless it came ignored (nohup).
Descriptor take_signals();

// Starts the service in a process group of its own, with default signals, nothing open but 0, 1, 2
// and, given `listener`, 3 with LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES as systemd sets them. The
// child gets its stop signal when the supervisor dies. A program that cannot be run ends with 127.
pid_t start_process(const Service& service, int listener);

// Orphans of children become children of this process, so that none can be left behind.
void adopt_orphans();

// Kills whatever is still a child and waits for it.
void kill_remaining_children();

// The last line of a log file that says anything; empty when there is none.
std::string last_line(const std::string& path);

}  // namespace ventanilla::supervisor
