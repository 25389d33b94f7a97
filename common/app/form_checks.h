// Checks that several forms share. Each adds what is wrong to the errors and changes nothing else.
#pragma once

#include <string>
#include <vector>

#include "app/visit.h"

namespace ventanilla {

// Fields password1 and password2: the policy of accounts/password_policy.h, and both alike.
// `context` are words that the password must not be made of.
void check_new_password(Visit& visit, FormErrors& errors, const std::vector<std::string>& context);

// Field `email`: there, and one address. Returns it without white space around it.
std::string check_email(Visit& visit, FormErrors& errors);

// A field of at most 150 characters that must not be empty. `missing_key` is the text for an empty
// one.
std::string check_name(Visit& visit,
                       FormErrors& errors,
                       const std::string& field,
                       const std::string& missing_key);

// Field `code` as its digits alone: blanks, dashes and dots between them are ignored (SPEC.md 7).
// Anything but `digits` of them is an error of the form and no try.
std::string check_code(Visit& visit, FormErrors& errors, int digits);

}  // namespace ventanilla
