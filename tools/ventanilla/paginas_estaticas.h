// ventanilla paginas-estaticas: the pages that nginx shows when no handler can answer.
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_paginas_estaticas(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
