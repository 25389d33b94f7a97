#include "worker/payment_tasks.h"

#include <memory>

#include "core/log.h"
#include "payments/notices.h"
#include "payments/sweep.h"

namespace ventanilla {
namespace {

// Events wake the worker; this is for those whose bell was lost, and for the tries that are due.
constexpr std::chrono::seconds longest_interval{15};
constexpr std::chrono::hours removal_interval{6};
// Mails and jobs wait meanwhile.
constexpr HttpClient::Limits limits{std::chrono::milliseconds(3000),
                                    std::chrono::milliseconds(8000)};

// The connections to the providers stay between turns.
struct Talk {
    Talk(const Settings& app_settings, std::function<bool()> must_leave)
        : settings(app_settings),
          client(limits, std::move(must_leave)),
          providers(configured_providers(settings, client)) {}

    void sweep(db::Connection& database, Timestamp now) {
        const FixedClock clock(now);
        const Outbox outbox(settings);
        const auto run = sweep_payments({{database, settings, clock, outbox}, providers});
        if (run.booked + run.closed + run.events > 0) {
            log_info("payments_swept",
                     {{"asked", std::to_string(run.asked)},
                      {"booked", std::to_string(run.booked)},
                      {"closed", std::to_string(run.closed)},
                      {"events", std::to_string(run.events)}});
        }
    }

    const Settings& settings;
    HttpClient client;
    std::vector<std::unique_ptr<Provider>> providers;
};

}  // namespace

std::vector<PeriodicTask> payment_tasks(const Settings& settings,
                                        std::function<bool()> must_leave) {
    const auto talk = std::make_shared<Talk>(settings, std::move(must_leave));
    if (talk->providers.empty()) {
        return {};
    }
    const auto interval =
        std::min(longest_interval, std::chrono::seconds(settings.payment_sweep_seconds));
    return {{"sweep_payments",
             interval,
             [talk](db::Connection& database, Timestamp now) { talk->sweep(database, now); },
             true},
            {"remove_old_notices", removal_interval, &remove_old_notices}};
}

}  // namespace ventanilla
