// Accounts in the database: making them with unique usernames, and changing their password.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/account.h"
#include "accounts/password_policy.h"
#include "core/clock.h"
#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla {

struct NewAccount {
    std::string username_base;  // the wanted name; see unique_username_candidates
    std::string email;          // empty: none
    std::string first_name;
    std::string last_name;
    std::string password_hash;
    bool weak_password = false;
};

struct CreatedAccount {
    std::int64_t id = 0;
    std::string username;
};

// The names that are tried for a base, in order: the base itself, then with 0 to 98 behind it
// (SPEC.md 2 and 7). What cannot stand in a username is left out of the base; a base with nothing
// left is `usuario`.
[[nodiscard]] std::vector<std::string> unique_username_candidates(const std::string& base);

// Inserts the account under the first free candidate; the unique index decides races. Absent when
// all are taken.
[[nodiscard]] std::optional<CreatedAccount> create_account(db::Transaction& transaction,
                                                           const NewAccount& account,
                                                           Timestamp now);

// The name that create_account would take now; absent when all are taken.
[[nodiscard]] std::optional<std::string> free_username(db::Connection& connection,
                                                       const std::string& base);

enum class StaffRefusal { UsernameTaken, UsernameUnusable, EmailMalformed, PasswordRefused };

// A member of staff, for `ventanilla crear-admin`. `role` is administrador, operador or consulta.
// Hashes the password. Returns the account's id.
[[nodiscard]] std::variant<std::int64_t, StaffRefusal> create_staff(db::Connection& connection,
                                                                    const Settings& settings,
                                                                    const std::string& username,
                                                                    const std::string& email,
                                                                    const std::string& role,
                                                                    const std::string& password,
                                                                    Timestamp now);

// The statement that stores a new hash. With `only_if_still`, nothing changes when the hash is
// another one by now.
[[nodiscard]] db::Call replaced_password(std::int64_t account_id,
                                         const std::string& new_hash,
                                         const std::optional<std::string>& only_if_still);

}  // namespace ventanilla
