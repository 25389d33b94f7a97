// One payment's receipt, and taking the payment back.
#include "admin_clients/admin_clients.h"
#include "admin_clients/client_money.h"
#include "billing/payments.h"
#include "billing/portal_view.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* receipt_page = "admin_clients/receipt";
constexpr std::size_t max_reason_characters = 500;

std::vector<Model> covered_models(const PaymentDetail& detail, const std::string& own) {
    std::vector<Model> items;
    for (const auto& charge : detail.charges) {
        Model item;
        item.set("description", charge.description)
            .set("due_text", charge.due_on.text())
            .set("covered", charge.covered.shown(own))
            .set("still_owed", charge.still_owed.is_positive() ? charge.still_owed.shown(own) : "");
        items.push_back(std::move(item));
    }
    return items;
}

Model receipt_model(Visit& visit, const ClientMoney& money, const PaymentDetail& detail) {
    const std::string& own = visit.services().settings.currency;
    const PaymentLine& payment = detail.payment;
    auto covered = covered_models(detail, own);
    Model model;
    set_head(visit, model, money);
    model.set("at_payments", true)
        .set("payment_id", payment.id)
        .set("receipt_number",
             payment.receipt_number ? std::to_string(*payment.receipt_number) : "")
        .set("amount_text", payment.amount.shown(own))
        .set("means", visit.services().renderer.text("means_" + payment.provider))
        .set("payment_reference", payment.provider_ref)
        .set("paid_at", date_time_text(payment.at))
        .set("received_by", detail.received_by)
        .set("payment_note", detail.note)
        .set("to_credit", detail.to_credit.is_positive() ? detail.to_credit.shown(own) : "")
        .set("status_text", visit.services().renderer.text("payment_state_" + payment.status))
        .set("is_approved", payment.status == "approved" && !detail.reversed_at)
        .set("is_reversed", detail.reversed_at.has_value())
        .set("reversed_at", detail.reversed_at ? date_time_text(*detail.reversed_at) : "")
        .set("reversal_reason", detail.reversal_reason)
        .set("may_reverse",
             payment.status == "approved" && !detail.reversed_at
                 && (payment.provider == "cash" || payment.provider == "transfer"))
        .set("has_covered", !covered.empty())
        .set("covered_charges", std::move(covered));
    return model;
}

struct Receipt {
    ClientMoney money;
    PaymentDetail detail;
};

std::optional<Receipt> wanted_receipt(Visit& visit, const std::string& payment_id) {
    auto money = client_money(visit);
    if (!money) {
        return std::nullopt;
    }
    auto detail = payment_detail(
        visit.services().database, Whose::client(visit.path_id), typed_id(payment_id));
    return detail ? std::optional(Receipt{std::move(*money), std::move(*detail)}) : std::nullopt;
}

}  // namespace

Response receipt(Visit& visit) {
    const auto wanted = wanted_receipt(visit, visit.request().query.get("pago"));
    return wanted ? visit.page(receipt_page, receipt_model(visit, wanted->money, wanted->detail))
                  : visit.not_found();
}

Response take_back(Visit& visit) {
    const auto wanted = wanted_receipt(visit, visit.field("pago"));
    if (!wanted) {
        return visit.not_found();
    }
    FormErrors errors(visit.services().renderer);
    const std::string reason =
        typed_text(visit, errors, "reason", "reason_missing", max_reason_characters);
    if (!errors.empty()) {
        Model model = receipt_model(visit, wanted->money, wanted->detail);
        model.set("reason", reason);
        return visit.refused(receipt_page, std::move(model), errors);
    }
    const std::string path = receipt_path(visit.path_id, wanted->detail.payment.id);
    switch (reverse_payment(
        billing_of(visit), visit.path_id, wanted->detail.payment.id, reason, visit.actor())) {
        case ReversalOutcome::Done:
            return visit.see_other(path, "notice_payment_reversed", Model());
        case ReversalOutcome::NotReversible:
            return visit.see_other(path, "notice_payment_not_reversible", Model());
        case ReversalOutcome::Missing:
            return visit.not_found();
    }
    unreachable();
}

}  // namespace ventanilla::admin_clients
