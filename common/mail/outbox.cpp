#include "mail/outbox.h"

#include <nlohmann/json.hpp>

#include "core/unreachable.h"

namespace ventanilla {
namespace {

constexpr db::Statement queue_mail{"queue_mail", R"sql(
    INSERT INTO mail_outbox (message, recipient, model, created_at, next_attempt_at, not_after)
    VALUES ($1, $2, $3, $4, $4, $5)
    RETURNING id
)sql"};

}  // namespace

const char* message_name(Message message) {
    switch (message) {
        case Message::VerificationCode:
            return "verification_code";
        case Message::VerificationCodeResent:
            return "verification_code_resent";
        case Message::AccountReactivated:
            return "account_reactivated";
        case Message::PasswordResetCode:
            return "password_reset_code";
        case Message::PasswordChanged:
            return "password_changed";
        case Message::PortalCredentials:
            return "portal_credentials";
        case Message::PaymentReceived:
            return "payment_received";
        case Message::PaymentReminder:
            return "payment_reminder";
        case Message::PaymentLink:
            return "payment_link";
        case Message::ConfirmNewEmail:
            return "confirm_new_email";
        case Message::EmailChanged:
            return "email_changed";
    }
    unreachable();
}

Outbox::Outbox(const Settings& settings)
    : keys_(settings.secret_key, settings.secret_key_previous, "mail outbox") {}

db::Call Outbox::queue(Message message,
                       const std::string& recipient,
                       const nlohmann::json& model,
                       Timestamp now,
                       std::optional<Timestamp> not_after) const {
    const db::Bytes sealed{keys_.seal(model.dump(), "mail_outbox.model")};
    return {&queue_mail, db::Params(message_name(message), recipient, sealed, now, not_after)};
}

std::optional<nlohmann::json> Outbox::open(const std::string& sealed) const {
    const auto plain = keys_.open(sealed, "mail_outbox.model");
    return plain ? std::optional(nlohmann::json::parse(*plain)) : std::nullopt;
}

}  // namespace ventanilla
