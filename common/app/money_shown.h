// Money in words, as clients see it wherever they look: the portal and paying.
#pragma once

#include <string>
#include <vector>

#include "app/visit.h"
#include "billing/portal_view.h"

namespace ventanilla {

// "$1,350.50"; of another currency than the setting's with its code.
[[nodiscard]] std::string money_text(Visit& visit, const Money& money);
// The same, and empty for zero.
[[nodiscard]] std::string money_unless_zero(Visit& visit, const Money& money);
// "$20.00 + $5.00 USD"
[[nodiscard]] std::string money_list(Visit& visit, const std::vector<Money>& amounts);

[[nodiscard]] std::string means_text(Visit& visit, const std::string& provider);
[[nodiscard]] std::string payment_state_text(Visit& visit, const std::string& status);

// Sets owes and totals, charges, credit, and the last approved payment when there is one.
void set_debt(Visit& visit, Model& model, const PortalView& view);

}  // namespace ventanilla
