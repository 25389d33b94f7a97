// How each provider writes an amount, exactly, in both directions; nothing passes through floating
// point. An amount that a provider cannot be told is absent: nothing, less than nothing, a currency
// that it does not take, or a part of a unit where it takes whole ones. Private to payments/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/money.h"

namespace ventanilla {

// The integer of `unit_amount` and `amount_total`: whole units for the currencies that Stripe calls
// zero-decimal, else hundredths. ISK and UGX are written in hundredths and take whole units alone;
// currencies with three decimals, and units of account with four, are not taken
// (docs.stripe.com/currencies).
[[nodiscard]] std::optional<std::int64_t> stripe_units(const Money& amount);
// `currency` in capitals. Absent for what Money does not hold.
[[nodiscard]] std::optional<Money> stripe_money(std::int64_t units, std::string_view currency);

// The JSON number of `unit_price`: "1350.50"; "1350" for CLP and PYG.
[[nodiscard]] std::optional<std::string> mercadopago_amount(const Money& amount);

// The text of `value`: "1350.50"; "1350" for HUF, JPY and TWD.
[[nodiscard]] std::optional<std::string> paypal_amount(const Money& amount);

// Of both of them, what they write: digits, at most one point, and no more than two decimals that
// count ("350.500" is 350.50). Absent for signs, exponents, more than twelve digits before the
// point, and what is no currency.
[[nodiscard]] std::optional<Money> decimal_money(std::string_view text, std::string_view currency);

}  // namespace ventanilla
