// What several pages of the portal say in the same words: money, payments, services, sessions.
#pragma once

#include <string>
#include <vector>

#include "app/visit.h"
#include "billing/portal_view.h"
#include "billing/whose.h"

namespace ventanilla::portal {

// The client of whoever sent this request.
[[nodiscard]] Whose whose(Visit& visit);

// "$1,350.50"; of another currency than the setting's with its code.
[[nodiscard]] std::string money_text(Visit& visit, const Money& money);
// The same, and empty for zero.
[[nodiscard]] std::string money_unless_zero(Visit& visit, const Money& money);
// "$20.00 y $5.00 USD"
[[nodiscard]] std::string money_list(Visit& visit, const std::vector<Money>& amounts);

[[nodiscard]] std::string means_text(Visit& visit, const std::string& provider);
[[nodiscard]] std::string payment_state_text(Visit& visit, const std::string& status);

// Sets owes and totals, charges, credit, and the last approved payment when there is one.
void set_debt(Visit& visit, Model& model, const PortalView& view);

[[nodiscard]] std::vector<Model> payment_items(Visit& visit,
                                               const std::vector<PaymentLine>& payments);
[[nodiscard]] std::vector<Model> service_items(Visit& visit,
                                               const std::vector<ServiceLine>& services);

// Sets sessions and has_other_sessions; `mine` is this one.
void set_sessions(Visit& visit,
                  Model& model,
                  const std::vector<SessionLine>& lines,
                  std::int64_t mine);
[[nodiscard]] std::string entered_by_text(Visit& visit, const std::string& entered_by);

}  // namespace ventanilla::portal
