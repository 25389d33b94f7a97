#include "payments/settlement.h"

#include "core/log.h"
#include "core/unreachable.h"
#include "payments/quarantine.h"
#include "payments/settling.h"

namespace ventanilla {
namespace {

// Money under a reference that is none of ours is put aside; what has none at all is somebody
// else's business.
Settlement settle_unknown(const Billing& billing,
                          ProviderName provider,
                          const MoneyReport& report) {
    if (report.state == MoneyState::Paid && !report.reference.empty()) {
        const auto call = quarantining(billing, provider, report, 0, "reference");
        billing.database.run_all({call});
        return {Settled::Quarantined, std::nullopt};
    }
    return {Settled::Unknown, std::nullopt};
}

}  // namespace

const char* settled_text(Settled settled) {
    switch (settled) {
        case Settled::Nothing:
            return "nothing";
        case Settled::Noted:
            return "noted";
        case Settled::Booked:
            return "booked";
        case Settled::GivenBack:
            return "given_back";
        case Settled::Quarantined:
            return "quarantined";
        case Settled::Unknown:
            return "unknown";
        case Settled::Outdated:
            return "outdated";
    }
    unreachable();
}

Settlement settle(const Billing& billing,
                  ProviderName provider,
                  const MoneyReport& report,
                  std::optional<std::int64_t> revision) {
    const TryNames names{provider, report.reference, report.checkout_ref, report.money_ref};
    const auto seen = find_try(billing.database, names);
    if (!seen) {
        return settle_unknown(billing, provider, report);
    }
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, seen->client_id);
    const auto payment = find_try(transaction, names);
    const Settled settled =
        Settling(transaction, billing, client.value(), payment.value(), report).run(revision);
    transaction.commit();
    if (settled != Settled::Nothing) {
        log_info("payment_settled",
                 {{"payment", std::to_string(payment->payment_id)},
                  {"provider", provider_text(provider)},
                  {"settled", settled_text(settled)}});
    }
    return {settled, payment->payment_id};
}

}  // namespace ventanilla
