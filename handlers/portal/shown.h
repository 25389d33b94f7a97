// What several pages of the portal say in the same words: payments, services, sessions.
#pragma once

#include <string>
#include <vector>

#include "app/money_shown.h"
#include "app/visit.h"
#include "billing/portal_view.h"
#include "billing/whose.h"

namespace ventanilla::portal {

// The client of whoever sent this request.
[[nodiscard]] Whose whose(Visit& visit);

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
