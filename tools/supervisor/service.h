// What a services file says: one service a line, in the order in which they start.
//
//   NAME [TAB OPTION]... TAB -- TAB COMMAND [TAB ARGUMENT]...
//
// Fields are separated by one TAB and taken as they are (no quoting, so paths may hold spaces).
// Empty lines and lines that begin with # are skipped. The options and their defaults are the
// members of Service; `ventanilla-supervisor --help` explains them.
#pragma once

#include <chrono>
#include <csignal>
#include <istream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ventanilla::supervisor {

struct Service {
    std::string name;
    std::vector<std::string> command;  // never empty; the program first, with its path
    std::string socket;                // socket=PATH; empty: none
    std::string ready;                 // ready=PATH; empty: ready as soon as it is started
    std::string log;                   // log=PATH; empty: the supervisor's own output
    bool oneshot = false;
    std::vector<int> stop_signals{SIGTERM};  // never empty
    std::chrono::milliseconds timeout{60000};
    std::chrono::milliseconds grace{5000};

    // The next service starts only after this one has answered for itself.
    bool is_gate() const { return oneshot || !ready.empty(); }
};

// The file or a program that it names is unusable; what() is one line for a person, with the line's
// number.
struct BadServices : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// At least one service, with names that differ and programs that can be run. Throws BadServices.
std::vector<Service> read_services(std::istream& file);

}  // namespace ventanilla::supervisor
