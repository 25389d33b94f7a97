// Mails that were given up, for staff: to whom, about what, and what the mail server said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

struct FailedMail {
    std::int64_t id = 0;
    std::string message;  // of templates/mail/, such as payment_received
    std::string recipient;
    std::int64_t attempts = 0;
    Timestamp created_at;
    std::string last_error;
};

// The newest first, at most 100.
[[nodiscard]] std::vector<FailedMail> failed_mails(db::Connection& connection);

}  // namespace ventanilla
