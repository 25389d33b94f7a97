// Pages of the program `portal` (SPEC.md 4).
#pragma once

#include "app/visit.h"

namespace ventanilla::portal {

// 200: who I am, my account's data, my sessions; one round trip. 303 to the login without a
// session.
Response overview(Visit& visit);

// 200. With ?primera=1 it is the first login and may be skipped.
Response password_form(Visit& visit);

// 303: the password is new (all other sessions ended, a mail tells), or was skipped (field omitir);
// 422; 429 after too many wrong old passwords.
Response change(Visit& visit);

Response sessions(Visit& visit);

// 303; 404 for a session that is not mine.
Response end_sessions(Visit& visit);

}  // namespace ventanilla::portal
