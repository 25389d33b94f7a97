// The choice of a provider and what goes wrong on the way to it: the same with and without login.
#pragma once

#include <variant>

#include "app/form_errors.h"
#include "payments/checkout.h"
#include "payments/talk.h"

namespace ventanilla::payment_pages {

// Sets providers (value, label) and has_providers: those that take every one of `amounts`. False:
// none does.
[[nodiscard]] bool set_providers(Visit& visit, Model& model, const std::vector<Money>& amounts);

// Opens a checkout, waiting for the provider; ProviderAway also when too many wait already.
[[nodiscard]] std::variant<OpenCheckout, CheckoutRefusal> open(Visit& visit,
                                                               const CheckoutWish& wish);

// The refusal in words, beside the field that it is about.
void add_refusal(FormErrors& errors, CheckoutRefusal refusal);

// The page again: 422, or 503 with Retry-After when the provider is away. Its form may end at a
// provider.
[[nodiscard]] Response refused_checkout(Visit& visit,
                                        std::string_view page,
                                        Model model,
                                        CheckoutRefusal refusal);

}  // namespace ventanilla::payment_pages
