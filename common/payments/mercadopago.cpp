#include "payments/mercadopago.h"

#include "core/text.h"
#include "core/web_address.h"
#include "payments/mercadopago_payment.h"
#include "payments/provider_amounts.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

constexpr std::chrono::hours life(23);
constexpr std::chrono::minutes a_little(1);
constexpr const char* preferences_path = "/checkout/preferences";
// Of a search: a reference has a handful of payments; what has more is somebody trying cards.
constexpr int most_pages = 10;

std::string error_code(const Json& json) {
    const std::string& error = json["error"].text();
    const std::string cause = ref_of(json["cause"].first()["code"]);
    const std::string said = error.empty() ? json["message"].text() : error;
    return said + (cause.empty() ? "" : " (" + cause + ')');
}

bool can_be_told(const Money& amount) {
    return mercadopago_amount(amount).has_value();
}

std::string items_json(const CheckoutOrder& order) {
    std::vector<std::string> items;
    for (const auto& item : shown_items(order, can_be_told)) {
        items.push_back(json_object({{"id", json_text(std::to_string(items.size() + 1))},
                                     {"title", json_text(item.description)},
                                     {"quantity", "1"},
                                     {"unit_price", mercadopago_amount(item.amount).value_or("0")},
                                     {"currency_id", json_text(item.amount.currency())}}));
    }
    return json_array(items);
}

// Without it the provider tells of payments twice, once in an older form without a signature.
std::string notification_url(const CheckoutOrder& order) {
    const char* joint = order.notification_url.find('?') == std::string::npos ? "?" : "&";
    return order.notification_url + joint + "source_news=webhooks";
}

std::string preference_json(const CheckoutOrder& order) {
    const std::string back = json_text(order.return_url);
    std::vector<JsonMember> members = {
        {"items", items_json(order)},
        {"external_reference", json_text(order.reference)},
        {"back_urls",
         json_object(
             {{"success", back}, {"pending", back}, {"failure", json_text(order.cancel_url)}})},
        {"notification_url", json_text(notification_url(order))},
        {"expires", "true"},
        {"expiration_date_from", json_text(iso_time(order.made_at))},
        {"expiration_date_to", json_text(iso_time(order.expires_at))},
        {"date_of_expiration", json_text(iso_time(order.voucher_until))},
        {"metadata", json_object({{"reference", json_text(order.reference)}})}};
    if (!order.payer_email.empty()) {
        members.push_back({"payer", json_object({{"email", json_text(order.payer_email)}})});
    }
    if (order.return_url.starts_with("https://")) {  // the provider refuses it for others
        members.push_back({"auto_return", json_text("approved")});
    }
    return json_object(members);
}

std::string preference_path(const std::string& id) {
    return preferences_path + ('/' + percent_encoded(id));
}

}  // namespace

MercadoPago::MercadoPago(const Settings& settings, HttpClient& client)
    : settings_(settings),
      client_(client),
      offered_(offered_currencies(settings.mercadopago_currencies, settings.currency)),
      account_(mercadopago_account(trimmed(settings.mercadopago_access_token))),
      is_test_(settings.mercadopago_access_token.starts_with("TEST-")) {}

bool MercadoPago::takes(const Money& amount) const {
    return is_offered(offered_, amount) && can_be_told(amount);
}

std::chrono::minutes MercadoPago::checkout_life() const {
    return life;
}

OutboundRequest MercadoPago::request(const std::string& method, const std::string& path) const {
    return {method,
            settings_.mercadopago_api_base + path,
            {{"Authorization", "Bearer " + trimmed(settings_.mercadopago_access_token)},
             {"Content-Type", "application/json"}},
            ""};
}

// With test credentials only the address for tests takes test cards.
std::string MercadoPago::redirect_of(const Json& preference) const {
    const std::string for_tests = link_of(preference["sandbox_init_point"]);
    return is_test_ && !for_tests.empty() ? for_tests : link_of(preference["init_point"]);
}

std::variant<Checkout, Trouble> MercadoPago::open(const CheckoutOrder& order) {
    OutboundRequest asked = request("POST", preferences_path);
    asked.headers.emplace_back("X-Idempotency-Key", order.reference);
    asked.body = preference_json(order);
    const auto answer = talk(client_, asked, error_code);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return refused(reply);
    }
    Checkout checkout{ref_of(reply.json["id"]), redirect_of(reply.json)};
    if (checkout.ref.empty() || checkout.url.empty()) {
        return makes_no_sense();
    }
    return checkout;
}

MercadoPago::Answer MercadoPago::get(const std::string& path) {
    return talk(client_, request("GET", path), error_code);
}

// A payment that failed may have been tried again under the same reference: then the others count
// too.
Reports MercadoPago::ask(const KnownTry& known) {
    if (known.money_ref.empty()) {
        return known.reference.empty() ? Reports() : find(known.reference);
    }
    Reports reports = ask_payment(known.money_ref);
    const auto* found = std::get_if<std::vector<MoneyReport>>(&reports);
    const bool is_decided =
        found == nullptr || (!found->empty() && found->front().state != MoneyState::Failed);
    return is_decided || known.reference.empty() ? reports : find(known.reference);
}

Reports MercadoPago::ask_payment(const std::string& payment_id) {
    const auto answer = get("/v1/payments/" + percent_encoded(payment_id));
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return reply.is_unknown() ? Reports() : refused(reply);
    }
    auto report = mercadopago_report(reply.json, account_);
    if (!report || report->money_ref != payment_id) {
        return makes_no_sense();
    }
    return std::vector<MoneyReport>{std::move(*report)};
}

Reports MercadoPago::find(const std::string& reference) {
    Search search{reference, {}, 0, 0};
    for (int page = 0; page < most_pages; ++page) {
        const std::int64_t before = search.seen;
        if (auto trouble = read_page(search)) {
            return *trouble;
        }
        if (search.seen == before || search.seen >= search.in_all) {
            break;
        }
    }
    return search.found;
}

std::optional<Trouble> MercadoPago::read_page(Search& search) {
    const std::string offset = search.seen == 0 ? "" : "&offset=" + std::to_string(search.seen);
    const auto answer =
        get("/v1/payments/search?external_reference=" + percent_encoded(search.reference)
            + "&sort=date_created&criteria=asc" + offset);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return refused(reply);
    }
    if (!reply.json["results"].is_array()) {
        return makes_no_sense();
    }
    for (const auto& payment : reply.json["results"].elements()) {
        auto report = mercadopago_report(payment, account_);
        if (!report) {
            return makes_no_sense();
        }
        ++search.seen;
        if (report->reference == search.reference) {
            search.found.push_back(std::move(*report));
        }
    }
    search.in_all = reply.json["paging"]["total"].whole().value_or(0);
    return std::nullopt;
}

std::optional<Trouble> MercadoPago::close(const KnownTry& known) {
    if (known.checkout_ref.empty()) {
        return std::nullopt;
    }
    OutboundRequest asked = request("PUT", preference_path(known.checkout_ref));
    const Timestamp ended = SystemClock().now() - a_little;
    asked.body = json_object({{"expires", "true"},
                              {"expiration_date_from", json_text(iso_time(ended - a_little))},
                              {"expiration_date_to", json_text(iso_time(ended))}});
    const auto answer = talk(client_, asked, error_code);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    return reply.is_good() || reply.is_unknown() ? std::nullopt : std::optional(refused(reply));
}

}  // namespace ventanilla
