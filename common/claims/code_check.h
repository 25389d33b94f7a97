// Typing a code. The try is counted first, in its own committed transaction; then the code is
// compared, as a keyed hash in constant time; then it is spent, once.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "claims/claim.h"

namespace ventanilla {

struct CodeAccepted {
    std::optional<std::int64_t> dato_id;  // the archived account that may be taken back now
    bool proves_mailbox = false;          // SEARCH_DISCLOSES=0: the list may be shown now
    std::optional<OpenedAccount> opened;  // method 3: the account exists already
};

struct CodeWrong {
    int tries_left = 0;  // more than 0
};

struct CodeReplaced {
    Timestamp replaced_at;
};

enum class CodeRefusal {
    Expired,
    Exhausted,       // five wrong tries: this code is dead
    LongerNeeded,    // step-up: short codes are not looked at now, a new one is longer
    Used,            // was right before
    NoClaim,         // this browser asked for no code
    AlreadyClaimed,  // right, but the archived account was taken back meanwhile
    NoFreeUsername,  // right, but all usernames are taken; the code stays usable
};

struct CodeNetworkThrottled {
    Timestamp retry_at;
};

using CodeOutcome =
    std::variant<CodeAccepted, CodeWrong, CodeReplaced, CodeRefusal, CodeNetworkThrottled>;

// How many digits a code of this flow in this browser has; absent without a running claim. What has
// another number of digits is a form error and no try (SPEC.md 7).
[[nodiscard]] std::optional<int> expected_digits(const ClaimServices& services,
                                                 Flow flow,
                                                 const Visitor& visitor);

// REQUIRES: `code` is digits only.
[[nodiscard]] CodeOutcome use_code(const ClaimServices& services,
                                   Flow flow,
                                   const std::string& code,
                                   const Visitor& visitor);

}  // namespace ventanilla
