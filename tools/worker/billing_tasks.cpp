#include "worker/billing_tasks.h"

#include "billing/charges.h"
#include "billing/reminders.h"
#include "billing/suspension.h"
#include "core/log.h"

namespace ventanilla {
namespace {

constexpr std::chrono::minutes daily_work_interval{30};
// Paid services are back within a minute, however the payment came to be booked.
constexpr std::chrono::seconds suspension_interval{30};

template <class Work>
PeriodicTask task(const char* name,
                  std::chrono::milliseconds interval,
                  const Settings& settings,
                  Work work) {
    return {name, interval, [&settings, work](db::Connection& database, Timestamp now) {
                const FixedClock clock(now);
                const Outbox outbox(settings);
                work(Billing{database, settings, clock, outbox});
            }};
}

void log_count(const char* event, std::int64_t count) {
    if (count > 0) {
        log_info(event, {{"count", std::to_string(count)}});
    }
}

// From the setting's day on, not on it alone: the worker may have been away.
void charge_month(const Billing& billing) {
    const Day today = Day::of(billing.clock.now());
    const auto from = billing.settings.charges_day;
    if (from > 0 && today >= Month::of(today).day(static_cast<int>(from))) {
        log_count("month_charged", make_month(billing, Month::of(today), {}).charges);
    }
}

}  // namespace

std::vector<PeriodicTask> billing_tasks(const Settings& settings) {
    return {
        task("charge_month", daily_work_interval, settings, &charge_month),
        task("add_late_fees",
             daily_work_interval,
             settings,
             [](const Billing& billing) { log_count("late_fees_added", add_late_fees(billing)); }),
        task(
            "send_reminders",
            daily_work_interval,
            settings,
            [](const Billing& billing) { log_count("reminders_queued", send_reminders(billing)); }),
        task("apply_suspensions", suspension_interval, settings, [](const Billing& billing) {
            const SuspensionRun run = apply_suspensions(billing);
            log_count("services_suspended", run.suspended);
            log_count("services_resumed", run.lifted);
        })};
}

}  // namespace ventanilla
