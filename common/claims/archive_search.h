// Method 2, first half: which archived accounts wait for an email, and which of them this browser
// may choose.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "claims/account_opening.h"
#include "claims/services.h"

namespace ventanilla {

struct FoundAccount {
    std::int64_t id = 0;
    std::string masked_username;
};

// What the search page shows after a search.
struct SearchResult {
    std::string email;       // as typed
    bool is_proven = false;  // a code proved the mailbox: choosing needs no second one
    std::vector<FoundAccount> accounts;
};

// Remembers what this browser looks for; a new search replaces the one before and forgets its
// proof.
void remember_search(const ClaimServices& services,
                     const std::string& email,
                     const Visitor& visitor);

// The list of this browser's last search. Absent when there was none within the last hour, or when
// nothing may be listed before the mailbox is proved (SEARCH_DISCLOSES=0) and it is not.
[[nodiscard]] std::optional<SearchResult> search_result(const ClaimServices& services,
                                                        const Visitor& visitor);

// The archived account with this dato_id, when this browser's search lists it; else absent (the
// page is 404).
struct ListedAccount {
    ArchivedAccount account;
    std::string searched_email;
    bool is_proven = false;
};
[[nodiscard]] std::optional<ListedAccount> listed_account(const ClaimServices& services,
                                                          std::int64_t dato_id,
                                                          const Visitor& visitor);

// Unclaimed archived accounts of an email, the oldest first, fifty at most.
[[nodiscard]] std::vector<ArchivedAccount> unclaimed_accounts(db::Connection& database,
                                                              const std::string& email);

// The unclaimed archived account with this username and this email (method 3); the first by id if
// there are several.
[[nodiscard]] std::optional<ArchivedAccount> unclaimed_account(db::Connection& database,
                                                               const std::string& username,
                                                               const std::string& email);

// The unclaimed archived account with this dato_id.
[[nodiscard]] std::optional<ArchivedAccount> unclaimed_account(db::Connection& database,
                                                               std::int64_t dato_id);

}  // namespace ventanilla
