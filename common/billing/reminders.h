// Mails about what is due soon (REMINDER_DAYS_BEFORE) and what is overdue (REMINDER_DAYS_AFTER),
// each once for a charge and a day of the setting. Empty settings: none.
#pragma once

#include <cstdint>

#include "billing/billing.h"

namespace ventanilla {

// Queues what is due now, a mail a client; returns how many mails. A day that was missed is made up
// for within a week, unless the next of the setting's days has come. Running it twice, or twice at
// once, sends nothing the second time.
std::int64_t send_reminders(const Billing& billing);

}  // namespace ventanilla
