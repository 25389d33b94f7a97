#include "payments/talk.h"

#include <algorithm>

#include "core/web_address.h"

namespace ventanilla::payment_pages {
namespace {

// Somebody waits in front of a browser.
constexpr HttpClient::Limits limits{std::chrono::milliseconds(2500),
                                    std::chrono::milliseconds(7000)};
constexpr std::chrono::milliseconds patience{1500};

}  // namespace

Talk::Talk(const Settings& settings)
    : client_(limits),
      providers_(configured_providers(settings, client_)),
      gate_(settings.run_dir,
            static_cast<std::size_t>(std::max<std::int64_t>(1, settings.worker_count() - 1)),
            "provider") {}

std::optional<HashGate::Pass> Talk::leave_to_wait() {
    return gate_.enter(patience);
}

Talk& talk(Visit& visit) {
    Services& services = visit.services();
    if (!services.programs_own) {
        services.programs_own = std::make_shared<Talk>(services.settings);
    }
    return *static_cast<Talk*>(services.programs_own.get());
}

Payments payments(Visit& visit) {
    Services& services = visit.services();
    return {{services.database, services.settings, services.clock, services.outbox},
            talk(visit).providers()};
}

std::string provider_targets(const Settings& settings) {
    std::string targets = "https:";
    for (const auto& base :
         {settings.stripe_api_base, settings.mercadopago_api_base, settings.paypal_api_base}) {
        const auto address = web_address(base);
        if (address && !address->is_https) {
            targets += ' ' + base;
        }
    }
    return targets;
}

}  // namespace ventanilla::payment_pages
