// The end of all three methods: a live account out of an archived one, at most once (SPEC.md 1 and
// 2). One transaction marks the archived row, makes the account with a unique username, opens the
// session and queues the mail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "claims/services.h"
#include "sessions/visitor.h"

namespace ventanilla {

struct ArchivedAccount {
    std::int64_t id = 0;  // the dato_id
    std::string source;   // archived_user, or the table of the old system
    std::string username;
    std::string email;
    std::string password_hash;
    std::string first_name;
    std::string last_name;
    bool is_active = true;

    [[nodiscard]] bool is_user() const { return source == "archived_user"; }
};

struct OpenedAccount {
    std::int64_t account_id = 0;
    std::string username;
    std::string old_username;  // of the archive
    std::string session_token;
    bool is_staff = false;

    [[nodiscard]] bool renamed() const { return username != old_username; }
};

enum class OpeningRefusal {
    AlreadyClaimed,  // somebody was faster
    NoFreeUsername,  // all hundred names are taken
};

using OpeningOutcome = std::variant<OpenedAccount, OpeningRefusal>;

struct OpeningRequest {
    const ArchivedAccount& archived;
    std::string first_name;  // as they shall be in the new account
    std::string last_name;
    std::string email;
    std::string password_hash;
    bool weak_password = false;
    EnteredBy how = EnteredBy::Code;
};

// Works in the caller's transaction, which the caller commits on success and drops on refusal.
[[nodiscard]] OpeningOutcome open_account(db::Transaction& transaction,
                                          const ClaimServices& services,
                                          const OpeningRequest& request,
                                          const Visitor& visitor);

}  // namespace ventanilla
