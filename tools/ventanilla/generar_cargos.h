// ventanilla generar-cargos: the month's charges of all active services (billing/charges.h).
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_generar_cargos(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
