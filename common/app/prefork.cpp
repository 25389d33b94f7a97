#include "app/prefork.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <initializer_list>
#include <map>
#include <memory>
#include <new>
#include <poll.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "core/descriptor.h"
#include "core/errors.h"
#include "core/log.h"

namespace ventanilla {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A child finishes its request within this, or is killed.
constexpr milliseconds leave_bound{3000};
// A child that dies sooner than this after its birth is replaced with a pause, so that a crash at
// start does not spin.
constexpr milliseconds healthy_life{1000};
constexpr milliseconds rebirth_pause{200};

std::int64_t now_ms() {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

// WORKERS has the same bound (core/settings.cpp).
constexpr std::size_t max_children = 64;

// One place a child, so that one that dies at work does not count as working for ever.
struct SharedState {
    std::array<std::atomic<bool>, max_children> at_work{};
    std::atomic<std::int64_t> last_end_ms{0};
};

struct Unmap {
    void operator()(SharedState* state) const { munmap(state, sizeof(SharedState)); }
};
using SharedMemory = std::unique_ptr<SharedState, Unmap>;

SharedMemory share_state() {
    void* memory = mmap(
        nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw Failure("no shared memory");
    }
    return SharedMemory(new (memory) SharedState);
}

class SharedActivity : public Activity {
  public:
    SharedActivity(SharedState& state, std::size_t place) : state_(state), place_(place) {}
    void busy() override { state_.at_work.at(place_) = true; }
    void idle() override {
        state_.last_end_ms = now_ms();
        state_.at_work.at(place_) = false;
    }

  private:
    SharedState& state_;
    std::size_t place_;
};

// Blocks `numbers` and opens a descriptor that reads them.
int take_signals(std::initializer_list<int> numbers) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : numbers) {
        sigaddset(&signals, number);
    }
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    const int descriptor = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0) {
        throw Failure("no descriptor for signals");
    }
    return descriptor;
}

class Parent {
  public:
    using Child = std::function<void(int, Activity&)>;

    Parent(const PreforkOptions& options, const Child& child) : options_(options), child_(child) {
        state_->last_end_ms = now_ms();
    }

    int run() {
        while (!leaving_ || !children_.empty()) {
            if (!leaving_) {
                fill_up();
            }
            pollfd waiting{signals_.get(), POLLIN, 0};
            poll(&waiting, 1, poll_timeout());
            read_signals();
            reap();
            leave_when_idle();
            kill_late_ones();
        }
        return exit_fine;
    }

  private:
    struct LivingChild {
        std::int64_t born_ms = 0;
        std::size_t place = 0;
    };

    void fill_up() {
        while (std::ssize(children_) < options_.count && now_ms() >= next_birth_ms_) {
            const std::size_t place = free_place();
            const pid_t pid = fork();
            if (pid == 0) {
                be_child(place);
            }
            if (pid < 0) {
                log_error("fork_failed", {});
                next_birth_ms_ = now_ms() + rebirth_pause.count();
                return;
            }
            children_[pid] = {now_ms(), place};
        }
    }

    [[nodiscard]] std::size_t free_place() const {
        for (std::size_t place = 0; place < max_children; ++place) {
            const bool taken =
                std::any_of(children_.begin(), children_.end(), [&](const auto& child) {
                    return child.second.place == place;
                });
            if (!taken) {
                return place;
            }
        }
        throw Failure("more children than places");
    }

    [[noreturn]] void be_child(std::size_t place) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        signals_.close();
        const Descriptor asked(take_signals({SIGTERM}));
        SharedActivity activity(*state_, place);
        child_(asked.get(), activity);
        (void)std::fflush(nullptr);
        _exit(exit_fine);
    }

    void read_signals() {
        signalfd_siginfo info{};
        while (read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
            const auto number = static_cast<int>(info.ssi_signo);
            if (number == SIGTERM || number == SIGINT) {
                leave();
            }
        }
    }

    void reap() {
        int status = 0;
        for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
            const auto found = children_.find(pid);
            if (found == children_.end()) {
                continue;
            }
            const LivingChild child = found->second;
            children_.erase(found);
            state_->at_work.at(child.place) = false;
            if (WIFSIGNALED(status)) {
                log_error("child_died", {{"signal", std::to_string(WTERMSIG(status))}});
            }
            if (now_ms() - child.born_ms < healthy_life.count() && !leaving_) {
                next_birth_ms_ = now_ms() + rebirth_pause.count();
            }
        }
    }

    void leave() {
        if (leaving_) {
            return;
        }
        leaving_ = true;
        kill_at_ms_ = now_ms() + leave_bound.count();
        for (const auto& [pid, living] : children_) {
            kill(pid, SIGTERM);
        }
    }

    [[nodiscard]] bool is_anybody_at_work() const {
        return std::any_of(state_->at_work.begin(), state_->at_work.end(), [](const auto& at_work) {
            return at_work.load();
        });
    }

    // What comes in meanwhile waits in the socket for the next start.
    void leave_when_idle() {
        const std::int64_t idle_ms = milliseconds(options_.idle_exit).count();
        if (idle_ms > 0 && !leaving_ && !is_anybody_at_work()
            && now_ms() - state_->last_end_ms >= idle_ms) {
            log_info("idle_exit", {});
            leave();
        }
    }

    void kill_late_ones() {
        if (leaving_ && now_ms() >= kill_at_ms_) {
            for (const auto& [pid, living] : children_) {
                kill(pid, SIGKILL);
            }
            kill_at_ms_ = now_ms() + leave_bound.count();
        }
    }

    [[nodiscard]] int poll_timeout() const {
        if (leaving_) {
            return static_cast<int>(std::max<std::int64_t>(kill_at_ms_ - now_ms(), 0));
        }
        if (std::ssize(children_) < options_.count) {
            return static_cast<int>(std::max<std::int64_t>(next_birth_ms_ - now_ms(), 0));
        }
        const std::int64_t idle_ms = milliseconds(options_.idle_exit).count();
        return idle_ms > 0 ? static_cast<int>(std::clamp<std::int64_t>(idle_ms / 4, 50, 1000)) : -1;
    }

    const PreforkOptions& options_;
    const Child& child_;
    SharedMemory state_ = share_state();
    Descriptor signals_{take_signals({SIGTERM, SIGINT, SIGCHLD})};
    std::map<pid_t, LivingChild> children_;
    std::int64_t next_birth_ms_ = 0;
    bool leaving_ = false;
    std::int64_t kill_at_ms_ = 0;
};

}  // namespace

int prefork(const PreforkOptions& options,
            const std::function<void(int signal_descriptor, Activity& activity)>& child) {
    return Parent(options, child).run();
}

}  // namespace ventanilla
