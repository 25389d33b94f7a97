// How the talk with each provider goes, for staff and operators: a provider that went quiet while
// payments are open is what nobody notices otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "db/connection.h"
#include "payments/provider.h"

namespace ventanilla {

void note_answer(db::Connection& connection, ProviderName provider, Timestamp now);
void note_trouble(db::Connection& connection,
                  ProviderName provider,
                  const Trouble& trouble,
                  Timestamp now);
// A notification whose signature is wrong.
void note_refused_notice(db::Connection& connection, ProviderName provider, Timestamp now);

struct ProviderHealth {
    ProviderName provider = ProviderName::Stripe;
    std::optional<Timestamp> last_event_at;
    std::optional<Timestamp> last_answer_at;
    std::optional<Timestamp> last_trouble_at;
    std::string last_trouble;  // empty: none yet
    std::int64_t refused_events = 0;
    std::int64_t open_tries = 0;  // pending ones
    std::optional<Timestamp> oldest_open_at;
    std::int64_t unhandled_events = 0;
    std::int64_t quarantined = 0;  // that staff have not decided

    // Trouble was the last thing that we had of it.
    [[nodiscard]] bool is_in_trouble() const {
        return last_trouble_at && last_trouble_at > last_answer_at;
    }
    // Payments are open for longer than `patience`, and nothing was heard of it in all that time.
    [[nodiscard]] bool is_quiet(Timestamp now, std::chrono::minutes patience) const;
};

// One for each of `names`, in their order.
[[nodiscard]] std::vector<ProviderHealth> provider_health(db::Connection& connection,
                                                          const std::vector<ProviderName>& names);

}  // namespace ventanilla
