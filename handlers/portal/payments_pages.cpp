// My payments and their receipts.
#include "app/staff_pages.h"
#include "portal/documents.h"
#include "portal/portal.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

std::vector<Model> covered_items(Visit& visit, const PaymentDetail& detail) {
    std::vector<Model> items;
    for (const auto& charge : detail.charges) {
        Model item;
        item.set("description", charge.description)
            .set("due_on", charge.due_on.text())
            .set("covered", money_text(visit, charge.covered))
            .set("still_owed", money_unless_zero(visit, charge.still_owed));
        items.push_back(std::move(item));
    }
    return items;
}

void set_receipt(Visit& visit, Model& model, const PaymentDetail& detail) {
    const PaymentLine& payment = detail.payment;
    model.set("id", payment.id)
        .set("receipt_number",
             payment.receipt_number ? std::to_string(*payment.receipt_number) : "")
        .set("client_name", detail.client_name)
        .set("client_number", detail.client_id)
        .set("amount", money_text(visit, payment.amount))
        .set("at", date_time_text(payment.at))
        .set("means", means_text(visit, payment.provider))
        .set("reference", payment.provider_ref)
        .set("received_by", detail.received_by)
        .set("state", payment_state_text(visit, payment.status))
        .set("is_approved", payment.status == "approved")
        .set("has_charges", !detail.charges.empty())
        .set("charges", covered_items(visit, detail))
        .set("to_credit", money_unless_zero(visit, detail.to_credit))
        .set("reversed_at", detail.reversed_at ? date_text(*detail.reversed_at) : "")
        .set("reversal_reason", detail.reversal_reason);
}

std::optional<PaymentDetail> wanted_payment(Visit& visit) {
    return payment_detail(visit.services().database, whose(visit), visit.path_id);
}

}  // namespace

Response payments(Visit& visit) {
    const std::int64_t page = page_number(visit);
    const auto history = payment_history(visit.services().database, whose(visit), page);
    Model model;
    model.set("at_payments", true).set("has_client", history.has_value()).set("page", page);
    if (history) {
        model.set("none", history->payments.empty())
            .set("payments", payment_items(visit, history->payments));
        set_pager(model, page, history->has_more ? page + 1 : page, "");
        model.set("pages", "");  // nobody counts them
    }
    return visit.page("portal/payments", std::move(model));
}

Response receipt(Visit& visit) {
    const auto detail = wanted_payment(visit);
    if (!detail) {
        return visit.not_found();
    }
    Model model;
    model.set("at_payments", true);
    set_receipt(visit, model, *detail);
    return visit.page("portal/receipt", std::move(model));
}

Response receipt_file(Visit& visit) {
    const auto detail = wanted_payment(visit);
    if (!detail) {
        return visit.not_found();
    }
    const std::int64_t number = detail->payment.receipt_number.value_or(detail->payment.id);
    return file_response("recibo-" + std::to_string(number) + ".pdf",
                         "application/pdf",
                         receipt_pdf(visit, *detail));
}

}  // namespace ventanilla::portal
