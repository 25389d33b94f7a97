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

#include "core/descriptor.h"

namespace ventanilla {
namespace {

constexpr mode_t shared_mode = 0660;
constexpr std::chrono::milliseconds pause_at_the_head{1};
constexpr std::chrono::milliseconds pause_behind{2};
// Who waits longer keeps nobody back any more: a process that was stopped must not stop all others.
constexpr std::chrono::seconds longest_precedence{3};

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), "hash gate: " + what);
}

int open_shared(const std::string& path) {
    // Existing files first: O_CREAT on another user's file is refused in sticky directories.
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && errno == ENOENT) {
        descriptor = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, shared_mode);
        if (descriptor >= 0) {
            // The umask may have shut the group out. Refused to whoever lost the race to create it.
            static_cast<void>(::fchmod(descriptor, shared_mode));
        }
    }
    if (descriptor < 0) {
        fail("cannot open " + path);
    }
    return descriptor;
}

// A place in the queue: one byte of a shared file is locked, whose offset is the time of arrival
// (the steady clock is the same for all processes of the host). The lock is of the open file, so
// it ends with its process, and threads of one process queue like strangers.
class Place {
  public:
    explicit Place(const std::string& path) : file_(open_shared(path)), arrival_(now()) {
        struct flock lock = bytes(F_RDLCK, arrival_, 1);
        if (::fcntl(file_.get(), F_OFD_SETLK, &lock) != 0) {
            fail("cannot queue in " + path);
        }
    }

    [[nodiscard]] bool is_first() const {
        const off_t from =
            std::max<off_t>(now() - std::chrono::nanoseconds(longest_precedence).count(), 0);
        if (from >= arrival_) {
            return true;
        }
        struct flock earlier = bytes(F_WRLCK, from, arrival_ - from);
        if (::fcntl(file_.get(), F_OFD_GETLK, &earlier) != 0) {
            fail("cannot look at the queue");
        }
        return earlier.l_type == F_UNLCK;
    }

  private:
    static off_t now() {
        return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }
    static struct flock bytes(short kind, off_t from, off_t length) {
        struct flock lock {};
        lock.l_type = kind;
        lock.l_whence = SEEK_SET;
        lock.l_start = from;
        lock.l_len = length;
        return lock;
    }

    Descriptor file_;
    off_t arrival_;
};

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

HashGate::HashGate(std::string directory, std::size_t slots, std::string name)
    : directory_(std::move(directory)),
      name_(std::move(name)),
      slots_(std::max<std::size_t>(slots, 1)),
      owner_(::getpid()) {}

HashGate::~HashGate() {
    close_all();
}

std::optional<HashGate::Pass> HashGate::enter(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + patience;
    const Place place(directory_ + '/' + name_ + "-queue");
    for (;;) {
        const bool is_first = place.is_first();
        if (is_first) {
            if (auto pass = try_all()) {
                return pass;
            }
        }
        const auto left = deadline - Clock::now();
        if (left <= Clock::duration::zero()) {
            return std::nullopt;
        }
        std::this_thread::sleep_for(
            std::min<Clock::duration>(left, is_first ? pause_at_the_head : pause_behind));
    }
}

std::optional<HashGate::Pass> HashGate::try_all() {
    const std::lock_guard lock(mutex_);
    forget_another_process();
    for (std::size_t number = 0; number < slots_.size(); ++number) {
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
        slot.descriptor = open_shared(directory_ + '/' + name_ + "-slot-" + std::to_string(number));
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

}  // namespace ventanilla
