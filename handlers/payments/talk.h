// What this program keeps for its talk with payment providers: one per process, made at its first
// use.
#pragma once

#include <optional>

#include "accounts/hash_gate.h"
#include "app/visit.h"
#include "payments/payment_system.h"

namespace ventanilla::payment_pages {

class Talk {
  public:
    explicit Talk(const Settings& settings);

    [[nodiscard]] const std::vector<std::unique_ptr<Provider>>& providers() const {
        return providers_;
    }

    // Leave to wait for a provider. One process of this program is always left for notifications
    // and pages, however slow a provider is; absent when the others wait already.
    [[nodiscard]] std::optional<HashGate::Pass> leave_to_wait();

  private:
    HttpClient client_;
    std::vector<std::unique_ptr<Provider>> providers_;
    HashGate gate_;
};

[[nodiscard]] Talk& talk(Visit& visit);
[[nodiscard]] Payments payments(Visit& visit);

// What Response::form_targets wants on a page whose form ends at a provider.
[[nodiscard]] std::string provider_targets(const Settings& settings);

}  // namespace ventanilla::payment_pages
