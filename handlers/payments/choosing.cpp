#include "payments/choosing.h"

#include <algorithm>

#include "core/unreachable.h"

namespace ventanilla::payment_pages {

bool set_providers(Visit& visit, Model& model, const std::vector<Money>& amounts) {
    std::vector<Model> items;
    for (const auto& provider : talk(visit).providers()) {
        const bool takes_all =
            std::all_of(amounts.begin(), amounts.end(), [&](const Money& amount) {
                return provider->takes(amount);
            });
        if (takes_all) {
            const std::string name = provider_text(provider->name());
            Model item;
            item.set("value", name)
                .set("label", visit.services().renderer.text("pay_with_" + name));
            items.push_back(std::move(item));
        }
    }
    const bool has_any = !items.empty();
    model.set("has_providers", has_any).set("providers", std::move(items));
    return has_any;
}

std::variant<OpenCheckout, CheckoutRefusal> open(Visit& visit, const CheckoutWish& wish) {
    const auto pass = talk(visit).leave_to_wait();
    if (!pass) {
        return CheckoutRefusal::ProviderAway;
    }
    return open_checkout(payments(visit), wish);
}

void add_refusal(FormErrors& errors, CheckoutRefusal refusal) {
    switch (refusal) {
        case CheckoutRefusal::NoCharges:
            return errors.add("charge", "pay_no_charges");
        case CheckoutRefusal::NotPayable:
            return errors.add("charge", "pay_not_payable");
        case CheckoutRefusal::TwoCurrencies:
            return errors.add("charge", "pay_two_currencies");
        case CheckoutRefusal::CannotTake:
            return errors.add("", "pay_cannot_take");
        case CheckoutRefusal::PartTooSmall:
            return errors.add("amount", "pay_part_too_small");
        case CheckoutRefusal::PartTooLarge:
            return errors.add("amount", "pay_part_too_large");
        case CheckoutRefusal::PartNotAllowed:
            return errors.add("", "pay_part_not_allowed");
        case CheckoutRefusal::OnItsWay:
            return errors.add("", "pay_on_its_way");
        case CheckoutRefusal::ProviderAway:
            return errors.add("", "pay_provider_away");
        case CheckoutRefusal::ProviderRefuses:
            return errors.add("", "pay_provider_refuses");
    }
    unreachable();
}

Response refused_checkout(Visit& visit,
                          std::string_view page,
                          Model model,
                          CheckoutRefusal refusal) {
    FormErrors errors(visit.services().renderer);
    add_refusal(errors, refusal);
    model.set("asks_again", refusal == CheckoutRefusal::OnItsWay);
    Response response = visit.refused(page, std::move(model), errors);
    response.form_targets = provider_targets(visit.services().settings);
    if (refusal == CheckoutRefusal::ProviderAway) {
        constexpr int unavailable = 503;
        response.status = unavailable;
        response.with_header("Retry-After", "30");
    }
    return response;
}

}  // namespace ventanilla::payment_pages
