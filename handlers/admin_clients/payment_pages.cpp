// A client's payments: what came in, and taking one in cash or by transfer.
#include <algorithm>

#include "admin_clients/admin_clients.h"
#include "admin_clients/client_money.h"
#include "app/staff_pages.h"
#include "billing/payments.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* list_page = "admin_clients/payments";
constexpr std::size_t max_reference_characters = 100;

Model line_model(Visit& visit, const StaffPaymentLine& line) {
    const PaymentLine& payment = line.payment;
    const Renderer& renderer = visit.services().renderer;
    Model item;
    item.set("receipt_query", "?pago=" + std::to_string(payment.id))
        .set("amount_text", payment.amount.shown(visit.services().settings.currency))
        .set("receipt_number",
             payment.receipt_number ? std::to_string(*payment.receipt_number) : "")
        .set("paid_at", date_time_text(payment.at))
        .set("means", renderer.text("means_" + payment.provider))
        .set("payment_reference", payment.provider_ref)
        .set("status_text", renderer.text("payment_state_" + payment.status))
        .set("is_approved", payment.status == "approved" && !line.reversed_at)
        .set("is_reversed", line.reversed_at.has_value())
        .set("received_by", line.received_by)
        .set("payment_note", line.note);
    return item;
}

std::vector<std::int64_t> typed_charges(Visit& visit) {
    std::vector<std::int64_t> ids;
    for (const auto& text : visit.request().form.all("charge")) {
        ids.push_back(typed_id(text));
    }
    return ids;
}

std::vector<Model> charge_choices(Visit& visit, const ClientBalance& balance) {
    const auto chosen = typed_charges(visit);
    std::vector<Model> choices;
    for (const auto& charge : balance.charges) {
        Model choice;
        choice.set("charge_id", charge.id)
            .set("description", charge.description)
            .set("owed", charge.owed.shown(visit.services().settings.currency))
            .set("due_text", charge.due_on.text())
            .set("is_overdue", charge.is_overdue)
            .set("is_chosen", std::find(chosen.begin(), chosen.end(), charge.id) != chosen.end());
        choices.push_back(std::move(choice));
    }
    return choices;
}

// Only who owes in another currency is asked which one it is.
std::vector<Model> currency_choices(Visit& visit, const ClientBalance& balance) {
    const std::string& own = visit.services().settings.currency;
    std::vector<std::string> codes = {own};
    for (const auto& owed : owed_by_currency(balance, own)) {
        if (owed.currency() != own) {
            codes.push_back(owed.currency());
        }
    }
    std::vector<Model> choices;
    for (const auto& code : codes) {
        Model choice;
        choice.set("code", code).set("is_chosen", visit.field("currency") == code);
        choices.push_back(std::move(choice));
    }
    return choices;
}

Model page_model(Visit& visit, const ClientMoney& money) {
    const std::int64_t number = page_number(visit);
    const StaffPaymentPage page = payments_of(visit.services().database, visit.path_id, number);
    std::vector<Model> items;
    for (const auto& line : page.payments) {
        items.push_back(line_model(visit, line));
    }
    auto charges = charge_choices(visit, money.balance);
    auto currencies = currency_choices(visit, money.balance);
    Model model;
    set_head(visit, model, money);
    set_request_key(visit, model);
    set_pager(model, number, page.has_more ? number + 1 : number, "");
    model.set("pages", "")
        .set("has_pages", number > 1 || page.has_more)
        .set("online_path", "/admin/pagos-en-linea/?cliente=" + std::to_string(visit.path_id))
        .set("at_payments", true)
        .set("none", items.empty())
        .set("payments", std::move(items));
    model.set("has_charges", !charges.empty()).set("charges", std::move(charges));
    model.set("has_currencies", currencies.size() > 1).set("currencies", std::move(currencies));
    return model;
}

Response refused(Visit& visit, const ClientMoney& money, const FormErrors& errors) {
    Model model = page_model(visit, money);
    for (const char* field : {"amount", "reference", "note"}) {
        model.set(field, visit.field(field));
    }
    model.set("by_transfer", visit.field("medio") == "transferencia")
        .set("in_cash", visit.field("medio") == "efectivo");
    return visit.refused(list_page, std::move(model), errors);
}

std::optional<PaymentMeans> typed_means(Visit& visit, FormErrors& errors) {
    const std::string& text = visit.field("medio");
    if (text == "efectivo") {
        return PaymentMeans::Cash;
    }
    if (text == "transferencia") {
        return PaymentMeans::Transfer;
    }
    errors.add("medio", "means_required");
    return std::nullopt;
}

// What the form says; worth something only without errors.
NewPayment typed_payment(Visit& visit, FormErrors& errors) {
    NewPayment payment;
    payment.client_id = visit.path_id;
    const auto currency = typed_currency(visit, errors);
    const auto amount = typed_amount(
        visit, errors, "amount", currency.value_or(visit.services().settings.currency));
    payment.amount = amount.value_or(Money());
    payment.means = typed_means(visit, errors).value_or(PaymentMeans::Cash);
    payment.reference = trimmed(visit.field("reference"));
    if (character_count(payment.reference) > max_reference_characters) {
        Model values;
        values.set("most", static_cast<std::int64_t>(max_reference_characters));
        errors.add("reference", "text_too_long", values);
    }
    payment.charges = typed_charges(visit);
    payment.note = typed_note(visit, errors, "note");
    payment.request_key = typed_request_key(visit);
    return payment;
}

void add_problem(FormErrors& errors, PaymentRefusal refusal) {
    switch (refusal) {
        case PaymentRefusal::NoClient:
            return errors.add("", "client_is_deleted");
        case PaymentRefusal::ChargeNotPayable:
            return errors.add("charge", "charge_not_payable");
        case PaymentRefusal::ReferenceTaken:
            return errors.add("reference", "reference_taken");
    }
    unreachable();
}

Response booked(Visit& visit, const BookedPayment& payment) {
    const std::string& own = visit.services().settings.currency;
    Model values;
    values.set("number", payment.receipt_number)
        .set("applied", payment.applied.shown(own))
        .set("credit", payment.to_credit.shown(own));
    const char* notice = payment.was_there                 ? "notice_payment_was_there"
                         : payment.to_credit.is_positive() ? "notice_payment_with_credit"
                                                           : "notice_payment_booked";
    return visit.see_other(receipt_path(visit.path_id, payment.id), notice, values);
}

}  // namespace

Response payment_list(Visit& visit) {
    const auto money = client_money(visit);
    return money ? visit.page(list_page, page_model(visit, *money)) : visit.not_found();
}

Response take_payment(Visit& visit) {
    const auto money = client_money(visit);
    if (!money) {
        return visit.not_found();
    }
    FormErrors errors(visit.services().renderer);
    const NewPayment payment = typed_payment(visit, errors);
    if (errors.empty()) {
        const auto outcome = record_payment(billing_of(visit), payment, visit.actor());
        if (const auto* done = std::get_if<BookedPayment>(&outcome)) {
            return booked(visit, *done);
        }
        add_problem(errors, std::get<PaymentRefusal>(outcome));
    }
    return refused(visit, *money, errors);
}

}  // namespace ventanilla::admin_clients
