// Makes, limits and mails verification codes. Private to claims/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "claims/claim.h"

namespace ventanilla {

// Codes of a step-up have so many digits; codes with fewer are "short".
constexpr int step_up_digits = 8;

// The values of claim.purpose that share a flow's code page, as a JSON array.
[[nodiscard]] const char* flow_purposes(Flow flow);

// For whom a code is made.
struct CodeRequest {
    std::string purpose;  // column claim.purpose
    std::string email;    // as typed: what limits count by and pages show
    // Where the mail goes: the address that is stored. One that only folds to it may be another
    // person's (as in CVE-2019-19844). Absent: nothing matches, no mail goes out and no code is
    // right.
    std::optional<std::string> recipient;
    std::optional<std::int64_t> archived_user_id;
    std::optional<std::int64_t> archived_record_id;
    std::vector<std::string> usernames;  // what the mail says it is about
};

// Takes the lock on the address and says whether a code may be mailed to it now; absent when it
// may. To be called first in the transaction that issues the code.
[[nodiscard]] std::optional<CodeThrottled> code_limit(db::Transaction& transaction,
                                                      const ClaimServices& services,
                                                      const std::string& email,
                                                      const Visitor& visitor);

enum class Occasion { First, Resend };

// Stores a new code for the claim, replaces its earlier ones, and queues the mail (when matched).
void issue_code(db::Transaction& transaction,
                const ClaimServices& services,
                std::int64_t claim_id,
                const CodeRequest& request,
                const Visitor& visitor,
                Occasion occasion);

// What is stored of a code: HMAC over claim and code, under the current or the previous key.
[[nodiscard]] std::string code_message(std::int64_t claim_id, const std::string& code);

}  // namespace ventanilla
