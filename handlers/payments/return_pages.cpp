// Where the browser comes back to from a provider. Its query names the try and proves nothing: what
// became of the money is asked for, unless the ledger knows it already.
#include "app/money_shown.h"
#include "payments/payments.h"
#include "payments/settlement.h"
#include "payments/shown.h"
#include "payments/talk.h"

namespace ventanilla::payment_pages {
namespace {

// While the provider has not decided, the page looks again by itself.
constexpr std::int64_t look_again_seconds = 5;

bool is_pending(const PaymentTry& payment) {
    return payment.status == "pending";
}

Model result_model(Visit& visit, const PaymentTry& payment, bool is_theirs) {
    const bool is_cancelled = visit.request().query.get("cancelado") == "1";
    const bool is_moving = payment.stage == "processing";
    Model model;
    model.set("at_payments", true)
        .set("is_theirs", is_theirs)
        .set("payment_id", is_theirs ? std::to_string(payment.payment_id) : "")
        .set("amount", money_text(visit, payment.amount))
        .set("provider_name", provider_label(visit, payment.provider))
        .set("is_paid", payment.status == "approved")
        .set("is_refunded", payment.status == "refunded")
        .set("is_waiting", is_pending(payment) && payment.stage == "waiting")
        .set("is_processing", is_pending(payment) && is_moving)
        .set("is_unpaid",
             is_pending(payment) && is_cancelled && payment.stage != "waiting" && !is_moving)
        .set("is_open",
             is_pending(payment) && !is_cancelled && payment.stage != "waiting" && !is_moving)
        .set("is_failed", payment.status == "failed")
        .set("is_quarantined", payment.status == "quarantined")
        .set("voucher_url", payment.voucher_url)
        .set("voucher_until", payment.voucher_until ? date_time_text(*payment.voucher_until) : "");
    if (is_pending(payment) && !is_cancelled && payment.stage != "waiting") {
        model.set("refresh_seconds", look_again_seconds);
    }
    return model;
}

// Asked outside of the page's own patience: what does not come in time, the worker or a
// notification brings.
void ask_provider(Visit& visit, const PaymentTry& payment) {
    if (const auto pass = talk(visit).leave_to_wait()) {
        static_cast<void>(ask_and_settle(payments(visit), payment));
    }
}

Response returned(Visit& visit, ProviderName provider) {
    const std::string& reference = visit.request().query.get("reference");
    db::Connection& database = visit.services().database;
    const bool is_known = visit.find_session();
    auto found = find_returning(database, reference, visit.session_token());
    if (!found || found->payment.provider != provider) {
        return is_known ? visit.not_found() : visit.ask_login();
    }
    // Who came by a link has no login; the reference, which nobody can guess, is enough for the
    // amount.
    const bool by_link = found->payment.link_id != 0;
    if (!found->is_theirs && !by_link) {
        return is_known ? visit.not_found() : visit.ask_login();
    }
    if (is_pending(found->payment)) {
        ask_provider(visit, found->payment);
        found->payment = find_try(database, found->payment.payment_id).value();
    }
    return visit.page("payments/returned", result_model(visit, found->payment, found->is_theirs));
}

}  // namespace

Response returned_from_stripe(Visit& visit) {
    return returned(visit, ProviderName::Stripe);
}

Response returned_from_mercadopago(Visit& visit) {
    return returned(visit, ProviderName::MercadoPago);
}

Response returned_from_paypal(Visit& visit) {
    return returned(visit, ProviderName::PayPal);
}

}  // namespace ventanilla::payment_pages
