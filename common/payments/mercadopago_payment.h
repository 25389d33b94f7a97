// What a payment of Mercado Pago says of its money. Private to payments/.
#pragma once

#include <optional>
#include <string>

#include "payments/provider.h"
#include "payments/provider_json.h"

namespace ventanilla {

// `own_account`: the number that it must have been collected for; empty: not known. Absent for what
// is no payment.
[[nodiscard]] std::optional<MoneyReport> mercadopago_report(const Json& payment,
                                                            const std::string& own_account);

// The account that an access token ends in ("APP_USR-...-123"); empty when it has no such form.
[[nodiscard]] std::string mercadopago_account(const std::string& access_token);

}  // namespace ventanilla
