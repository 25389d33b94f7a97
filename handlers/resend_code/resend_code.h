// Pages of the program `resend_code` (SPEC.md 2, codes).
#pragma once

#include "app/visit.h"

namespace ventanilla::resend_code {

// 303 to the code page with a notice; 303 to the start of the flow without a running claim; 429 too
// soon or too many.
Response for_search(Visit& visit);
Response for_form(Visit& visit);
Response for_recovery(Visit& visit);

}  // namespace ventanilla::resend_code
