// Logging in: the live account, else an archived credential of either source (method 1, SPEC.md 1).
// A wrong name and a wrong password look the same and cost the same. Tries are counted before the
// password is looked at.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "claims/account_opening.h"
#include "claims/services.h"

namespace ventanilla {

struct LoggedIn {
    std::int64_t account_id = 0;
    bool is_staff = false;
    bool first_with_made_password = false;  // ask for an own one
    std::string session_token;
    std::optional<OpenedAccount> reactivated;  // the account came back from the archive just now
};

enum class LoginRefusal {
    Wrong,              // name or password, we do not say which
    Inactive,           // right, but the account is switched off
    MadePasswordEnded,  // right, but made by the system and not used in time
    NoFreeUsername,     // right, but no username is free for the archived account
};

// Too many failures: the password was not looked at.
struct LoginThrottled {
    Timestamp retry_at;
};

using LoginOutcome = std::variant<LoggedIn, LoginRefusal, LoginThrottled>;

// `name` is a username or an email, as typed. Throws Unavailable when no hash slot is free.
[[nodiscard]] LoginOutcome log_in(const ClaimServices& services,
                                  const std::string& name,
                                  const std::string& password,
                                  const Visitor& visitor);

// For pages that ask for the password again. Counted and throttled like a login.
struct PasswordCheck {
    bool is_right = false;
    std::optional<Timestamp>
        retry_at;  // present: too many failures, the password was not looked at
};
[[nodiscard]] PasswordCheck check_password(const ClaimServices& services,
                                           const Account& account,
                                           const std::string& password,
                                           const Visitor& visitor);

}  // namespace ventanilla
