// Pages of the program `admin_clients` (SPEC.md 3).
#pragma once

#include "app/visit.h"

namespace ventanilla::admin_clients {

// 200: how many archived accounts came back or still can, and the state of the mails.
Response overview(Visit& visit);

}  // namespace ventanilla::admin_clients
