// ventanilla estado: how things stand, and whether something needs attention.
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_estado(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
