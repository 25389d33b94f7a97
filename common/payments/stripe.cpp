#include "payments/stripe.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "core/web_address.h"
#include "payments/provider_amounts.h"
#include "payments/provider_text.h"
#include "payments/stripe_session.h"

namespace ventanilla {
namespace {

constexpr const char* version = "2026-10-28.endive";
constexpr const char* sessions_path = "/v1/checkout/sessions";
// A session lives 24 hours at most, counted from when Stripe hears of it; the rest is for asking
// twice.
constexpr std::chrono::hours life(23);
constexpr int bad_request = 400;

// What a voucher of OXXO may be worth, in hundredths.
constexpr std::int64_t least_oxxo = 10'00;
constexpr std::int64_t most_oxxo = 10'000'00;

// Disputes that keep the money from us, or have taken it. A warning is only a question of the
// bank's.
constexpr std::array holding = {"needs_response", "under_review", "lost"};

std::string error_code(const Json& json) {
    const Json& error = json["error"];
    const std::string& code = error["code"].text();
    return code.empty() ? error["type"].text() : code;
}

bool can_be_told(const Money& amount) {
    return stripe_units(amount).has_value();
}

void add_items(FormBody& form, const CheckoutOrder& order) {
    std::size_t place = 0;
    for (const auto& item : shown_items(order, can_be_told)) {
        const std::string line = "line_items[" + std::to_string(place++) + ']';
        form.add(line + "[quantity]", "1");
        form.add(line + "[price_data][currency]", small_letters(item.amount.currency()));
        form.add(line + "[price_data][unit_amount]",
                 std::to_string(stripe_units(item.amount).value_or(0)));
        form.add(line + "[price_data][product_data][name]", item.description);
    }
}

std::string session_path(const std::string& id) {
    return sessions_path + ('/' + percent_encoded(id));
}

}  // namespace

Stripe::Stripe(const Settings& settings, HttpClient& client)
    : settings_(settings),
      client_(client),
      offered_(offered_currencies(settings.stripe_currencies, settings.currency)),
      is_live_(settings.stripe_secret_key.find("_live_") != std::string::npos) {}

bool Stripe::takes(const Money& amount) const {
    return is_offered(offered_, amount) && can_be_told(amount);
}

std::chrono::minutes Stripe::checkout_life() const {
    return life;
}

OutboundRequest Stripe::request(const std::string& method, const std::string& path) const {
    return {method,
            settings_.stripe_api_base + path,
            {{"Authorization", "Bearer " + trimmed(settings_.stripe_secret_key)},
             {"Stripe-Version", version}},
            ""};
}

bool Stripe::offers_oxxo(const Money& amount) const {
    return settings_.stripe_oxxo && amount.currency() == "MXN" && amount.minor_units() >= least_oxxo
           && amount.minor_units() <= most_oxxo;
}

std::string Stripe::checkout_form(const CheckoutOrder& order) const {
    FormBody form;
    form.add("mode", "payment");
    form.add("client_reference_id", order.reference);
    const char* joint = order.return_url.find('?') == std::string::npos ? "?" : "&";
    form.add("success_url", order.return_url + joint + "session_id={CHECKOUT_SESSION_ID}");
    form.add("cancel_url", order.cancel_url);
    add_items(form, order);
    form.add("payment_method_types[0]", "card");
    if (offers_oxxo(order.amount)) {
        form.add("payment_method_types[1]", "oxxo");
        form.add("payment_method_options[oxxo][expires_after_days]",
                 std::to_string(settings_.voucher_days));
    }
    form.add("metadata[reference]", order.reference);
    form.add("payment_intent_data[metadata][reference]", order.reference);
    form.add("expires_at", std::to_string(epoch_seconds(order.expires_at)));
    form.add("locale", "es");
    if (!order.payer_email.empty()) {
        form.add("customer_email", order.payer_email);
    }
    return form.text();
}

std::variant<Checkout, Trouble> Stripe::open(const CheckoutOrder& order) {
    OutboundRequest asked = request("POST", sessions_path);
    asked.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    asked.headers.emplace_back("Idempotency-Key", order.reference);
    asked.body = checkout_form(order);
    const auto answer = talk(client_, asked, error_code);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return refused(reply);
    }
    Checkout checkout{ref_of(reply.json["id"]), link_of(reply.json["url"])};
    if (checkout.ref.empty() || checkout.url.empty()) {
        return makes_no_sense();
    }
    return checkout;
}

Stripe::Answer Stripe::get(const std::string& path) {
    return talk(client_, request("GET", path), error_code);
}

Reports Stripe::ask(const KnownTry& known) {
    if (!known.checkout_ref.empty()) {
        return ask_session(known.checkout_ref);
    }
    return known.money_ref.empty() ? Reports() : ask_payment(known.money_ref);
}

Reports Stripe::ask_session(const std::string& session_id) {
    const auto answer = get(session_path(session_id) + "?expand[]=payment_intent.latest_charge");
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return reply.is_unknown() ? Reports() : refused(reply);
    }
    auto report = stripe_report(reply.json, is_live_);
    if (!report || report->checkout_ref != session_id) {
        return makes_no_sense();
    }
    if (stripe_charge(reply.json)["disputed"].truth() == true) {
        if (auto trouble = add_disputes(*report)) {
            return *trouble;
        }
    }
    return std::vector<MoneyReport>{std::move(*report)};
}

Reports Stripe::ask_payment(const std::string& payment_intent) {
    const auto answer =
        get(sessions_path + ("?payment_intent=" + percent_encoded(payment_intent)) + "&limit=1");
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return reply.is_unknown() ? Reports() : refused(reply);
    }
    if (!reply.json["data"].is_array()) {
        return makes_no_sense();
    }
    const std::string session_id = ref_of(reply.json["data"].first()["id"]);
    return session_id.empty() ? Reports() : ask_session(session_id);
}

// A key that may not read disputes leaves them untold; all else goes well later.
std::optional<Trouble> Stripe::add_disputes(MoneyReport& report) {
    const auto answer =
        get("/v1/disputes?payment_intent=" + percent_encoded(report.money_ref) + "&limit=100");
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (!reply.is_good()) {
        return std::nullopt;
    }
    if (!reply.json["data"].is_array()) {
        return makes_no_sense();
    }
    std::vector<std::optional<Money>> disputes;
    for (const auto& dispute : reply.json["data"].elements()) {
        const std::string& status = dispute["status"].text();
        if (std::find(holding.begin(), holding.end(), status) != holding.end()) {
            disputes.push_back(stripe_amount(dispute, "amount"));
        }
    }
    report.disputed = held_by(disputes, report);
    return std::nullopt;
}

std::optional<Trouble> Stripe::close(const KnownTry& known) {
    if (known.checkout_ref.empty()) {
        return std::nullopt;
    }
    const auto answer =
        talk(client_, request("POST", session_path(known.checkout_ref) + "/expire"), error_code);
    if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        return *trouble;
    }
    const auto& reply = std::get<Reply>(answer);
    if (reply.is_good() || reply.is_unknown()) {
        return std::nullopt;
    }
    return reply.status == bad_request ? open_still(known, refused(reply)) : refused(reply);
}

// Stripe refuses to end a session that is open no more, with the status of any bad request: only a
// look tells.
std::optional<Trouble> Stripe::open_still(const KnownTry& known, const Trouble& refusal) {
    const Reports reports = ask_session(known.checkout_ref);
    if (const auto* trouble = std::get_if<Trouble>(&reports)) {
        return *trouble;
    }
    const auto& sessions = std::get<std::vector<MoneyReport>>(reports);
    const bool is_open = !sessions.empty() && sessions.front().state == MoneyState::Open;
    return is_open ? std::optional(refusal) : std::nullopt;
}

}  // namespace ventanilla
