// Bounds how many password hashes are computed at once on this host, over all processes: each takes
// 19 MiB and a whole core, and a storm of logins must leave cores to the pages (DESIGN.md).
//
// One file `hash-slot-N` per slot in a directory that all programs share; who holds its flock(2)
// holds the slot. Who comes first is served first: those who wait hold a lock each in the file
// `hash-queue`. The kernel frees both when a process dies in whatever way, so nothing leaks.
// A lock belongs to the open file description, which fork shares: descriptors are therefore opened
// by the process that enters, at its first time, and kept; a child that inherits a gate opens its
// own. Threads of one process may share a gate; fork while no other thread is inside it.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ventanilla {

class HashGate {
  public:
    /// One slot, held until destruction. Must not outlive its gate. A copy that fork made in a
    /// child releases nothing.
    class Pass {
      public:
        Pass(Pass&& other) noexcept;
        Pass& operator=(Pass&& other) noexcept;
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        ~Pass();

      private:
        friend class HashGate;
        Pass(HashGate& gate, std::size_t slot, pid_t holder);
        void release() noexcept;

        HashGate* gate_;  // null when moved from
        std::size_t slot_;
        pid_t holder_;
    };

    /// `directory` must exist when somebody enters; `slots` is read as at least 1 and must be the
    /// same in all processes. `name` tells gates apart that bound something else in the same way:
    /// the files are NAME-slot-N and NAME-queue. Opens nothing.
    HashGate(std::string directory, std::size_t slots, std::string name = "hash");
    HashGate(const HashGate&) = delete;
    HashGate& operator=(const HashGate&) = delete;
    ~HashGate();

    /// A pass as soon as a slot is free for whoever waits longest, which is looked at every 1 or
    /// 2 ms, at least once; absent when that took longer than `patience` (the caller answers 503).
    /// Who waits more than 3 s keeps others back no longer. Throws std::system_error if a file
    /// cannot be opened or locked.
    [[nodiscard]] std::optional<Pass> enter(std::chrono::milliseconds patience);

  private:
    struct Slot {
        int descriptor = -1;
        bool held = false;  // flock would grant a second lock to the same descriptor
    };

    std::optional<Pass> try_all();
    bool try_slot(std::size_t number);
    void leave(std::size_t number) noexcept;
    void forget_another_process();
    void close_all() noexcept;

    std::string directory_;
    std::string name_;
    std::mutex mutex_;  // over all below
    std::vector<Slot> slots_;
    pid_t owner_;
};

}  // namespace ventanilla
