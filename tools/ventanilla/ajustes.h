// ventanilla ajustes: the table of settings.
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_ajustes(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
