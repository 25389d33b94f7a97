// What nobody expects: the database is gone, a disk is full, a template broke. What a person can
// cause is a value of the domain (an enum, a variant), never one of these. Only the skeleton behind
// run_handler, the worker's loop and the command line catch them.
#pragma once

#include <stdexcept>
#include <string>

namespace ventanilla {

// Base of everything that is thrown on purpose. The message is for the log, never for a page.
class Failure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;

    // True when the same request may succeed a little later by itself: the answer is 503 with
    // Retry-After, else 500.
    [[nodiscard]] virtual bool is_temporary() const noexcept { return false; }
};

// Something outside is away or overloaded: database, hash slots, disk.
class Unavailable : public Failure {
  public:
    using Failure::Failure;
    [[nodiscard]] bool is_temporary() const noexcept override { return true; }
};

// A setting is missing or wrong. The program ends with exit_misconfigured and the message as its
// one line.
class Misconfigured : public Failure {
  public:
    using Failure::Failure;
};

// Exit codes of all programs (the vocabulary of small supervised programs: systemd does not restart
// 100 and 102).
constexpr int exit_fine = 0;
constexpr int exit_nothing_done = 1;
constexpr int exit_some_rejected = 3;
constexpr int exit_usage = 100;
constexpr int exit_misconfigured = 102;
constexpr int exit_system = 111;

}  // namespace ventanilla
