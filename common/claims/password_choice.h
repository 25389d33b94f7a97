// The last step of two flows, after the right code: the password. For an archived account chosen by
// search it makes the account; for a live one it replaces the forgotten password and ends every
// session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "claims/claim.h"

namespace ventanilla {

// What the page says of the account that is about to exist.
struct AccountToOpen {
    ArchivedAccount archived;
    std::string username;  // that it will get, unless somebody takes it meanwhile
};

// Or why there is nothing to open any more.
[[nodiscard]] std::variant<AccountToOpen, OpeningRefusal> account_to_open(
    const ClaimServices& services, const VerifiedClaim& claim);

[[nodiscard]] OpeningOutcome open_chosen_account(const ClaimServices& services,
                                                 const VerifiedClaim& claim,
                                                 const ArchivedAccount& archived,
                                                 const std::string& password,
                                                 const Visitor& visitor);

// The live accounts whose password a proven mailbox may replace.
struct RecoverableAccount {
    std::int64_t id = 0;
    std::string username;
    std::string email;
    bool is_staff = false;
};
[[nodiscard]] std::vector<RecoverableAccount> recoverable_accounts(const ClaimServices& services,
                                                                   const VerifiedClaim& claim);

struct PasswordReplaced {
    std::string session_token;
    std::int64_t sessions_ended = 0;
};

// Absent when the claim was finished meanwhile (the button pressed twice).
[[nodiscard]] std::optional<PasswordReplaced> replace_forgotten_password(
    const ClaimServices& services,
    const VerifiedClaim& claim,
    const RecoverableAccount& account,
    const std::string& password,
    const Visitor& visitor);

// Changing a known password: hashes the new one, ends all other sessions, and a mail tells. Returns
// how many ended, and the token of the session that takes the place of the present one.
[[nodiscard]] PasswordReplaced change_password(const ClaimServices& services,
                                               const Session& session,
                                               const std::string& new_password,
                                               const Visitor& visitor);

}  // namespace ventanilla
