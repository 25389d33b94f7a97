// One try to pay online: what we know of it, what its provider sent, and asking now.
#include "core/digest.h"
#include "core/text.h"
#include "payments/payments.h"
#include "payments/settlement.h"
#include "payments/shown.h"
#include "payments/talk.h"

namespace ventanilla::payment_pages {
namespace {

constexpr const char* page_name = "payments/attempt";
constexpr const char* console_path = "/admin/pagos-en-linea/";

std::vector<Model> charge_items(const TryDetail& detail) {
    std::vector<Model> items;
    for (const auto& description : detail.charges) {
        Model item;
        item.set("description", description);
        items.push_back(std::move(item));
    }
    return items;
}

// A provider's body is text; should it not be, a page still is.
std::string printable(const std::string& body) {
    return is_valid_text(body) ? body : base64url(body);
}

std::vector<Model> event_items(Visit& visit, const TryDetail& detail) {
    std::vector<Model> items;
    for (const auto& event : detail.events) {
        const std::string outcome = event.outcome.empty() ? "waiting" : event.outcome;
        Model item;
        item.set("event_type", event.type)
            .set("received_at", date_time_text(event.received_at))
            .set("outcome_text", visit.services().renderer.text("settled_" + outcome))
            .set("event_headers", event.headers)
            .set("event_body", printable(event.body));
        items.push_back(std::move(item));
    }
    return items;
}

Model detail_model(Visit& visit, const TryDetail& detail) {
    const PaymentTry& payment = detail.line.payment;
    const std::string& own = visit.services().settings.currency;
    Model model;
    set_try(visit, model, detail.line);
    model.set("at_online", true)
        .set("may_operate", visit.may(Role::Operator))
        .set("our_reference", payment.reference)
        .set("checkout_ref", payment.checkout_ref)
        .set("money_ref", payment.money_ref)
        .set("expires_at", date_time_text(payment.expires_at))
        .set("voucher_until", time_or_nothing(payment.voucher_until))
        .set("refunded", payment.refunded.is_zero() ? "" : payment.refunded.shown(own))
        .set("disputed", payment.disputed.is_zero() ? "" : payment.disputed.shown(own))
        .set("asked_at", time_or_nothing(detail.asked_at))
        .set("times_asked", payment.times_asked)
        .set("next_ask_at", time_or_nothing(detail.next_ask_at))
        .set("no_events", detail.events.empty());
    model.set("charges", charge_items(detail)).set("events", event_items(visit, detail));
    return model;
}

}  // namespace

Response attempt(Visit& visit) {
    const auto detail = try_detail(visit.services().database, visit.path_id);
    if (!detail) {
        return visit.not_found();
    }
    return visit.page(page_name, detail_model(visit, *detail));
}

Response ask(Visit& visit) {
    const auto payment = find_try(visit.services().database, visit.path_id);
    if (!payment) {
        return visit.not_found();
    }
    const auto pass = talk(visit).leave_to_wait();
    const std::string path = console_path + std::to_string(visit.path_id) + '/';
    if (!pass) {
        return visit.see_other(path, "notice_provider_busy", Model());
    }
    const auto asked = ask_and_settle(payments(visit), *payment);
    Model values;
    if (asked.trouble) {
        values.set("reason", asked.trouble->reason);
        return visit.see_other(path, "notice_provider_trouble", values);
    }
    values.set(
        "result",
        visit.services().renderer.text(std::string("settled_") + settled_text(asked.settled)));
    return visit.see_other(path, "notice_provider_asked", values);
}

}  // namespace ventanilla::payment_pages
