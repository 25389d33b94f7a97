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
    // Present: the system made the password; it ends then unless somebody uses it, and its owner is
    // asked for an own one.
    std::optional<Timestamp> made_password_expires_at = std::nullopt;
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

// The same for many in as few round trips, in the order of `accounts`.
[[nodiscard]] std::vector<std::optional<CreatedAccount>> create_accounts(
    db::Transaction& transaction, const std::vector<NewAccount>& accounts, Timestamp now);

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

// The statements that store a hash, for the transaction of what goes with them.
// The same password in a better format; nothing changes when the hash is another one by now.
[[nodiscard]] db::Call rehashed_password(std::int64_t account_id,
                                         const std::string& new_hash,
                                         const std::string& only_if_still);
// The owner chose a password: a made one is forgotten wherever it could still be seen.
[[nodiscard]] db::Call chosen_password(std::int64_t account_id,
                                       const std::string& hash,
                                       Timestamp now);
// The system made one: its owner is asked for an own one, and it ends unless somebody uses it.
[[nodiscard]] db::Call storing_made_password(std::int64_t account_id,
                                             const std::string& hash,
                                             Timestamp expires_at);

}  // namespace ventanilla
