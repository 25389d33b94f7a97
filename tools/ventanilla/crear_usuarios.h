// ventanilla crear-usuarios (old name: crear_usuarios_clientes): a user for every client who has
// none, and the file with their credentials.
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_crear_usuarios(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
