#include "payments/shown.h"

#include <charconv>

namespace ventanilla::payment_pages {
namespace {

// Where the stage says more than the state beside it does.
bool is_stage_news(const PaymentTry& payment) {
    return payment.status == "pending" || (payment.status == "failed" && payment.stage != "failed");
}

}  // namespace

std::string provider_label(Visit& visit, ProviderName provider) {
    return visit.services().renderer.text(std::string("provider_") + provider_text(provider));
}

std::string time_or_nothing(const std::optional<Timestamp>& when) {
    return when ? date_time_text(*when) : "";
}

std::int64_t number_or_zero(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size() && value > 0;
    return is_number ? value : 0;
}

void set_try(Visit& visit, Model& item, const TryLine& line) {
    const PaymentTry& payment = line.payment;
    const std::string& own = visit.services().settings.currency;
    item.set("attempt_id", payment.payment_id)
        .set("client_id", payment.client_id)
        .set("client_name", line.client_name)
        .set("amount", payment.amount.shown(own))
        .set("provider_name", provider_label(visit, payment.provider))
        .set("status_text", visit.services().renderer.text("payment_state_" + payment.status))
        .set("stage_text", visit.services().renderer.text("try_stage_" + payment.stage))
        .set("made_at", date_time_text(payment.made_at))
        .set("is_stage_news", is_stage_news(payment))
        .set("is_quarantined", payment.status == "quarantined")
        .set("receipt_number", line.receipt_number ? std::to_string(*line.receipt_number) : "")
        .set("reason", payment.reason)
        .set("by_link", payment.link_id != 0);
}

}  // namespace ventanilla::payment_pages
