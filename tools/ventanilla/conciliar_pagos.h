// ventanilla conciliar-pagos: our payments online beside what the providers have
// (payments/reconciliation.h).
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_conciliar_pagos(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
