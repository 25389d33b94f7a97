#include "payments/sweep.h"

#include <algorithm>

#include "payments/health.h"
#include "payments/notices.h"
#include "payments/settlement.h"

namespace ventanilla {
namespace {

// Of each kind a turn: mails and jobs wait meanwhile.
constexpr std::int64_t most_a_turn = 20;
constexpr std::chrono::minutes close_again_after{5};

class Away {
  public:
    [[nodiscard]] bool has(ProviderName name) const {
        return std::find(names_.begin(), names_.end(), name) != names_.end();
    }
    void add(ProviderName name) { names_.push_back(name); }

  private:
    std::vector<ProviderName> names_;
};

void ask_all(const Payments& payments, Away& away, SweepRun& run) {
    const Billing& billing = payments.billing;
    for (const auto& payment : tries_to_ask(billing.database, billing.clock.now(), most_a_turn)) {
        if (away.has(payment.provider)) {
            continue;
        }
        const auto asked = ask_and_settle(payments, payment);
        ++run.asked;
        run.booked += asked.settled == Settled::Booked ? 1 : 0;
        if (asked.trouble && asked.trouble->kind == Trouble::Kind::Away) {
            away.add(payment.provider);
        }
    }
}

void close_all(const Payments& payments, Away& away, SweepRun& run) {
    const Billing& billing = payments.billing;
    const Timestamp now = billing.clock.now();
    for (const auto& payment : tries_to_close(billing.database, now, most_a_turn)) {
        Provider* provider = payments.find(payment.provider);
        if (provider == nullptr || away.has(payment.provider)) {
            continue;
        }
        // Without a checkout there is nothing that anybody could pay.
        const auto trouble =
            payment.checkout_ref.empty() ? std::nullopt : provider->close(payment.known());
        if (!trouble) {
            note_closed(billing.database, payment.payment_id, now);
            ++run.closed;
            continue;
        }
        note_trouble(billing.database, payment.provider, *trouble, now);
        note_not_closed(billing.database, payment.payment_id, now + close_again_after);
        if (trouble->kind == Trouble::Kind::Away) {
            away.add(payment.provider);
        }
    }
}

}  // namespace

SweepRun sweep_payments(const Payments& payments) {
    SweepRun run;
    Away away;
    run.events = handle_notices(payments, most_a_turn);
    close_all(payments, away, run);
    ask_all(payments, away, run);
    return run;
}

}  // namespace ventanilla
