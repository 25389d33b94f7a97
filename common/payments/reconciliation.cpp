#include "payments/reconciliation.h"

#include "payments/settlement.h"

namespace ventanilla {
namespace {

constexpr std::int64_t portion = 200;

constexpr db::Statement list_begun{"list_tries_begun", R"sql(
    SELECT * FROM payment_try
    WHERE created_at >= $1 AND id > $2 AND checkout_ref <> ''
    ORDER BY id
    LIMIT $3
)sql"};

bool is_booked(const PaymentTry& payment) {
    return payment.status == "approved" || payment.status == "refunded";
}

std::optional<Difference> reversal_difference(const PaymentTry& payment,
                                              const MoneyReport& report) {
    const Money ours = payment.refunded + payment.disputed;
    const Money nothing(0, payment.amount.currency());
    const Money refunded = report.refunded.value_or(payment.refunded);
    const Money disputed = report.disputed.value_or(payment.disputed);
    if (refunded.currency() != nothing.currency() || disputed.currency() != nothing.currency()) {
        return Difference::AnotherAmount;
    }
    const Money theirs = std::min(refunded + disputed, payment.amount);
    if (theirs == ours) {
        return std::nullopt;
    }
    return theirs > ours ? Difference::GivenBackMore : Difference::GivenBackLess;
}

// The report of the money that paid it, or the one that says the most.
const MoneyReport* telling(const PaymentTry& payment, const std::vector<MoneyReport>& reports) {
    const MoneyReport* best = nullptr;
    for (const auto& report : reports) {
        const bool is_same_money =
            !payment.money_ref.empty() && report.money_ref == payment.money_ref;
        if (is_same_money) {
            return &report;
        }
        if (report.state == MoneyState::Paid && best == nullptr) {
            best = &report;
        }
    }
    return best;
}

std::optional<Difference> compared(const PaymentTry& payment,
                                   const std::vector<MoneyReport>& reports) {
    const MoneyReport* report = telling(payment, reports);
    const bool is_paid = report != nullptr && report->state == MoneyState::Paid;
    if (!is_paid) {
        return is_booked(payment) ? std::optional(Difference::BookedUnpaid) : std::nullopt;
    }
    if (report->amount != payment.amount) {
        return Difference::AnotherAmount;
    }
    return is_booked(payment) ? reversal_difference(payment, *report) : Difference::PaidUnbooked;
}

std::string shown(const PaymentTry& payment,
                  const std::vector<MoneyReport>& reports,
                  const std::string& own) {
    const MoneyReport* report = telling(payment, reports);
    if (report == nullptr) {
        return "";
    }
    std::string text = report->amount ? report->amount->shown(own) : report->amount_text;
    for (const auto& back : {report->refunded, report->disputed}) {
        text += back && !back->is_zero() ? " -" + back->shown(own) : "";
    }
    return text;
}

}  // namespace

ReconciliationRun reconcile(const Payments& payments,
                            Timestamp since,
                            bool applies,
                            const std::function<void(const Found&)>& found) {
    const Billing& billing = payments.billing;
    ReconciliationRun run;
    std::int64_t last = 0;
    for (bool has_more = true; has_more;) {
        const auto tries = all_tries(billing.database.run(list_begun, since, last, portion));
        has_more = tries.size() == static_cast<std::size_t>(portion);
        for (const auto& payment : tries) {
            last = payment.payment_id;
            Provider* provider = payments.find(payment.provider);
            const auto answer = provider == nullptr
                                    ? std::variant<std::vector<MoneyReport>, Trouble>(Trouble{})
                                    : provider->ask(payment.known());
            const auto* reports = std::get_if<std::vector<MoneyReport>>(&answer);
            if (reports == nullptr) {
                ++run.not_answered;
                continue;
            }
            ++run.compared;
            if (const auto difference = compared(payment, *reports)) {
                ++run.differences;
                found({payment, *difference, shown(payment, *reports, billing.settings.currency)});
                if (applies) {
                    static_cast<void>(ask_and_settle(payments, payment));
                }
            }
        }
    }
    return run;
}

}  // namespace ventanilla
