// What a Checkout Session of Stripe says of its money. Private to payments/.
#pragma once

#include <optional>

#include "payments/provider.h"
#include "payments/provider_json.h"

namespace ventanilla {

// `is_live`: our key is. Absent for what is no session, or has a state that nobody knows.
// `disputed` is told only when the session came with its charge and no dispute was ever opened.
[[nodiscard]] std::optional<MoneyReport> stripe_report(const Json& session, bool is_live);

// The charge of a session that was asked for with it; nothing when there is none.
[[nodiscard]] const Json& stripe_charge(const Json& session);

// Of an object that names its currency in small letters; absent when there is no such amount.
[[nodiscard]] std::optional<Money> stripe_amount(const Json& object, std::string_view amount_name);

// The payment_intent of a session, charge, refund or dispute, whether as a name or whole; empty
// when there is none.
[[nodiscard]] std::string stripe_money_ref(const Json& object);

}  // namespace ventanilla
