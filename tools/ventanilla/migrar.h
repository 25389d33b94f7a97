// ventanilla migrar: brings the schema up to date (db/migrations.h).
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_migrar(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
