#include "payments/stripe_session.h"

#include "payments/provider_amounts.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

const Json& voucher_of(const Json& session) {
    return session["payment_intent"]["next_action"]["oxxo_display_details"];
}

// Of a session that was gone through and is not paid.
MoneyState unpaid_state(const Json& session) {
    const std::string& intent = session["payment_intent"]["status"].text();
    if (intent == "requires_payment_method" || intent == "canceled") {
        return MoneyState::Failed;
    }
    return voucher_of(session).is_object() ? MoneyState::Waiting : MoneyState::Processing;
}

// Only payment_status says whether there is money; status alone would take a voucher for a payment.
std::optional<MoneyState> state_of(const Json& session) {
    const std::string& status = session["status"].text();
    const std::string& paid = session["payment_status"].text();
    if (paid == "paid") {
        return MoneyState::Paid;
    }
    if (status == "expired") {
        return MoneyState::Expired;
    }
    if (status == "open" && paid == "unpaid") {
        return MoneyState::Open;
    }
    if (status == "complete" && paid == "unpaid") {
        return unpaid_state(session);
    }
    return std::nullopt;
}

void add_voucher(MoneyReport& report, const Json& session) {
    report.voucher_url = link_of(voucher_of(session)["hosted_voucher_url"]);
    const Json& end = voucher_of(session)["expires_after"];
    report.voucher_until = epoch_time(end.number());
}

// In the session's currency. A charge in another one (Stripe converts for the payer) only tells
// nothing and all.
std::optional<Money> refunded_of(const Json& charge, const Money& amount) {
    const auto told = stripe_amount(charge, "amount_refunded");
    if (told && (told->currency() == amount.currency() || told->is_zero())) {
        return Money(told->minor_units(), amount.currency());
    }
    return charge["refunded"].truth() == true ? std::optional(amount) : std::nullopt;
}

void add_reversals(MoneyReport& report, const Json& charge) {
    if (!report.amount || !charge.is_object()) {
        return;
    }
    report.refunded = refunded_of(charge, *report.amount);
    if (charge["disputed"].truth() == false) {
        report.disputed = Money(0, report.amount->currency());
    }
}

std::string reason_of(const Json& session) {
    const Json& error = session["payment_intent"]["last_payment_error"];
    const std::string& code = error["code"].text();
    return shortened(code.empty() ? error["type"].text() : code);
}

}  // namespace

const Json& stripe_charge(const Json& session) {
    return session["payment_intent"]["latest_charge"];
}

std::optional<Money> stripe_amount(const Json& object, std::string_view amount_name) {
    const auto units = object[amount_name].whole();
    return units ? stripe_money(*units, capital_letters(object["currency"].text())) : std::nullopt;
}

std::string stripe_money_ref(const Json& object) {
    const Json& intent = object["payment_intent"];
    return ref_of(intent.is_object() ? intent["id"] : intent);
}

std::optional<MoneyReport> stripe_report(const Json& session, bool is_live) {
    MoneyReport report;
    report.checkout_ref = ref_of(session["id"]);
    const auto state = state_of(session);
    const std::string& kind = session["object"].text();
    if ((!kind.empty() && kind != "checkout.session") || report.checkout_ref.empty() || !state) {
        return std::nullopt;
    }
    report.state = *state;
    report.reference = ref_of(session["client_reference_id"]);
    report.money_ref = stripe_money_ref(session);
    report.amount = stripe_amount(session, "amount_total");
    if (!report.amount) {
        report.amount_text =
            shortened(session["amount_total"].number() + ' ' + session["currency"].text());
    }
    report.is_ours = session["livemode"].truth().value_or(is_live) == is_live;
    add_reversals(report, stripe_charge(session));
    if (report.state == MoneyState::Waiting) {
        add_voucher(report, session);
    }
    if (report.state == MoneyState::Failed) {
        report.reason = reason_of(session);
    }
    return report;
}

}  // namespace ventanilla
