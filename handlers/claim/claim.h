// Pages of the program `claim` (SPEC.md 1, forgotten password, and 2).
#pragma once

#include "app/visit.h"

namespace ventanilla::claim {

// Method 3. POST: 303 to the code page whether or not anything matched; 422; 429.
Response reclaim_form(Visit& visit);
Response reclaim(Visit& visit);

// Method 2, last step. 404 for an account that this browser's search did not list; when the code is
// missing, or was right too long ago, a page that says where to begin again. POST: 303 logged in to
// the portal; 422.
Response choose_password_form(Visit& visit);
Response choose_password(Visit& visit);

// Forgotten password. POST: 303 to the code page whatever the email; 422; 429.
Response recover_form(Visit& visit);
Response recover(Visit& visit);

// Its last step. POST: 303 logged in to the portal, all other sessions ended; 422.
Response new_password_form(Visit& visit);
Response new_password(Visit& visit);

// The link of a mail with credentials (activation_pages.cpp). Opening it changes nothing. 404 for
// an unknown link, 422 and what to do for one that was used or is too old. POST: 303 logged in to
// the portal.
Response activation_form(Visit& visit);
Response activate(Visit& visit);

}  // namespace ventanilla::claim
