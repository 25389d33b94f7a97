// Mails are rows written together with what they report (SPEC.md 2, Mails); the worker sends them.
// What a mail says is sealed while it waits, because it may hold a code, and erased once it is out.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/clock.h"
#include "core/sealing.h"
#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla {

// The messages that have templates under templates/mail/.
enum class Message {
    VerificationCode,
    VerificationCodeResent,
    AccountReactivated,
    PasswordResetCode,
    PasswordChanged,
    PortalCredentials,
    PaymentReceived,
    PaymentReminder,
    PaymentLink,
    ConfirmNewEmail,
    EmailChanged,
};

[[nodiscard]] const char* message_name(Message message);

class Outbox {
  public:
    explicit Outbox(const Settings& settings);

    // The statement that queues a mail, to be run in the caller's transaction. `model` is an object
    // of texts, booleans and arrays of such objects, as the template wants it; the common values
    // (organization, portal_name, help_text, login_url) are added when it is sent. `not_after`:
    // when it becomes worthless. Its one row is the mail's id.
    [[nodiscard]] db::Call queue(Message message,
                                 const std::string& recipient,
                                 const nlohmann::json& model,
                                 Timestamp now,
                                 std::optional<Timestamp> not_after = std::nullopt) const;

    // What queue() sealed. Absent when SECRET_KEY is another one now.
    [[nodiscard]] std::optional<nlohmann::json> open(const std::string& sealed) const;

  private:
    KeyRing keys_;
};

}  // namespace ventanilla
