// Pages of the program `account_search` (SPEC.md 2, search).
#pragma once

#include "app/visit.h"

namespace ventanilla::account_search {

// 200: the form; above it what this browser's last search found.
Response form(Visit& visit);

// 303 back to the list; with SEARCH_DISCLOSES=0, whatever the email, 303 to the code page or 429.
// 422 the form again.
Response search(Visit& visit);

// 303 to the code page, or to the password when the mailbox is proved already; 404 for an account
// that was not listed; 429 when no code may be mailed now.
Response choose(Visit& visit);

}  // namespace ventanilla::account_search
