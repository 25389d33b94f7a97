// Pages of the program `verify_code` (SPEC.md 2, codes). One form and one answer for three flows.
#pragma once

#include "app/visit.h"

namespace ventanilla::verify_code {

// 200: the form. Without a running claim in this browser: 200 and where to begin.
Response search_form(Visit& visit);
Response reclaim_form(Visit& visit);
Response recovery_form(Visit& visit);

// 303 after the right code: to the password, to the list (SEARCH_DISCLOSES=0), or, for the form,
// logged in to the portal. 422 otherwise; 429 for a network that typed too many wrong ones.
Response search_code(Visit& visit);
Response reclaim_code(Visit& visit);
Response recovery_code(Visit& visit);

}  // namespace ventanilla::verify_code
