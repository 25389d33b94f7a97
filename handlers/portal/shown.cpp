#include "portal/shown.h"

namespace ventanilla::portal {

Whose whose(Visit& visit) {
    return Whose::session(visit.session_token());
}

std::vector<Model> payment_items(Visit& visit, const std::vector<PaymentLine>& payments) {
    std::vector<Model> items;
    for (const auto& payment : payments) {
        const bool is_booked = payment.receipt_number.has_value();
        Model item;
        item.set("id", payment.id)
            .set("at", date_text(payment.at))
            .set("amount", money_text(visit, payment.amount))
            .set("means", means_text(visit, payment.provider))
            .set("receipt_number", is_booked ? std::to_string(*payment.receipt_number) : "")
            .set("state", payment_state_text(visit, payment.status))
            .set("is_approved", payment.status == "approved");
        items.push_back(std::move(item));
    }
    return items;
}

std::vector<Model> service_items(Visit& visit, const std::vector<ServiceLine>& services) {
    std::vector<Model> items;
    for (const auto& service : services) {
        Model item;
        item.set("name", service.name)
            .set("monthly_amount", money_text(visit, service.monthly_amount))
            .set("state", visit.services().renderer.text("service_state_" + service.status))
            .set("is_active", service.status == "active")
            .set("is_cancelled", service.status == "cancelled")
            .set("is_suspended_by_rule", service.is_suspended_by_rule)
            .set("started_on", service.started_on ? service.started_on->text() : "");
        items.push_back(std::move(item));
    }
    return items;
}

std::string entered_by_text(Visit& visit, const std::string& entered_by) {
    return visit.services().renderer.text("entered_by_" + entered_by);
}

void set_sessions(Visit& visit,
                  Model& model,
                  const std::vector<SessionLine>& lines,
                  std::int64_t mine) {
    std::vector<Model> items;
    for (const auto& line : lines) {
        Model item;
        item.set("id", line.id)
            .set("device",
                 line.device.empty() ? visit.services().renderer.text("device_unknown")
                                     : line.device)
            .set("network", line.network)
            .set("entered_by", entered_by_text(visit, line.entered_by))
            .set("last_used_at", date_time_text(line.last_used_at))
            .set("created_at", date_time_text(line.created_at))
            .set("is_current", line.id == mine);
        items.push_back(std::move(item));
    }
    model.set("has_other_sessions", lines.size() > 1).set("sessions", std::move(items));
}

}  // namespace ventanilla::portal
