// Captures of PayPal, and the disputes over them.
#include <array>

#include "core/web_address.h"
#include "payments/paypal.h"
#include "payments/paypal_order.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

constexpr const char* disputes_path = "/v1/customer/disputes";

// How a dispute ends that leaves the money with us.
constexpr std::array in_our_favour = {
    "RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "RESOLVED_WITH_PAYOUT", "DENIED"};

bool is_in_our_favour(const std::string& outcome) {
    return std::find(in_our_favour.begin(), in_our_favour.end(), outcome) != in_our_favour.end();
}

}  // namespace

// Its order has the refunds; an order that is gone leaves what the capture itself says.
Reports PayPal::ask_capture(const KnownTry& known) {
    const auto answer = get("/v2/payments/captures/" + percent_encoded(known.money_ref));
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return reply.is_unknown() ? Reports() : refused(reply);
    }
    auto report = paypal_capture_report(reply.json);
    if (!report || report->money_ref != known.money_ref) {
        return makes_no_sense();
    }
    if (!report->checkout_ref.empty()) {
        Reports of_order = ask_order(known, report->checkout_ref);
        const auto* found = std::get_if<std::vector<MoneyReport>>(&of_order);
        if (found == nullptr || found->front().state != MoneyState::Expired) {
            return of_order;
        }
    }
    return with_disputes({std::move(*report)});
}

Reports PayPal::with_disputes(std::vector<MoneyReport> reports) {
    for (auto& report : reports) {
        if (report.state == MoneyState::Paid) {
            if (auto trouble = add_disputes(report)) {
                return *trouble;
            }
        }
    }
    return reports;
}

// An application that may not read disputes leaves them untold; all else goes well later.
std::optional<Trouble> PayPal::add_disputes(MoneyReport& report) {
    const auto answer =
        get(disputes_path + ("?disputed_transaction_id=" + percent_encoded(report.money_ref)));
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return std::nullopt;
    }
    std::vector<std::optional<Money>> disputes;
    for (const auto& dispute : reply.json["items"].elements()) {
        const auto holding = is_holding(dispute);
        if (const auto* trouble = std::get_if<Trouble>(&holding)) {
            return *trouble;
        }
        if (std::get<bool>(holding)) {
            disputes.push_back(paypal_money(dispute["dispute_amount"]));
        }
    }
    report.disputed = held_by(disputes, report);
    return std::nullopt;
}

// The list does not say how a dispute ended: it is looked at by itself.
std::variant<bool, Trouble> PayPal::is_holding(const Json& dispute) {
    const std::string& listed = dispute["dispute_outcome"]["outcome_code"].text();
    if (dispute["status"].text() != "RESOLVED" || !listed.empty()) {
        return !is_in_our_favour(listed);
    }
    const auto answer = get(disputes_path + ('/' + percent_encoded(ref_of(dispute["dispute_id"]))));
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return refused(reply);
    }
    return !is_in_our_favour(reply.json["dispute_outcome"]["outcome_code"].text());
}

}  // namespace ventanilla
