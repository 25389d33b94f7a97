// ventanilla crear-admin: makes an account for a member of staff.
#pragma once

#include "ventanilla/program.h"

namespace ventanilla::cli {

void add_crear_admin(CLI::App& program, Action& action);

}  // namespace ventanilla::cli
