// Reading the trail of who did what (table audit_log), for staff.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

struct AuditLine {
    Timestamp at;
    std::string actor;  // username; empty: the command line, the system, or an account that is gone
    std::string action;
    std::string subject;       // such as client:12
    std::string subject_name;  // the client's name or the account's username; empty for others
    std::string network;
    std::string details;  // JSON; empty when there are none
};

// Empty texts and absent times match everything.
struct AuditFilter {
    std::string who;      // part of the actor's username
    std::string action;   // exactly
    std::string subject;  // exactly, such as client:12
    std::optional<Timestamp> from;
    std::optional<Timestamp> until;  // not including
};

struct AuditPage {
    std::vector<AuditLine> lines;  // the newest first
    bool has_more = false;
};

constexpr std::int64_t audit_lines_per_page = 50;
// An export holds at most so many lines, the newest.
constexpr std::int64_t audit_export_limit = 50'000;

// `page` from 1.
[[nodiscard]] AuditPage audit_page(db::Connection& connection,
                                   const AuditFilter& filter,
                                   std::int64_t page);

[[nodiscard]] std::vector<AuditLine> audit_export(db::Connection& connection,
                                                  const AuditFilter& filter);

// The actions that stand in the log, in alphabetical order.
[[nodiscard]] std::vector<std::string> audit_actions(db::Connection& connection);

// What happened to an account, for its owner: what they did, and what staff did with it or with
// their client's data.
struct OwnEvent {
    Timestamp at;
    std::string action;
    bool is_mine = false;  // done by the owner
    std::string network;   // from where; empty when somebody else did it
};

// The newest `count` events of the account that is logged in with this token, the newest first.
// Whether the session is still alive is for its own lookup to say.
[[nodiscard]] std::vector<OwnEvent> own_events(db::Connection& connection,
                                               const std::string& session_token,
                                               std::int64_t count);

}  // namespace ventanilla
