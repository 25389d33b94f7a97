#include "payments/paypal_order.h"

#include <algorithm>

#include "payments/provider_amounts.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

// An order that is COMPLETED says nothing of the money: only its captures do.
std::optional<MoneyState> capture_state(const std::string& status) {
    if (status == "COMPLETED" || status == "PARTIALLY_REFUNDED" || status == "REFUNDED"
        || status == "REVERSED") {
        return MoneyState::Paid;
    }
    if (status == "DECLINED" || status == "FAILED" || status == "DENIED") {
        return MoneyState::Failed;
    }
    return status == "PENDING" ? std::optional(MoneyState::Processing) : std::nullopt;
}

std::optional<MoneyState> order_state(const std::string& status) {
    if (status == "CREATED" || status == "SAVED" || status == "PAYER_ACTION_REQUIRED") {
        return MoneyState::Open;
    }
    if (status == "APPROVED") {
        return MoneyState::Agreed;
    }
    return status == "VOIDED" ? std::optional(MoneyState::Expired) : std::nullopt;
}

void add_amount(MoneyReport& report, const Json& amount) {
    report.amount = paypal_money(amount);
    if (!report.amount) {
        report.amount_text = paypal_money_text(amount);
    }
}

// What was given back for good, as the order lists it. Absent when one of the refunds cannot be
// read.
std::optional<Money> refunded_of(const Json& refunds, const Money& amount) {
    Money sum(0, amount.currency());
    for (const auto& refund : refunds.elements()) {
        if (refund["status"].text() != "COMPLETED") {
            continue;
        }
        const auto part = paypal_money(refund["amount"]);
        if (!part || part->currency() != amount.currency()) {
            return std::nullopt;
        }
        sum += *part;
    }
    return sum;
}

// A capture tells "none" and "all" by its status; how much of it, only the order's list.
std::optional<Money> refunded_by_status(const std::string& status, const Money& amount) {
    if (status == "REFUNDED" || status == "REVERSED") {
        return amount;
    }
    return status == "COMPLETED" ? std::optional(Money(0, amount.currency())) : std::nullopt;
}

MoneyReport order_report(const Json& order, MoneyState state) {
    const Json& unit = order["purchase_units"].first();
    MoneyReport report;
    report.checkout_ref = ref_of(order["id"]);
    report.reference = ref_of(unit["custom_id"]);
    report.state = state;
    return report;
}

void add_refunds(MoneyReport& report, const Json& payments, const Json& capture) {
    const bool is_part = capture["status"].text() == "PARTIALLY_REFUNDED";
    if (is_part && report.amount && payments["refunds"].is_array()) {
        report.refunded = refunded_of(payments["refunds"], *report.amount);
    }
}

}  // namespace

std::optional<Money> paypal_money(const Json& amount) {
    return decimal_money(amount["value"].text(), amount["currency_code"].text());
}

std::string paypal_money_text(const Json& amount) {
    return shortened(amount["value"].text() + ' ' + amount["currency_code"].text());
}

std::string paypal_link(const Json& object, std::string_view relation) {
    const auto& links = object["links"].elements();
    const auto found = std::find_if(links.begin(), links.end(), [&](const Json& link) {
        return link["rel"].text() == relation;
    });
    return found == links.end() ? "" : link_of((*found)["href"]);
}

std::string paypal_order_of(const Json& capture) {
    return ref_of(capture["supplementary_data"]["related_ids"]["order_id"]);
}

std::string paypal_issue(const Json& error) {
    const std::string& issue = error["details"].first()["issue"].text();
    const std::string& name = error["name"].text();
    return !issue.empty() ? issue : (!name.empty() ? name : error["error"].text());
}

std::optional<MoneyReport> paypal_capture_report(const Json& capture) {
    const auto state = capture_state(capture["status"].text());
    MoneyReport report;
    report.money_ref = ref_of(capture["id"]);
    if (report.money_ref.empty() || !state) {
        return std::nullopt;
    }
    report.state = *state;
    report.reference = ref_of(capture["custom_id"]);
    report.checkout_ref = paypal_order_of(capture);
    add_amount(report, capture["amount"]);
    if (report.state == MoneyState::Paid && report.amount) {
        report.refunded = refunded_by_status(capture["status"].text(), *report.amount);
    }
    if (report.state != MoneyState::Paid) {
        report.reason = shortened(capture["status_details"]["reason"].text());
    }
    return report;
}

std::vector<MoneyReport> paypal_order_reports(const Json& order) {
    const Json& payments = order["purchase_units"].first()["payments"];
    std::vector<MoneyReport> reports;
    std::optional<MoneyReport> failed;
    for (const auto& capture : payments["captures"].elements()) {
        auto report = paypal_capture_report(capture);
        if (!report) {
            return {};
        }
        const MoneyReport of_order = order_report(order, report->state);
        report->checkout_ref = of_order.checkout_ref;
        report->reference = report->reference.empty() ? of_order.reference : report->reference;
        add_refunds(*report, payments, capture);
        if (report->state == MoneyState::Failed) {
            failed = std::move(report);
        } else {
            reports.push_back(std::move(*report));
        }
    }
    const auto state = order_state(order["status"].text());
    if (reports.empty() && state) {
        reports.push_back(order_report(order, *state));
    }
    if (reports.empty() && failed) {
        reports.push_back(std::move(*failed));
    }
    return reports;
}

}  // namespace ventanilla
