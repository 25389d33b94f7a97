// The numbers of the staff's first page.
#pragma once

#include <cstdint>
#include <vector>

#include "billing/portal_view.h"
#include "core/clock.h"
#include "core/money.h"
#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla {

struct CurrencyOverview {
    Money owed;     // by all clients, credit not taken off
    Money overdue;  // of that
    Money credit;   // that clients have
    Money paid_this_month;
};

struct BillingOverview {
    std::vector<CurrencyOverview> currencies;  // the setting's first, also when all is zero
    std::int64_t overdue_clients = 0;
    std::int64_t suspended_services = 0;
    std::int64_t clients_with_access = 0;
    std::int64_t clients_without_access = 0;  // neither count has deleted ones
    std::int64_t claims_this_week = 0;        // archived accounts that came back in seven days
    std::int64_t failed_mails = 0;
    std::vector<MonthFigures> months;  // twelve, the present one last, in the setting's currency
};

[[nodiscard]] BillingOverview billing_overview(db::Connection& connection,
                                               const Settings& settings,
                                               Timestamp now);

}  // namespace ventanilla
