// The claim and codes that a typed code is held against, and what has been guessed so far. Private
// to claims/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "claims/claim.h"
#include "claims/code_issuer.h"

namespace ventanilla {

struct StoredCode {
    std::int64_t id = 0;
    std::string hmac;
    int digits = 0;
    int tries = 0;
    Timestamp expires_at;
    bool is_used = false;
    std::optional<Timestamp> replaced_at;

    [[nodiscard]] bool is_short() const { return digits < step_up_digits; }
};

struct ClaimInQuestion {
    std::int64_t id = 0;
    std::string purpose;
    std::string email;
    std::optional<std::int64_t> archived_user_id;
    std::optional<std::int64_t> archived_record_id;
    std::string username;
    std::string first_name;
    std::string last_name;
    std::string password_hash;
    bool is_verified = false;
    std::vector<StoredCode> codes;  // the newest first; never empty
};

struct WrongTries {
    bool is_stepped_up = false;
    std::int64_t mailbox_day = 0;
    std::int64_t mailbox_consecutive = 0;
    std::optional<Timestamp> network_until;
    std::int64_t site_day = 0;
};

// This browser's newest claim of the flow, begun within a day; absent when there is none.
[[nodiscard]] std::optional<ClaimInQuestion> claim_in_question(db::Connection& database,
                                                               Flow flow,
                                                               const Visitor& visitor,
                                                               Timestamp now);

// The same at the beginning of a try: takes the lock under which all tries of the site are judged
// one after the other, so that no budget is overshot by tries that come at once. Held until the
// transaction ends.
[[nodiscard]] std::optional<ClaimInQuestion> locked_claim_in_question(db::Transaction& transaction,
                                                                      Flow flow,
                                                                      const Visitor& visitor,
                                                                      Timestamp now);

// For the mailbox since its last success (within 24 h, and in all); since when the network's share
// is used up; and on the whole site by claims without success.
[[nodiscard]] WrongTries wrong_tries(db::Transaction& transaction,
                                     const std::string& email,
                                     const std::string& network,
                                     std::int64_t network_limit,
                                     Timestamp now);

// Counts a try as a wrong one, to be marked otherwise afterwards; returns its id.
[[nodiscard]] std::int64_t count_code_try(db::Transaction& transaction,
                                          const ClaimInQuestion& claim,
                                          const std::string& network,
                                          Timestamp now);

}  // namespace ventanilla
