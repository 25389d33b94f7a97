#include "supervisor/supervisor.h"

#include <algorithm>
#include <iostream>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <sys/signalfd.h>
#include <sys/wait.h>

namespace ventanilla::supervisor {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_delay{50};
constexpr milliseconds longest_delay{1000};
constexpr milliseconds long_life{2000};  // who ran this long is started again at once
constexpr milliseconds ready_check{20};  // how often a file or socket that we wait for is looked at
constexpr int wrong_usage = 100;
constexpr int wrong_configuration = 102;

void say(const std::string& text) {
    std::cerr << "ventanilla-supervisor: " + text + "\n" << std::flush;
}

std::string describe(const siginfo_t& how) {
    const std::string what = how.si_code == CLD_EXITED ? "ended with exit code " : "got signal ";
    return what + std::to_string(how.si_status);
}

// A service that logs to a file and leaves has said there why.
std::string with_reason(const Service& service, const std::string& how, bool left = true) {
    const std::string reason = left && !service.log.empty() ? last_line(service.log) : "";
    return service.name + " " + how + (reason.empty() ? "" : ": " + reason);
}

}  // namespace

Supervisor::Supervisor(std::vector<Service> services) : signals_(take_signals()) {
    for (Service& service : services) {
        Unit unit;
        unit.listener = service.socket.empty() ? Descriptor() : listen_on(service.socket);
        unit.service = std::move(service);
        units_.push_back(std::move(unit));
    }
}

int Supervisor::run() {
    adopt_orphans();
    for (step(); !stopping_ || any_running(); step()) {
        wait_for_events();
    }
    kill_remaining_children();
    for (const Unit& unit : units_) {
        unlink(unit.service.socket.c_str());
    }
    return result_;
}

bool Supervisor::any_running() const {
    return std::any_of(units_.begin(), units_.end(), [](const Unit& unit) {
        return unit.state == State::Running;
    });
}

void Supervisor::step() {
    if (!stopping_) {
        start_what_is_due();
    }
    if (stopping_) {  // also when a start has just failed
        stop_from_the_end();
    }
}

void Supervisor::start_what_is_due() {
    const auto now = Clock::now();
    for (Unit& unit : units_) {
        if (unit.state == State::Resting && unit.due <= now) {
            start(unit);
        }
    }
    while (next_ < units_.size() && may_start_next()) {
        start(units_[next_++]);
    }
}

bool Supervisor::may_start_next() {
    if (next_ == 0) {
        return true;
    }
    Unit& last = units_[next_ - 1];
    const Service& service = last.service;
    last.ready = last.ready || (!service.oneshot && is_ready(service.ready));
    if (!last.ready && Clock::now() - last.started >= service.timeout) {
        say(with_reason(service, "was not ready in time"));
        begin_stop(EXIT_FAILURE);
    }
    return last.ready;
}

void Supervisor::start(Unit& unit) {
    unit.pid = start_process(unit.service, unit.listener.get());
    unit.state = State::Running;
    unit.started = Clock::now();
    unit.ready = unit.ready || !unit.service.is_gate();
}

// Each has ended before the one that it may need is asked to.
void Supervisor::stop_from_the_end() {
    const auto last = std::find_if(units_.rbegin(), units_.rend(), [](const Unit& unit) {
        return unit.state == State::Running;
    });
    if (last != units_.rend() && (last->signals_sent == 0 || last->due <= Clock::now())) {
        send_next_stop_signal(*last);
    }
}

void Supervisor::send_next_stop_signal(Unit& unit) {
    const auto& signals = unit.service.stop_signals;
    unit.due = Clock::now() + unit.service.grace;
    if (unit.signals_sent < signals.size()) {
        kill(unit.pid, signals[unit.signals_sent++]);
        return;
    }
    say(unit.service.name + " did not leave in time and is killed");
    kill(-unit.pid, SIGKILL);
}

void Supervisor::wait_for_events() {
    std::vector<pollfd> watched{{signals_.get(), POLLIN, 0}};
    std::vector<Unit*> asleep;
    for (Unit& unit : units_) {
        if (unit.state == State::Asleep) {
            watched.push_back({unit.listener.get(), POLLIN, 0});
            asleep.push_back(&unit);
        }
    }
    if (poll(watched.data(), watched.size(), wait_milliseconds()) <= 0) {
        return;
    }
    for (std::size_t i = 0; i < asleep.size(); ++i) {
        if (watched[i + 1].revents != 0) {
            start(*asleep[i]);
        }
    }
    if (watched.front().revents != 0) {
        read_signals();
    }
}

// Until the next start, look or signal is due; -1: until something happens.
int Supervisor::wait_milliseconds() const {
    const auto now = Clock::now();
    auto until = Clock::time_point::max();
    for (const Unit& unit : units_) {
        const bool signalled = stopping_ && unit.signals_sent > 0 && unit.state == State::Running;
        if (unit.state == State::Resting || signalled) {
            until = std::min(until, unit.due);
        }
    }
    if (!stopping_ && next_ < units_.size()) {
        const Unit& last = units_[next_ - 1];
        const auto deadline = last.started + last.service.timeout;
        until = std::min(until, last.service.oneshot ? deadline : now + ready_check);
    }
    if (until == Clock::time_point::max()) {
        return -1;
    }
    const auto left = std::chrono::ceil<milliseconds>(until - now);
    return static_cast<int>(std::max(left, milliseconds{0}).count());
}

void Supervisor::read_signals() {
    signalfd_siginfo signal{};
    while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo != SIGCHLD) {
            begin_stop(EXIT_SUCCESS);
        }
    }
    reap();
}

void Supervisor::reap() {
    siginfo_t how{};
    // WNOWAIT keeps the number taken until its group has been signalled.
    while (waitid(P_ALL, 0, &how, WEXITED | WNOHANG | WNOWAIT) == 0 && how.si_pid != 0) {
        const auto unit = std::find_if(units_.begin(), units_.end(), [&](const Unit& candidate) {
            return candidate.state == State::Running && candidate.pid == how.si_pid;
        });
        if (unit != units_.end()) {
            kill(-how.si_pid, stopping_ ? SIGKILL : unit->service.stop_signals.front());
        }
        waitpid(how.si_pid, nullptr, 0);
        if (unit != units_.end()) {
            ended(*unit, how);
        }
        how = {};
    }
}

void Supervisor::ended(Unit& unit, const siginfo_t& how) {
    const Service& service = unit.service;
    const bool exited = how.si_code == CLD_EXITED;
    unit.state = State::Ended;
    if (stopping_) {
        return;
    }
    if (exited && (how.si_status == wrong_configuration || how.si_status == wrong_usage)) {
        say(with_reason(service, "has a wrong configuration"));
        begin_stop(wrong_configuration);
    } else if (service.oneshot && exited && how.si_status == 0) {
        unit.ready = true;
    } else if (!unit.ready) {
        say(with_reason(service, describe(how)));
        begin_stop(EXIT_FAILURE);
    } else if (unit.listener.get() >= 0 && exited && how.si_status == 0) {
        unit.state = State::Asleep;
    } else {
        rest(unit, with_reason(service, describe(how), exited));
    }
}

void Supervisor::rest(Unit& unit, const std::string& why) {
    const auto now = Clock::now();
    const bool lived = now - unit.started >= long_life;
    unit.delay = lived ? milliseconds{0} : std::clamp(unit.delay * 2, first_delay, longest_delay);
    unit.due = now + unit.delay;
    unit.state = State::Resting;
    say(why + " (starting it again)");
}

void Supervisor::begin_stop(int result) {
    if (stopping_) {
        return;
    }
    stopping_ = true;
    result_ = result;
    for (Unit& unit : units_) {
        if (unit.state != State::Running) {
            unit.state = State::Ended;
        }
    }
}

}  // namespace ventanilla::supervisor
