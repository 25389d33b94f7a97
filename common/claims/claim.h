// A running attempt to get an account back, bound to one browser (claim_states.mermaid draws its
// life):
//
//   started --right code--> verified --password (choice, recovery) or at once (form)--> finished
//
// A claim that matches no account runs exactly the same way, only that no mail goes out and no code
// is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "claims/account_opening.h"
#include "claims/services.h"

namespace ventanilla {

// Which flow a page belongs to; each has one page for its code.
enum class Flow {
    Search,    // method 2: a chosen account, or (SEARCH_DISCLOSES=0) the mailbox before the list
    Form,      // method 3
    Recovery,  // forgotten password of a live account
};

// Why no code is mailed now (DESIGN.md, security figures).
enum class CodeLimit {
    MailGap,          // less than a minute since the last code for this address
    MailDay,          // the day's mails for this address are used up
    NetworkRequests,  // this network asked for too many codes within the hour
    NetworkWrong,     // this network typed too many wrong codes in 24 h
};

struct CodeThrottled {
    CodeLimit limit;
    Timestamp retry_at;
};

struct CodeSent {};

using StartOutcome = std::variant<CodeSent, CodeThrottled>;

// Method 2: the code for an account that the browser's search lists. REQUIRES: `listed` is not
// proven.
[[nodiscard]] StartOutcome start_choice(const ClaimServices& services,
                                        const ArchivedAccount& listed,
                                        const std::string& searched_email,
                                        const Visitor& visitor);

// Method 2 after the mailbox was proved: the claim is verified without a second code.
void start_proven_choice(const ClaimServices& services,
                         const ArchivedAccount& listed,
                         const std::string& searched_email,
                         const Visitor& visitor);

// SEARCH_DISCLOSES=0: the code that proves the mailbox before anything is listed.
[[nodiscard]] StartOutcome start_mailbox_proof(const ClaimServices& services,
                                               const std::string& email,
                                               const Visitor& visitor);

struct FormClaim {
    std::string username;
    std::string email;
    std::string first_name;
    std::string last_name;
    std::string password;
};

// Method 3. Hashes the password whether or not an archived account matches.
[[nodiscard]] StartOutcome start_form(const ClaimServices& services,
                                      const FormClaim& form,
                                      const Visitor& visitor);

[[nodiscard]] StartOutcome start_recovery(const ClaimServices& services,
                                          const std::string& email,
                                          const Visitor& visitor);

// Another code for the flow's running claim; every earlier code of that claim is worthless from
// then on. Absent when this browser has no running claim.
[[nodiscard]] std::optional<StartOutcome> send_new_code(const ClaimServices& services,
                                                        Flow flow,
                                                        const Visitor& visitor);

// What the code page says.
struct PendingCode {
    std::string email;  // as typed
    int digits = 0;
    bool is_step_up = false;  // longer than usual, for safety
    Timestamp expires_at;
    Timestamp resend_from;
};

// Absent when this browser has no running claim.
[[nodiscard]] std::optional<PendingCode> pending_code(const ClaimServices& services,
                                                      Flow flow,
                                                      const Visitor& visitor);

// The claim whose right code was typed in this browser, until it is finished or its time
// (CODE_MINUTES) is over.
struct VerifiedClaim {
    std::int64_t id = 0;
    std::string email;
    std::optional<std::int64_t> dato_id;  // absent for a mailbox and for a forgotten password
    bool proves_mailbox = false;          // only that: the list may be shown, nothing is chosen yet
};
[[nodiscard]] std::optional<VerifiedClaim> verified_claim(const ClaimServices& services,
                                                          Flow flow,
                                                          const Visitor& visitor);

// Whether this browser's newest claim of the flow was finished within the last CODE_MINUTES: for
// the answer to a button that is pressed again because its first answer was lost.
[[nodiscard]] bool was_finished_here(const ClaimServices& services,
                                     Flow flow,
                                     const Visitor& visitor);

// The statement that marks a claim finished, unless it is: affected() is 1 for the one who may go
// on.
[[nodiscard]] db::Call finishing_claim(std::int64_t claim_id, Timestamp now);

}  // namespace ventanilla
