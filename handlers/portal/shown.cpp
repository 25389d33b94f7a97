#include "portal/shown.h"

#include <map>

namespace ventanilla::portal {
namespace {

using Keys = std::map<std::string, const char*>;

// What the table of the database calls it, and the line of texts.txt.
const Keys& means_keys() {
    static const Keys keys = {{"cash", "means_cash"},
                              {"transfer", "means_transfer"},
                              {"stripe", "means_stripe"},
                              {"mercadopago", "means_mercadopago"},
                              {"paypal", "means_paypal"}};
    return keys;
}

const Keys& payment_state_keys() {
    static const Keys keys = {{"pending", "payment_state_pending"},
                              {"approved", "payment_state_approved"},
                              {"failed", "payment_state_failed"},
                              {"refunded", "payment_state_refunded"},
                              {"quarantined", "payment_state_quarantined"}};
    return keys;
}

const Keys& service_state_keys() {
    static const Keys keys = {{"active", "service_state_active"},
                              {"suspended", "service_state_suspended"},
                              {"cancelled", "service_state_cancelled"}};
    return keys;
}

std::string text_for(Visit& visit, const Keys& keys, const std::string& value) {
    const auto found = keys.find(value);
    return found == keys.end() ? value : visit.services().renderer.text(found->second);
}

std::vector<Model> charge_items(Visit& visit, const std::vector<OwedCharge>& charges) {
    std::vector<Model> items;
    for (const auto& charge : charges) {
        Model item;
        item.set("description", charge.description)
            .set("service_name",
                 charge.service_name == charge.description ? "" : charge.service_name)
            .set("due_on", charge.due_on.text())
            .set("owed", money_text(visit, charge.owed))
            .set("full_amount", charge.is_part_paid() ? money_text(visit, charge.amount) : "")
            .set("is_overdue", charge.is_overdue);
        items.push_back(std::move(item));
    }
    return items;
}

// What the charges of one currency are for: the first by name, and how many more there are.
Model total_item(Visit& visit, const OwedTotal& total, const std::vector<OwedCharge>& charges) {
    std::string first;
    for (const auto& charge : charges) {
        if (first.empty() && charge.owed.currency() == total.owed.currency()) {
            first = charge.description;
        }
    }
    Model item;
    item.set("owed", money_text(visit, total.owed))
        .set("overdue", money_unless_zero(visit, total.overdue))
        .set("all_overdue", total.overdue == total.owed)
        .set("due_on", total.first_due_on.text())
        .set("first_charge", first)
        .set("more_charges", total.charges > 2 ? std::to_string(total.charges - 1) : "")
        .set("one_more_charge", total.charges == 2);
    return item;
}

}  // namespace

Whose whose(Visit& visit) {
    return Whose::session(visit.session_token());
}

std::string money_text(Visit& visit, const Money& money) {
    return money.shown(visit.services().settings.currency);
}

std::string money_unless_zero(Visit& visit, const Money& money) {
    return money.is_zero() ? "" : money_text(visit, money);
}

std::string money_list(Visit& visit, const std::vector<Money>& amounts) {
    std::string list;
    for (const auto& amount : amounts) {
        list += (list.empty() ? "" : " + ") + money_text(visit, amount);
    }
    return list;
}

std::string means_text(Visit& visit, const std::string& provider) {
    return text_for(visit, means_keys(), provider);
}

std::string payment_state_text(Visit& visit, const std::string& status) {
    return text_for(visit, payment_state_keys(), status);
}

void set_debt(Visit& visit, Model& model, const PortalView& view) {
    std::vector<Model> totals;
    for (const auto& total : view.totals) {
        totals.push_back(total_item(visit, total, view.charges));
    }
    model.set("owes", !totals.empty())
        .set("totals", std::move(totals))
        .set("charges", charge_items(visit, view.charges))
        .set("credit", money_list(visit, view.credit));
    for (const auto& payment : view.payments) {
        if (payment.status == "approved") {
            model.set("last_paid", money_text(visit, payment.amount))
                .set("last_paid_at", date_text(payment.at));
            break;
        }
    }
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
            .set("state", text_for(visit, service_state_keys(), service.status))
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
