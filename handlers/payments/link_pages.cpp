// One charge, paid without login by whoever has its link.
#include "app/money_shown.h"
#include "payments/choosing.h"
#include "payments/links.h"
#include "payments/payments.h"

namespace ventanilla::payment_pages {
namespace {

constexpr const char* page_name = "payments/link";

using Found = std::variant<PaymentLink, LinkEnd>;

Found found_link(Visit& visit) {
    return find_link(visit.services().database, visit.path_token, visit.services().clock.now());
}

Response dead_link(Visit& visit, LinkEnd end) {
    constexpr int gone = 410;
    if (end == LinkEnd::Unknown) {
        return visit.not_found();
    }
    Model model;
    model.set("is_expired", end == LinkEnd::Expired);
    return visit.page("payments/dead_link", std::move(model), gone);
}

Model link_model(Visit& visit, const PaymentLink& link) {
    Model model;
    model.set("first_name", link.first_name)
        .set("amount", money_text(visit, link.owed))
        .set("is_paid", link.is_paid);
    static_cast<void>(set_providers(visit, model, {link.owed}));
    return model;
}

}  // namespace

Response link(Visit& visit) {
    const auto found = found_link(visit);
    if (const auto* end = std::get_if<LinkEnd>(&found)) {
        return dead_link(visit, *end);
    }
    Response response = visit.page(page_name, link_model(visit, std::get<PaymentLink>(found)));
    response.form_targets = provider_targets(visit.services().settings);
    return response;
}

Response pay_link(Visit& visit) {
    const auto found = found_link(visit);
    if (const auto* end = std::get_if<LinkEnd>(&found)) {
        return dead_link(visit, *end);
    }
    const auto& link = std::get<PaymentLink>(found);
    const auto provider = provider_named(visit.field("provider"));
    if (!provider) {
        return refused_checkout(
            visit, page_name, link_model(visit, link), CheckoutRefusal::CannotTake);
    }
    CheckoutWish wish;
    wish.client_id = link.client_id;
    wish.charges = {link.charge_id};
    wish.provider = *provider;
    wish.link_id = link.id;
    wish.despite_voucher = visit.field("otra_vez") == "1";
    const auto opened = open(visit, wish);
    if (const auto* checkout = std::get_if<OpenCheckout>(&opened)) {
        return Response::see_other(checkout->url);
    }
    return refused_checkout(
        visit, page_name, link_model(visit, link), std::get<CheckoutRefusal>(opened));
}

}  // namespace ventanilla::payment_pages
