// What the functions of billing/ that change something work with: one struct instead of four
// parameters.
#pragma once

#include "core/clock.h"
#include "core/settings.h"
#include "db/connection.h"
#include "mail/outbox.h"

namespace ventanilla {

struct Billing {
    db::Connection& database;
    const Settings& settings;
    const Clock& clock;
    const Outbox& outbox;
};

}  // namespace ventanilla
