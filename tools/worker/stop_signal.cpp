#include "worker/stop_signal.h"

#include <cerrno>
#include <csignal>
#include <system_error>
#include <unistd.h>

#include <sys/signalfd.h>

namespace ventanilla {
namespace {

// With the second that a mail transport may take to ask, this leaves the worker inside its three
// seconds.
constexpr std::chrono::milliseconds patience{500};

}  // namespace

StopSignal::StopSignal() {
    (void)std::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor_ < 0) {
        throw std::system_error(errno, std::generic_category(), "signalfd");
    }
}

StopSignal::~StopSignal() {
    close(descriptor_);
}

bool StopSignal::came() {
    signalfd_siginfo info{};
    if (!came_at_ && read(descriptor_, &info, sizeof info) == sizeof info) {
        came_at_ = std::chrono::steady_clock::now();
    }
    return came_at_.has_value();
}

bool StopSignal::is_urgent() {
    return came() && std::chrono::steady_clock::now() - *came_at_ >= patience;
}

}  // namespace ventanilla
