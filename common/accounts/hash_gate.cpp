#include "accounts/hash_gate.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

namespace ventanilla {
namespace {

constexpr mode_t slot_mode = 0660;
constexpr int shortest_pause_ms = 2;
constexpr int longest_pause_ms = 6;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), "hash gate: " + what);
}

int open_slot(const std::string& path) {
    // Existing files first: O_CREAT on another user's file is refused in sticky directories.
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && errno == ENOENT) {
        descriptor = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, slot_mode);
        if (descriptor >= 0) {
            // The umask may have shut the group out. Refused to whoever lost the race to create it.
            static_cast<void>(::fchmod(descriptor, slot_mode));
        }
    }
    if (descriptor < 0) {
        fail("cannot open " + path);
    }
    return descriptor;
}

}  // namespace

HashGate::Pass::Pass(HashGate& gate, std::size_t slot, pid_t holder)
    : gate_(&gate), slot_(slot), holder_(holder) {}

HashGate::Pass::Pass(Pass&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)), slot_(other.slot_), holder_(other.holder_) {}

HashGate::Pass& HashGate::Pass::operator=(Pass&& other) noexcept {
    if (this != &other) {
        release();
        gate_ = std::exchange(other.gate_, nullptr);
        slot_ = other.slot_;
        holder_ = other.holder_;
    }
    return *this;
}

HashGate::Pass::~Pass() {
    release();
}

void HashGate::Pass::release() noexcept {
    // A child's copy shares the lock with its parent: unlocking here would take it from there.
    if (gate_ != nullptr && holder_ == ::getpid()) {
        gate_->leave(slot_);
    }
    gate_ = nullptr;
}

HashGate::HashGate(std::string directory, std::size_t slots)
    : directory_(std::move(directory)),
      slots_(std::max<std::size_t>(slots, 1)),
      owner_(::getpid()),
      random_(std::random_device{}()) {}

HashGate::~HashGate() {
    close_all();
}

std::optional<HashGate::Pass> HashGate::enter(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + patience;
    for (;;) {
        if (auto pass = try_all()) {
            return pass;
        }
        const auto left = deadline - Clock::now();
        if (left <= Clock::duration::zero()) {
            return std::nullopt;
        }
        std::this_thread::sleep_for(std::min<Clock::duration>(left, next_pause()));
    }
}

std::optional<HashGate::Pass> HashGate::try_all() {
    const std::lock_guard lock(mutex_);
    forget_another_process();
    const std::size_t first = random_() % slots_.size();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        const std::size_t number = (first + i) % slots_.size();
        if (try_slot(number)) {
            return Pass(*this, number, owner_);
        }
    }
    return std::nullopt;
}

bool HashGate::try_slot(std::size_t number) {
    Slot& slot = slots_[number];
    if (slot.held) {
        return false;
    }
    if (slot.descriptor < 0) {
        slot.descriptor = open_slot(directory_ + "/hash-slot-" + std::to_string(number));
    }
    if (::flock(slot.descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            fail("cannot lock slot " + std::to_string(number));
        }
        return false;
    }
    slot.held = true;
    return true;
}

void HashGate::leave(std::size_t number) noexcept {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[number];
    ::flock(slot.descriptor, LOCK_UN);
    slot.held = false;
}

void HashGate::forget_another_process() {
    if (owner_ == ::getpid()) {
        return;
    }
    close_all();
    owner_ = ::getpid();
    random_.seed(std::random_device{}());
}

// Closing what fork copied takes no lock from the parent: its own descriptor still stands for it.
void HashGate::close_all() noexcept {
    for (Slot& slot : slots_) {
        if (slot.descriptor >= 0) {
            ::close(slot.descriptor);
        }
        slot = Slot{};
    }
}

std::chrono::milliseconds HashGate::next_pause() {
    const std::lock_guard lock(mutex_);
    std::uniform_int_distribution<int> pause(shortest_pause_ms, longest_pause_ms);
    return std::chrono::milliseconds(pause(random_));
}

}  // namespace ventanilla
