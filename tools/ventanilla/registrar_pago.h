// ventanilla registrar-pago: books a payment in cash or by transfer (billing/payments.h).
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_registrar_pago(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
