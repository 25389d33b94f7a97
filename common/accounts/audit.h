// The trail of who did what to whom, when and from where (table audit_log, append only).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

// Who does something, for functions that write the trail themselves.
struct Actor {
    std::optional<std::int64_t> account_id;  // absent: the command line, or the system by itself
    std::string network;                     // empty then
};

struct AuditEvent {
    std::optional<std::int64_t> actor_id;  // absent: nobody was logged in
    std::string action;                    // snake_case
    std::string subject;                   // account:12, archived:7; may be empty
    std::string network;
    std::string details = "{}";  // JSON; never a password, code or token
};

// The statement that writes the event, to be run in the transaction of what it reports.
[[nodiscard]] db::Call audited(const AuditEvent& event, Timestamp now);

}  // namespace ventanilla
