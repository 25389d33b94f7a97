#include "payments/provider.h"

#include <algorithm>

#include "core/unreachable.h"
#include "payments/mercadopago.h"
#include "payments/paypal.h"
#include "payments/stripe.h"

namespace ventanilla {
namespace {

std::unique_ptr<Provider> made(ProviderName name, const Settings& settings, HttpClient& client) {
    switch (name) {
        case ProviderName::Stripe:
            return std::make_unique<Stripe>(settings, client);
        case ProviderName::MercadoPago:
            return std::make_unique<MercadoPago>(settings, client);
        case ProviderName::PayPal:
            return std::make_unique<PayPal>(settings, client);
    }
    unreachable();
}

}  // namespace

const char* provider_text(ProviderName name) {
    switch (name) {
        case ProviderName::Stripe:
            return "stripe";
        case ProviderName::MercadoPago:
            return "mercadopago";
        case ProviderName::PayPal:
            return "paypal";
    }
    unreachable();
}

std::optional<ProviderName> provider_named(std::string_view text) {
    const auto* const found =
        std::find_if(all_providers.begin(), all_providers.end(), [&](ProviderName name) {
            return text == provider_text(name);
        });
    return found == all_providers.end() ? std::nullopt : std::optional(*found);
}

std::string_view IncomingNotice::header(std::string_view name) const {
    const auto found = std::find_if(
        headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::unique_ptr<Provider>> configured_providers(const Settings& settings,
                                                            HttpClient& client) {
    std::vector<std::unique_ptr<Provider>> providers;
    for (const ProviderName name : all_providers) {
        if (is_configured(settings, name)) {
            providers.push_back(made(name, settings, client));
        }
    }
    return providers;
}

// One key says it for all: the settings are refused when others are missing.
bool is_configured(const Settings& settings, ProviderName name) {
    switch (name) {
        case ProviderName::Stripe:
            return !settings.stripe_secret_key.empty();
        case ProviderName::MercadoPago:
            return !settings.mercadopago_access_token.empty();
        case ProviderName::PayPal:
            return !settings.paypal_client_id.empty();
    }
    unreachable();
}

}  // namespace ventanilla
