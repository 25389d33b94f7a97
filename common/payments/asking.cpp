// Asking a provider about a try: what is waited for happens here, outside of any transaction.
#include "core/log.h"
#include "payments/health.h"
#include "payments/settlement.h"

namespace ventanilla {
namespace {

// After the checkout ended, a provider may still need a moment to say what became of it.
constexpr std::chrono::minutes patience_after_expiry{30};

constexpr db::Statement is_still_owed{"is_try_still_owed", R"sql(
    SELECT coalesce(bool_and(part.amount <= (SELECT sum(amount) FROM ledger_entry WHERE charge_id = part.charge_id)), true)
    FROM online_payment_charge AS part
    WHERE payment_id = $1
)sql"};

using Reports = std::vector<MoneyReport>;
using Answer = std::variant<Reports, Trouble>;

bool has_agreed(const Answer& answer) {
    const auto* reports = std::get_if<Reports>(&answer);
    return reports != nullptr && !reports->empty() && reports->front().state == MoneyState::Agreed;
}

// What the payer agreed to is taken only while it is owed: this is where paying twice ends at
// PayPal.
Answer asked(const Payments& payments, Provider& provider, const PaymentTry& payment) {
    auto answer = provider.ask(payment.known());
    if (!has_agreed(answer) || payment.status != "pending") {
        return answer;
    }
    db::Connection& database = payments.billing.database;
    if (std::get<0>(database.run(is_still_owed, payment.payment_id).at<bool>(0))) {
        return provider.collect(payment.known());
    }
    auto& report = std::get<Reports>(answer).front();
    report.state = MoneyState::Expired;
    report.reason = "paid otherwise";
    return answer;
}

bool is_over(const PaymentTry& payment, const Reports& reports, Timestamp now) {
    for (const auto& report : reports) {
        if (report.state != MoneyState::Open && report.state != MoneyState::Failed) {
            return false;
        }
    }
    return now > payment.expires_at + patience_after_expiry;
}

MoneyReport expiry_of(const PaymentTry& payment) {
    MoneyReport report;
    report.reference = payment.reference;
    report.checkout_ref = payment.checkout_ref;
    report.state = MoneyState::Expired;
    return report;
}

// The weightiest of them, for whoever asked.
Settled weightier(Settled a, Settled b) {
    constexpr std::array order{Settled::Nothing,
                               Settled::Unknown,
                               Settled::Noted,
                               Settled::Outdated,
                               Settled::Quarantined,
                               Settled::GivenBack,
                               Settled::Booked};
    return std::max(std::find(order.begin(), order.end(), a),
                    std::find(order.begin(), order.end(), b))[0];
}

Settled settled_all(const Billing& billing, const PaymentTry& payment, const Reports& reports) {
    Settled all = Settled::Nothing;
    for (const auto& report : reports) {
        const auto one = settle(billing, payment.provider, report, payment.revision);
        all = weightier(all, one.settled);
    }
    return all;
}

}  // namespace

Asked ask_and_settle(const Payments& payments, const PaymentTry& payment) {
    const Billing& billing = payments.billing;
    const Timestamp now = billing.clock.now();
    const std::chrono::seconds sweep(billing.settings.payment_sweep_seconds);
    Provider* provider = payments.find(payment.provider);
    if (provider == nullptr) {
        note_asked(billing.database, payment.payment_id, now, next_ask(payment, now, sweep));
        return {Settled::Nothing, Trouble{Trouble::Kind::Refused, "its keys are not set"}};
    }
    auto answer = asked(payments, *provider, payment);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        log_error("provider_trouble",
                  {{"provider", provider_text(payment.provider)},
                   {"payment", std::to_string(payment.payment_id)},
                   {"reason", trouble->reason}});
        note_trouble(billing.database, payment.provider, *trouble, now);
        note_asked(billing.database, payment.payment_id, now, next_ask(payment, now, sweep));
        return {Settled::Nothing, *trouble};
    }
    auto& reports = std::get<Reports>(answer);
    if (is_over(payment, reports, now)) {
        reports.push_back(expiry_of(payment));
    }
    note_answer(billing.database, payment.provider, now);
    note_asked(billing.database, payment.payment_id, now, next_ask(payment, now, sweep));
    return {settled_all(billing, payment, reports), std::nullopt};
}

}  // namespace ventanilla
