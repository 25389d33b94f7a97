// ventanilla importar-clientes: clients and their services out of a CSV file
// (clients/client_import.h).
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_importar_clientes(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
