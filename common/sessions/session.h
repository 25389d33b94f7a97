// A logged in browser. The cookie holds a random token; the database only its SHA-256, so a copy of
// the database logs nobody in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/account.h"
#include "accounts/audit.h"
#include "core/clock.h"
#include "core/settings.h"
#include "db/connection.h"
#include "sessions/visitor.h"

namespace ventanilla {

// How a session began; shown to its owner.
enum class EnteredBy { Password, Archived, Code, Admin };

[[nodiscard]] const char* entered_by_name(EnteredBy how);

struct Session {
    std::int64_t id = 0;
    Account account;
    Timestamp last_used_at;
};

// One line of "my sessions".
struct SessionLine {
    std::int64_t id = 0;
    std::string device;
    std::string network;
    std::string entered_by;
    Timestamp created_at;
    Timestamp last_used_at;
};

struct Overview {
    Session session;
    std::vector<SessionLine> sessions;  // the newest first
    std::optional<std::string>
        archived_username;  // the account came back from the archive under this name
};

// Opening a session: the token for the cookie, and the statement that stores it (for the
// transaction of the login).
struct SessionOpening {
    std::string token;
    db::Call store;
};

class SessionStore {
  public:
    SessionStore(db::Connection& connection, const Settings& settings, const Clock& clock)
        : connection_(connection), settings_(settings), clock_(clock) {}

    [[nodiscard]] SessionOpening opening(std::int64_t account_id,
                                         EnteredBy how,
                                         const Visitor& visitor) const;

    // The live session of a token: idle and absolute limits kept, account active. Notes its use at
    // most once a minute.
    [[nodiscard]] std::optional<Session> find(const std::string& token);

    // The same in two steps: what the page asks for in between shares the round trip.
    void look_ahead(const std::string& token);
    [[nodiscard]] std::optional<Session> found_ahead();

    // The same, with all sessions of the account and where it comes from; in one step or two.
    [[nodiscard]] std::optional<Overview> overview(const std::string& token);
    void look_ahead_overview(const std::string& token);
    [[nodiscard]] std::optional<Overview> overview_found_ahead();

    // Logging out. Nothing happens when the token is unknown.
    void end(const std::string& token);

    // Ends one session of the account; false when it has none with that id.
    [[nodiscard]] bool end_one(std::int64_t account_id, std::int64_t session_id);

    // The statement that ends all sessions of an account but one (0: all). Its one row says how
    // many of them were live.
    [[nodiscard]] db::Call ending_others(std::int64_t account_id,
                                         std::int64_t kept_session_id) const;
    // Staff ends all sessions of a client's account; `subject` for the audit log (client:12).
    void end_all(std::int64_t account_id, const std::string& subject, const Actor& actor);
    [[nodiscard]] std::int64_t end_others(std::int64_t account_id, std::int64_t kept_session_id);

  private:
    [[nodiscard]] std::optional<Session> used(const db::Rows& rows);
    void note_use(const Session& session);

    db::Connection& connection_;
    const Settings& settings_;
    const Clock& clock_;
};

}  // namespace ventanilla
