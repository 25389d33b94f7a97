// Pages of the program `portal` (SPEC.md 4). Whoever is logged in sees what is theirs; another
// client's id is the same 404 as one that is nobody's. An account without a client has its pages
// too: they say that there is nothing yet.
#pragma once

#include "app/visit.h"

namespace ventanilla::portal {

// 200: what I owe, my services, payments, account and sessions; one round trip. 303 to the login
// without a session.
Response overview(Visit& visit);

// payments_pages.cpp
Response payments(Visit& visit);
// 404 for a payment that is not mine.
Response receipt(Visit& visit);
Response receipt_file(Visit& visit);

// statement_pages.cpp. 422 for dates that are none or in the wrong order; the files lead to the
// page then, and are 404 without a client.
Response statement(Visit& visit);
Response statement_pdf(Visit& visit);
Response statement_csv(Visit& visit);

// account_pages.cpp
Response services(Visit& visit);
Response activity(Visit& visit);

// profile_pages.cpp
Response profile_form(Visit& visit);
// 303: saved, or left for staff; to the code page when the email is a new one. 422; 429 after too
// many codes.
Response change_data(Visit& visit);
Response email_form(Visit& visit);
// 303: the email counts, or a new code is on its way; 422: wrong, expired, exhausted; 429.
Response prove_email(Visit& visit);

// 200. With ?primera=1 it is the first login and may be skipped.
Response password_form(Visit& visit);

// 303: the password is new (all other sessions ended, a mail tells), or was skipped (field omitir);
// 422; 429 after too many wrong old passwords.
Response change(Visit& visit);

Response sessions(Visit& visit);

// 303; 404 for a session that is not mine.
Response end_sessions(Visit& visit);

}  // namespace ventanilla::portal
