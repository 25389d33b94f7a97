// What the functions of payments/ that talk to providers and change money work with.
#pragma once

#include <memory>
#include <vector>

#include "billing/billing.h"
#include "payments/provider.h"

namespace ventanilla {

struct Payments {
    Billing billing;
    const std::vector<std::unique_ptr<Provider>>& providers;  // those whose keys are set

    // Null when its keys are not set.
    [[nodiscard]] Provider* find(ProviderName name) const {
        for (const auto& provider : providers) {
            if (provider->name() == name) {
                return provider.get();
            }
        }
        return nullptr;
    }
};

}  // namespace ventanilla
