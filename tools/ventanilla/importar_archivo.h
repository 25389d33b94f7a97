// ventanilla importar-archivo: loads the accounts of an old system (claims/archive_import.h).
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_importar_archivo(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
