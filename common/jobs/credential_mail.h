// The mails that carry credentials, for the runner and for sending by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/settings.h"
#include "db/connection.h"
#include "mail/outbox.h"

namespace ventanilla {

struct MailedCredential {
    std::int64_t account_id = 0;
    std::string full_name;
    std::string email;
    std::string username;
    std::string password;
};

// Queues a mail for each, with the password or an activation link as the setting says. Gives the
// mails' ids in the same order.
[[nodiscard]] std::vector<std::int64_t> queue_credential_mails(
    db::Transaction& transaction,
    const Settings& settings,
    const Outbox& outbox,
    const std::vector<MailedCredential>& mails,
    Timestamp now);

}  // namespace ventanilla
