// Pages of the program `login` (SPEC.md 1).
#pragma once

#include "app/visit.h"

namespace ventanilla::login {

// 200 the form; 303 to where one belongs when somebody is logged in already.
Response form(Visit& visit);

// 303 logged in, with an archived account taken back on the way if that is what the password
// opened; 422 the form again (wrong, inactive, no free username, empty field), after a fixed time
// so that the cause does not show in it; 429 too many tries.
Response enter(Visit& visit);

// 303 to the login page, without the session. Never fails: a browser without a session is logged
// out already.
Response leave(Visit& visit);

}  // namespace ventanilla::login
