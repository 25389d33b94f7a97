#include "payments/mercadopago_payment.h"

#include "payments/provider_amounts.h"
#include "payments/provider_talk.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

const Json& voucher_of(const Json& payment) {
    return payment["transaction_details"]["external_resource_url"];
}

MoneyState pending_state(const Json& payment) {
    const bool is_voucher =
        !voucher_of(payment).text().empty() || payment["payment_type_id"].text() == "ticket";
    return is_voucher ? MoneyState::Waiting : MoneyState::Processing;
}

// Money that was given back or taken from us had come before: it is Paid, less that.
MoneyState state_of(const Json& payment) {
    const std::string& status = payment["status"].text();
    if (status == "approved" || status == "in_mediation" || status == "refunded"
        || status == "charged_back") {
        return MoneyState::Paid;
    }
    if (status == "rejected" || status == "cancelled") {
        return MoneyState::Failed;
    }
    return status == "pending" ? pending_state(payment) : MoneyState::Processing;
}

void add_reversals(MoneyReport& report, const Json& payment) {
    if (!report.amount || report.state != MoneyState::Paid) {
        return;
    }
    const std::string& status = payment["status"].text();
    const std::string& currency = report.amount->currency();
    report.refunded =
        status == "refunded"
            ? report.amount
            : decimal_money(payment["transaction_amount_refunded"].number(), currency);
    const bool is_held =
        status == "charged_back" && payment["status_detail"].text() != "reimbursed";
    report.disputed = is_held ? held_by({report.amount}, report) : Money(0, currency);
}

bool is_collected_by(const Json& payment, const std::string& own_account) {
    const std::string collector = ref_of(payment["collector_id"]);
    return own_account.empty() || collector.empty() || collector == own_account;
}

}  // namespace

std::optional<MoneyReport> mercadopago_report(const Json& payment, const std::string& own_account) {
    MoneyReport report;
    report.money_ref = ref_of(payment["id"]);
    if (report.money_ref.empty() || payment["status"].text().empty()) {
        return std::nullopt;
    }
    report.reference = ref_of(payment["external_reference"]);
    report.state = state_of(payment);
    const std::string& written = payment["transaction_amount"].number();
    const std::string& currency = payment["currency_id"].text();
    report.amount = decimal_money(written, currency);
    if (!report.amount) {
        report.amount_text = shortened(written + ' ' + currency);
    }
    report.is_ours = is_collected_by(payment, own_account);
    add_reversals(report, payment);
    if (report.state == MoneyState::Waiting) {
        report.voucher_url = link_of(voucher_of(payment));
        report.voucher_until = read_iso_time(payment["date_of_expiration"].text());
    }
    if (report.state == MoneyState::Failed) {
        report.reason = shortened(payment["status_detail"].text());
    }
    return report;
}

std::string mercadopago_account(const std::string& access_token) {
    const bool has_form = access_token.starts_with("APP_USR-") || access_token.starts_with("TEST-");
    const std::string last = access_token.substr(access_token.rfind('-') + 1);
    const bool is_number = last.find_first_not_of("0123456789") == std::string::npos;
    return has_form && is_number ? last : "";
}

}  // namespace ventanilla
