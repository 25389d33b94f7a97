// The frame around all commands: arguments, help and errors in Spanish, settings, exit codes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla::cli {

// What the chosen command does; returns the exit code.
using Action = std::function<int()>;

// Adds a command to the program; when it is chosen, it sets `action`.
using AddCommand = void (*)(CLI::App& program, Action& action);

// Parses, runs the chosen command and turns whatever it throws into one line on standard error and
// an exit code.
[[nodiscard]] int run_program(int argc, char** argv, const std::vector<AddCommand>& commands);

// A connection by the settings, for commands whose session keeps something between statements.
// Throws Misconfigured behind a transaction pooler, which would give every statement another
// session.
[[nodiscard]] db::Connection::Options direct_connection(const Settings& settings);

// The same for all other commands.
[[nodiscard]] db::Connection::Options connection(const Settings& settings);

// One line on standard error.
void complain(const std::string& line);

}  // namespace ventanilla::cli
