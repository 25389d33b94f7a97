#include "app/money_shown.h"

namespace ventanilla {
namespace {

std::vector<Model> charge_items(Visit& visit, const std::vector<OwedCharge>& charges) {
    std::vector<Model> items;
    for (const auto& charge : charges) {
        Model item;
        item.set("charge_id", charge.id)
            .set("description", charge.description)
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
    return visit.services().renderer.text("means_" + provider);
}

std::string payment_state_text(Visit& visit, const std::string& status) {
    return visit.services().renderer.text("payment_state_" + status);
}

void set_debt(Visit& visit, Model& model, const PortalView& view) {
    std::vector<Model> totals;
    for (const auto& total : view.totals) {
        totals.push_back(total_item(visit, total, view.charges));
    }
    model.set("charges", charge_items(visit, view.charges))
        .set("credit", money_list(visit, view.credit))
        .set("owes", !totals.empty())
        .set("totals", std::move(totals));
    for (const auto& payment : view.payments) {
        if (payment.status == "approved") {
            model.set("last_paid", money_text(visit, payment.amount))
                .set("last_paid_at", date_text(payment.at));
            break;
        }
    }
}

}  // namespace ventanilla
