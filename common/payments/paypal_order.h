// What an order and a capture of PayPal say of their money. Private to payments/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "payments/provider.h"
#include "payments/provider_json.h"

namespace ventanilla {

// One report a capture that did not fail; without such, one for the order. Empty for what is no
// order, or has a state that nobody knows.
[[nodiscard]] std::vector<MoneyReport> paypal_order_reports(const Json& order);

// Absent for what is no capture, or has a status that nobody knows.
[[nodiscard]] std::optional<MoneyReport> paypal_capture_report(const Json& capture);

// {"currency_code": "MXN", "value": "350.00"}; absent when there is no such amount.
[[nodiscard]] std::optional<Money> paypal_money(const Json& amount);
// The same for staff.
[[nodiscard]] std::string paypal_money_text(const Json& amount);

// The address with that relation; empty when there is none.
[[nodiscard]] std::string paypal_link(const Json& object, std::string_view relation);

// The order that a capture belongs to; empty when it is not told.
[[nodiscard]] std::string paypal_order_of(const Json& capture);

// The issue of a refused request, else its name.
[[nodiscard]] std::string paypal_issue(const Json& error);

}  // namespace ventanilla
