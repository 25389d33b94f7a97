// The link in a mail that lets a person set the first password (SPEC.md 7, /activar/<token>/):
// single use, ACTIVATION_HOURS long. Opening it changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "claims/services.h"
#include "core/clock.h"
#include "db/connection.h"
#include "sessions/visitor.h"

namespace ventanilla {

struct NewActivation {
    std::string token;  // for the link, 43 characters; only its SHA-256 is stored
    db::Call store;
};
// An earlier link of the account is worthless from then on.
[[nodiscard]] NewActivation new_activation(std::int64_t account_id,
                                           Timestamp now,
                                           std::int64_t hours);

enum class ActivationRefusal { Unknown, Expired, Used, Inactive };

struct Activation {
    std::int64_t account_id = 0;
    std::string username;
    std::string email;
    std::string full_name;
};
[[nodiscard]] std::variant<Activation, ActivationRefusal> find_activation(
    db::Connection& connection, const std::string& token, Timestamp now);

struct Activated {
    std::int64_t account_id = 0;
    std::string session_token;
};
// Spends the link, stores the password, ends all other sessions, opens one and queues the mail that
// tells, in one transaction. Of two at once one wins; the other is Used. Throws Unavailable when no
// hash slot is free.
[[nodiscard]] std::variant<Activated, ActivationRefusal> activate(const ClaimServices& services,
                                                                  const std::string& token,
                                                                  const std::string& password,
                                                                  const Visitor& visitor);

}  // namespace ventanilla
