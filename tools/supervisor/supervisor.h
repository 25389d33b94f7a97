// Starts the services in order, keeps them running, stops them in reverse order.
//
// A service's life:
//
//   waiting --its turn--> running --ended by itself--> resting --delay over--> running
//                            |--exit 0, has a socket-> asleep --a connection waits--> running
//                            |--oneshot, exit 0------> ended
//                            `--asked to leave-------> ended
//
// The delay is 0 for a service that ran 2 s, else 0.05 s doubling to 1 s. Everything is stopped
// when a signal asks for it (result 0), when a service says that its configuration is wrong (exit
// 100 or 102; result 102), and when a step fails or a service ends before it was ready (result 1).
//
// Invariants: at most one process per service; what a dead main process leaves in its group gets
// the service's stop signal at once (nginx's workers would keep the port); nothing outlives run().
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

#include "supervisor/process.h"
#include "supervisor/service.h"

namespace ventanilla::supervisor {

class Supervisor {
  public:
    // Binds all sockets. Throws std::system_error.
    explicit Supervisor(std::vector<Service> services);

    // Returns the exit code when everything has been stopped; the sockets are gone then.
    int run();

  private:
    using Clock = std::chrono::steady_clock;
    enum class State { Waiting, Running, Resting, Asleep, Ended };
    struct Unit {
        Service service;
        Descriptor listener;
        State state = State::Waiting;
        bool ready =
            false;  // it has been ready once: from here on it is restarted, whatever happens
        pid_t pid = 0;
        Clock::time_point started;
        Clock::time_point due;  // resting: start it; stopping: the next signal
        std::chrono::milliseconds delay{};
        std::size_t signals_sent = 0;
    };

    void step();
    void start_what_is_due();
    bool may_start_next();
    void start(Unit& unit);
    bool any_running() const;
    void stop_from_the_end();
    void send_next_stop_signal(Unit& unit);
    void wait_for_events();
    int wait_milliseconds() const;
    void read_signals();
    void reap();
    void ended(Unit& unit, const siginfo_t& how);
    void rest(Unit& unit, const std::string& why);
    void begin_stop(int result);

    std::vector<Unit> units_;
    std::size_t next_ = 0;  // units before this one have been started
    Descriptor signals_;
    bool stopping_ = false;
    int result_ = 0;
};

}  // namespace ventanilla::supervisor
