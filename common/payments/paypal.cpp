#include "payments/paypal.h"

#include <algorithm>

#include "core/digest.h"
#include "core/text.h"
#include "core/web_address.h"
#include "payments/paypal_order.h"
#include "payments/provider_amounts.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

// The payer has three hours to begin; the rest is for asking twice.
constexpr std::chrono::minutes life(150);
constexpr const char* orders_path = "/v2/checkout/orders";
constexpr std::size_t most_characters = 127;  // of brand_name and description
constexpr std::size_t most_token_bytes = 8192;
constexpr int unauthorized = 401;
constexpr int unprocessable = 422;

// A token is not used in its last minute, nor longer than a day.
constexpr std::chrono::seconds before_its_end(60);
constexpr std::int64_t longest_token_life = 86400;

// Why nothing was collected that the payer can do something about.
bool is_payers_turn(const std::string& issue) {
    return issue == "ORDER_NOT_APPROVED" || issue == "INSTRUMENT_DECLINED"
           || issue == "PAYER_ACTION_REQUIRED";
}

bool can_be_told(const Money& amount) {
    return paypal_amount(amount).has_value();
}

bool is_sound_token(const std::string& token) {
    return !token.empty() && token.size() <= most_token_bytes
           && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string order_path(const std::string& id) {
    return orders_path + ('/' + percent_encoded(id));
}

MoneyReport report_of_try(const KnownTry& known, MoneyState state, std::string reason) {
    MoneyReport report;
    report.reference = known.reference;
    report.checkout_ref = known.checkout_ref;
    report.state = state;
    report.reason = std::move(reason);
    return report;
}

}  // namespace

PayPal::PayPal(const Settings& settings, HttpClient& client)
    : settings_(settings),
      client_(client),
      offered_(offered_currencies(settings.paypal_currencies, settings.currency)),
      is_stand_in_([&] {
          const auto base = web_address(settings.paypal_api_base);
          return base && is_loopback_host(base->host);
      }()) {}

bool PayPal::takes(const Money& amount) const {
    return is_offered(offered_, amount) && can_be_told(amount);
}

std::chrono::minutes PayPal::checkout_life() const {
    return life;
}

OutboundRequest PayPal::request(const std::string& method, const std::string& path) const {
    return {method, settings_.paypal_api_base + path, {{"Content-Type", "application/json"}}, ""};
}

// Absent when there is a token now; else why there is none.
std::optional<Trouble> PayPal::fetch_token(Deadline until) {
    OutboundRequest asked = request("POST", "/v1/oauth2/token");
    const std::string login =
        trimmed(settings_.paypal_client_id) + ':' + trimmed(settings_.paypal_client_secret);
    asked.headers = {{"Authorization", "Basic " + base64(login)},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
    asked.body = "grant_type=client_credentials";
    const auto answer = talk(client_, asked, paypal_issue, until);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return refused(reply);
    }
    const std::string& token = reply.json["access_token"].text();
    const auto seconds = reply.json["expires_in"].whole();
    if (!is_sound_token(token) || !seconds) {
        return makes_no_sense();
    }
    token_ = token;
    token_ends_ = std::chrono::steady_clock::now() - before_its_end
                  + std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, longest_token_life));
    return std::nullopt;
}

PayPal::Answer PayPal::call(OutboundRequest request, Deadline until) {
    const auto headers = request.headers;
    const bool was_kept = !token_.empty() && std::chrono::steady_clock::now() < token_ends_;
    if (!was_kept) {
        token_.clear();
    }
    for (bool is_first = true;; is_first = false) {
        if (token_.empty()) {
            if (auto trouble = fetch_token(until)) {
                return *trouble;
            }
        }
        request.headers = headers;
        request.headers.emplace_back("Authorization", "Bearer " + token_);
        auto answer = talk(client_, request, paypal_issue, until);
        const auto* reply = std::get_if<Reply>(&answer);
        const bool is_token_refused = reply != nullptr && reply->status == unauthorized;
        if (is_token_refused) {
            token_.clear();
        }
        if (!is_token_refused || !is_first || !was_kept) {
            return answer;
        }
    }
}

PayPal::Answer PayPal::get(const std::string& path) {
    return call(request("GET", path));
}

std::string PayPal::order_json(const CheckoutOrder& order) const {
    const std::string reference = json_text(order.reference);
    const std::string amount =
        json_object({{"currency_code", json_text(order.amount.currency())},
                     {"value", json_text(paypal_amount(order.amount).value_or(""))}});
    const std::string unit =
        json_object({{"custom_id", reference},
                     {"invoice_id", reference},
                     {"description", json_text(joined_descriptions(order, most_characters))},
                     {"amount", amount}});
    const std::string brand = first_characters(settings_.organization_name, most_characters);
    const std::string context = json_object({{"brand_name", json_text(brand)},
                                             {"locale", json_text("es-MX")},
                                             {"user_action", json_text("PAY_NOW")},
                                             {"shipping_preference", json_text("NO_SHIPPING")},
                                             {"return_url", json_text(order.return_url)},
                                             {"cancel_url", json_text(order.cancel_url)}});
    const std::string source =
        json_object({{"paypal", json_object({{"experience_context", context}})}});
    return json_object({{"intent", json_text("CAPTURE")},
                        {"purchase_units", json_array({unit})},
                        {"payment_source", source}});
}

std::variant<Checkout, Trouble> PayPal::open(const CheckoutOrder& order) {
    OutboundRequest asked = request("POST", orders_path);
    asked.headers.emplace_back("PayPal-Request-Id", order.reference);
    asked.headers.emplace_back("Prefer", "return=representation");
    asked.body = order_json(order);
    const auto answer = call(asked);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return refused(reply);
    }
    const std::string newer = paypal_link(reply.json, "payer-action");
    Checkout checkout{ref_of(reply.json["id"]),
                      newer.empty() ? paypal_link(reply.json, "approve") : newer};
    if (checkout.ref.empty() || checkout.url.empty()) {
        return makes_no_sense();
    }
    return checkout;
}

Reports PayPal::collect(const KnownTry& known) {
    if (known.checkout_ref.empty()) {
        return ask(known);
    }
    OutboundRequest asked = request("POST", order_path(known.checkout_ref) + "/capture");
    asked.headers.emplace_back("PayPal-Request-Id", known.reference + "-capture");
    asked.headers.emplace_back("Prefer", "return=representation");
    asked.body = "{}";
    const auto answer = call(asked);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (reply.is_good()) {
        auto reports = paypal_order_reports(reply.json);
        const bool is_telling =
            !reports.empty() && reports.front().checkout_ref == known.checkout_ref;
        return is_telling ? Reports(std::move(reports)) : ask(known);
    }
    if (reply.status == unprocessable && reply.error == "ORDER_ALREADY_CAPTURED") {
        return ask(known);
    }
    if (reply.status == unprocessable && is_payers_turn(reply.error)) {
        return std::vector{report_of_try(known, MoneyState::Open, reply.error)};
    }
    return reply.is_unknown()
               ? Reports(std::vector{report_of_try(known, MoneyState::Expired, reply.error)})
               : refused(reply);
}

std::optional<Trouble> PayPal::close(const KnownTry& /*known*/) {
    return std::nullopt;
}

Reports PayPal::ask(const KnownTry& known) {
    if (!known.checkout_ref.empty()) {
        return ask_order(known, known.checkout_ref);
    }
    return known.money_ref.empty() ? Reports() : ask_capture(known);
}

Reports PayPal::ask_order(const KnownTry& known, const std::string& order_id) {
    const auto answer = get(order_path(order_id));
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (reply.is_unknown()) {
        return std::vector{report_of_try(known, MoneyState::Expired, reply.error)};
    }
    if (!reply.is_good()) {
        return refused(reply);
    }
    auto reports = paypal_order_reports(reply.json);
    if (reports.empty() || reports.front().checkout_ref != order_id) {
        return makes_no_sense();
    }
    return with_disputes(std::move(reports));
}

}  // namespace ventanilla
