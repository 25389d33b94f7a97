#include "core/payment_settings.h"

#include <algorithm>
#include <array>

#include "core/errors.h"
#include "core/money.h"
#include "core/web_address.h"

namespace ventanilla {
namespace {

constexpr const char* stripe_base = "https://api.stripe.com";
constexpr const char* mercadopago_base = "https://api.mercadopago.com";
constexpr const char* paypal_base = "https://api-m.paypal.com";
constexpr const char* paypal_sandbox_base = "https://api-m.sandbox.paypal.com";

struct Key {
    const char* name;
    const std::string& value;
};

// All or none: half a provider would take money and not hear of it.
void check_keys(std::initializer_list<Key> keys) {
    const auto is_set = [](const Key& key) { return !key.value.empty(); };
    if (std::none_of(keys.begin(), keys.end(), is_set)) {
        return;
    }
    for (const auto& key : keys) {
        if (key.value.empty()) {
            throw Misconfigured("setting " + std::string(key.name)
                                + " is empty: must be set when the provider's other keys are");
        }
    }
}

void check_base(const char* name, const std::string& base) {
    const auto address = web_address(base);
    if (!address || !address->rest.empty()
        || (!address->is_https && !is_loopback_host(address->host))) {
        throw Misconfigured("setting " + std::string(name) + " is \"" + base
                            + "\": must be https://HOST without a path; http only for this host");
    }
}

[[noreturn]] void refuse_live(const char* name, const std::string& base) {
    throw Misconfigured("setting " + std::string(name) + " is \"" + base
                        + "\": live keys go to the provider's own address alone");
}

void check_currencies(const char* name, const std::string& list) {
    if (!read_currency_list(list)) {
        throw Misconfigured("setting " + std::string(name) + " is \"" + list
                            + "\": must be currencies with commas between them, such as MXN,USD");
    }
}

void check_stripe(const Settings& settings) {
    check_keys({{"STRIPE_SECRET_KEY", settings.stripe_secret_key},
                {"STRIPE_WEBHOOK_SECRET", settings.stripe_webhook_secret}});
    check_base("STRIPE_API_BASE", settings.stripe_api_base);
    check_currencies("STRIPE_CURRENCIES", settings.stripe_currencies);
    const bool is_live = settings.stripe_secret_key.find("_live_") != std::string::npos;
    if (is_live && settings.stripe_api_base != stripe_base) {
        refuse_live("STRIPE_API_BASE", settings.stripe_api_base);
    }
}

void check_mercadopago(const Settings& settings) {
    check_keys({{"MERCADOPAGO_ACCESS_TOKEN", settings.mercadopago_access_token},
                {"MERCADOPAGO_WEBHOOK_SECRET", settings.mercadopago_webhook_secret}});
    check_base("MERCADOPAGO_API_BASE", settings.mercadopago_api_base);
    check_currencies("MERCADOPAGO_CURRENCIES", settings.mercadopago_currencies);
    const bool is_live = settings.mercadopago_access_token.starts_with("APP_USR-");
    if (is_live && settings.mercadopago_api_base != mercadopago_base) {
        refuse_live("MERCADOPAGO_API_BASE", settings.mercadopago_api_base);
    }
}

// Its keys do not tell live from test: the address does.
void check_paypal(const Settings& settings) {
    check_keys({{"PAYPAL_CLIENT_ID", settings.paypal_client_id},
                {"PAYPAL_CLIENT_SECRET", settings.paypal_client_secret},
                {"PAYPAL_WEBHOOK_ID", settings.paypal_webhook_id}});
    check_base("PAYPAL_API_BASE", settings.paypal_api_base);
    check_currencies("PAYPAL_CURRENCIES", settings.paypal_currencies);
    const std::string& base = settings.paypal_api_base;
    const auto address = web_address(base);
    if (base != paypal_base && base != paypal_sandbox_base && !is_loopback_host(address->host)) {
        refuse_live("PAYPAL_API_BASE", base);
    }
}

}  // namespace

void check_payment_settings(const Settings& settings) {
    check_stripe(settings);
    check_mercadopago(settings);
    check_paypal(settings);
    if (!Money::typed(settings.payment_minimum, settings.currency)) {
        throw Misconfigured("setting PAYMENT_MINIMUM is \"" + settings.payment_minimum
                            + "\": must be an amount, such as 50.00");
    }
}

std::optional<std::vector<std::string>> read_currency_list(const std::string& text) {
    std::vector<std::string> codes;
    constexpr std::size_t code_size = 3;
    for (std::size_t at = 0; at < text.size(); at += code_size + 1) {
        const std::string code = text.substr(at, code_size);
        const bool ends_well = at + code_size == text.size() || text[at + code_size] == ',';
        const bool is_last_comma = at + code_size + 1 == text.size();
        if (!is_currency_code(code) || !ends_well || is_last_comma
            || std::find(codes.begin(), codes.end(), code) != codes.end()) {
            return std::nullopt;
        }
        codes.push_back(code);
    }
    return codes;
}

}  // namespace ventanilla
