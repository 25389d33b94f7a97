// What I owe, with whom I pay it, and the way there.
#include <algorithm>
#include <charconv>

#include "app/money_shown.h"
#include "payments/choosing.h"
#include "payments/payments.h"
#include "payments/shown.h"

namespace ventanilla::payment_pages {
namespace {

constexpr const char* page_name = "payments/choose";

std::optional<PortalView> own_view(Visit& visit) {
    Services& services = visit.services();
    return portal_view(services.database,
                       services.settings,
                       Whose::session(visit.session_token()),
                       services.clock.now());
}

// What is no number is no charge of anybody.
std::vector<std::int64_t> chosen_charges(Visit& visit) {
    std::vector<std::int64_t> ids;
    for (const auto& text : visit.request().form.all("charge")) {
        std::int64_t id = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        const bool is_number = error == std::errc() && end == text.data() + text.size();
        if (std::find(ids.begin(), ids.end(), is_number ? id : 0) == ids.end()) {
            ids.push_back(is_number ? id : 0);
        }
    }
    return ids;
}

void set_choices(Visit& visit, Model& model, const PortalView& view) {
    const bool is_first = visit.request().method != "POST";
    const auto chosen = chosen_charges(visit);
    const std::string own = view.totals.empty() ? "" : view.totals.front().owed.currency();
    std::vector<Model> items;
    for (const auto& charge : view.charges) {
        const bool is_chosen =
            is_first ? charge.owed.currency() == own
                     : std::find(chosen.begin(), chosen.end(), charge.id) != chosen.end();
        Model item;
        item.set("charge_id", charge.id)
            .set("description", charge.description)
            .set("due_on", charge.due_on.text())
            .set("is_overdue", charge.is_overdue)
            .set("owed", money_text(visit, charge.owed))
            .set("full_amount", charge.is_part_paid() ? money_text(visit, charge.amount) : "")
            .set("is_chosen", is_chosen);
        items.push_back(std::move(item));
    }
    model.set("choices", std::move(items));
}

void set_on_their_way(Visit& visit, Model& model, const PortalView& view) {
    std::vector<Model> items;
    for (const auto& payment : payments_on_their_way(
             visit.services().database, view.client_id, visit.services().clock.now())) {
        Model item;
        item.set("way_amount", money_text(visit, payment.amount))
            .set("is_voucher", payment.stage == "waiting")
            .set("voucher_url", payment.voucher_url)
            .set("voucher_until",
                 payment.voucher_until ? date_time_text(*payment.voucher_until) : "")
            .set("way_provider", provider_label(visit, payment.provider));
        items.push_back(std::move(item));
    }
    model.set("has_on_their_way", !items.empty()).set("on_their_way", std::move(items));
}

Model page_model(Visit& visit, const std::optional<PortalView>& view) {
    const Settings& settings = visit.services().settings;
    Model model;
    model.set("at_payments", true)
        .set("has_client", view.has_value())
        .set("pay_at_office", settings.pay_at_office);
    if (!view) {
        return model;
    }
    const auto least = Money::typed(settings.payment_minimum, settings.currency);
    model.set("full_name", view->full_name)
        .set("client_number", view->client_id)
        .set("amount", visit.field("amount"))
        .set("least_part", least && least->is_positive() ? money_text(visit, *least) : "");
    set_debt(visit, model, *view);
    set_choices(visit, model, *view);
    set_on_their_way(visit, model, *view);
    // Offered is who takes at least something of it.
    std::vector<Money> amounts;
    if (!view->charges.empty()) {
        amounts.push_back(view->charges.front().owed);
    }
    const bool has_providers = set_providers(visit, model, amounts);
    model.set("pays_online", has_providers && !view->charges.empty());
    return model;
}

Response shown(Visit& visit, Model model) {
    Response response = visit.page(page_name, std::move(model));
    response.form_targets = provider_targets(visit.services().settings);
    return response;
}

// The part that was typed, in the currency of what was chosen; false: no amount.
bool take_part(Visit& visit, const PortalView& view, CheckoutWish& wish) {
    const std::string& typed = visit.field("amount");
    if (typed.empty()) {
        return true;
    }
    std::string currency = visit.services().settings.currency;
    for (const auto& charge : view.charges) {
        if (!wish.charges.empty() && charge.id == wish.charges.front()) {
            currency = charge.owed.currency();
        }
    }
    wish.part = Money::typed(typed, currency);
    return wish.part && wish.part->is_positive();
}

}  // namespace

Response choose(Visit& visit) {
    const auto view = own_view(visit);
    return shown(visit, page_model(visit, view));
}

Response pay(Visit& visit) {
    const auto view = own_view(visit);
    if (!view) {
        return visit.not_found();
    }
    CheckoutWish wish;
    wish.client_id = view->client_id;
    wish.charges = chosen_charges(visit);
    wish.despite_voucher = visit.field("otra_vez") == "1";
    const auto provider = provider_named(visit.field("provider"));
    if (!provider) {
        return refused_checkout(
            visit, page_name, page_model(visit, view), CheckoutRefusal::CannotTake);
    }
    wish.provider = *provider;
    if (!take_part(visit, *view, wish)) {
        FormErrors errors(visit.services().renderer);
        errors.add("amount", "amount_malformed");
        return visit.refused(page_name, page_model(visit, view), errors);
    }
    const auto opened = open(visit, wish);
    if (const auto* checkout = std::get_if<OpenCheckout>(&opened)) {
        return Response::see_other(checkout->url);
    }
    return refused_checkout(
        visit, page_name, page_model(visit, own_view(visit)), std::get<CheckoutRefusal>(opened));
}

}  // namespace ventanilla::payment_pages
