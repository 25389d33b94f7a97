// A client's own contact data: seen, changed at once or after staff's approval
// (PROFILE_APPROVAL=1), and a new email that counts once a code proved it. An account without a
// client has an email and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/account.h"
#include "accounts/audit.h"
#include "clients/client.h"
#include "core/clock.h"
#include "core/sealing.h"
#include "core/settings.h"
#include "db/connection.h"
#include "mail/outbox.h"

namespace ventanilla {

struct ProfileServices {
    db::Connection& database;
    const Settings& settings;
    const Clock& clock;
    const Outbox& outbox;
    const KeyRing& code_keys;  // keyed hashes of verification codes
};

// What a client asked for and staff has not decided. Absent: stays as it is.
struct WaitingChange {
    std::int64_t id = 0;
    std::optional<std::string> full_name;
    std::optional<std::string> email;
    std::optional<std::string> phone;
    std::optional<std::string> address;
    Timestamp asked_at;
};

struct Profile {
    std::optional<std::int64_t> client_id;  // absent: the account has no client
    std::string full_name;
    std::string email;
    std::string phone;  // as phone.h stores it
    std::string address;
    std::optional<WaitingChange> waiting;
    std::optional<std::string> unproven_email;  // a code is on its way to it and still good
};

// Of the account that is logged in with this token; shares the round trip of the session's own
// lookup, which says whether it is still alive.
[[nodiscard]] Profile profile_of(const ProfileServices& services, const std::string& session_token);

// Without the email, which has its own steps.
struct ProfileData {
    std::string full_name;
    std::string phone;
    std::string address;
};

enum class ProfileOutcome {
    Changed,
    Waiting,    // for staff; an earlier wish that waited is part of it
    Unchanged,  // nothing differs
    NoClient,
};

// All problems at once, as checked_client says them.
using ProfileProblems = std::vector<ClientProblem>;

[[nodiscard]] std::variant<ProfileOutcome, ProfileProblems> change_profile(
    const ProfileServices& services,
    const Account& account,
    const ProfileData& typed,
    const std::string& network);

// The new address gets a code, as many digits as `digits`. An earlier code of the account is
// worthless then.
struct EmailCodeSent {
    int digits = 0;
    Timestamp expires_at;
};
struct EmailCodeThrottled {
    Timestamp retry_at;
};
enum class EmailRefusal { Malformed, SameAsNow };

[[nodiscard]] std::variant<EmailCodeSent, EmailCodeThrottled, EmailRefusal> ask_new_email(
    const ProfileServices& services,
    const Account& account,
    const std::string& email,
    const std::string& network);

// The address and the number of digits that the code page asks for; absent when no code waits.
// Asked for as profile_of() is.
struct PendingEmail {
    std::string email;
    int digits = 0;
    Timestamp expires_at;
};
[[nodiscard]] std::optional<PendingEmail> pending_email(const ProfileServices& services,
                                                        const std::string& session_token);

struct EmailChanged {
    std::string email;
    bool waits_for_staff = false;  // proven, but PROFILE_APPROVAL is on
};
struct EmailCodeWrong {
    int tries_left = 0;  // more than 0
};
enum class EmailCodeRefusal { NoCode, Expired, Exhausted };

// The try is counted before the code is looked at, in its own transaction. On success client.email
// and account.email change, the username stays, and the old address is told.
// REQUIRES: `code` is digits only.
[[nodiscard]] std::variant<EmailChanged, EmailCodeWrong, EmailCodeRefusal> use_email_code(
    const ProfileServices& services,
    const Account& account,
    const std::string& code,
    const std::string& network);

// For staff: what clients want, with what it is now. Texts are empty where nothing was or will be.
struct FieldChange {
    std::string field;  // full_name, email, phone, address
    std::string before;
    std::string after;
};
struct ProfileWish {
    std::int64_t id = 0;
    std::int64_t client_id = 0;
    std::string client_name;
    std::vector<FieldChange> fields;
    Timestamp asked_at;
};

// The oldest first, at most 200.
[[nodiscard]] std::vector<ProfileWish> waiting_wishes(db::Connection& connection);

struct DecisionCount {
    std::int64_t decided = 0;
    std::int64_t gone = 0;  // decided by somebody else meanwhile, or no such wish
};

// Approved ones are carried out; refused ones leave everything as it is. One transaction for all.
[[nodiscard]] DecisionCount approve_wishes(const ProfileServices& services,
                                           const std::vector<std::int64_t>& ids,
                                           const Actor& actor);
[[nodiscard]] DecisionCount refuse_wishes(const ProfileServices& services,
                                          const std::vector<std::int64_t>& ids,
                                          const std::string& reason,
                                          const Actor& actor);

}  // namespace ventanilla
