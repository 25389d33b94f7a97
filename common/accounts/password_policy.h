// What a new password must be (SPEC.md 7, passwords): long enough, not too long, not a common one.
// No rules about kinds of characters. Old passwords are never measured by it, except to invite
// people to change them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ventanilla {

constexpr std::size_t max_password_bytes = 1024;

enum class PasswordProblem { Missing, TooShort, TooLong, Common };

// `context` are words that everybody would try first: user name, email, names, the organisation's
// name. Absent when the password is fine.
[[nodiscard]] std::optional<PasswordProblem> password_problem(
    std::string_view password, std::int64_t min_length, const std::vector<std::string>& context);

}  // namespace ventanilla
