// ventanilla crear-usuario: a user for one client.
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_crear_usuario(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
