// What the functions of claims/ work with: one struct instead of seven parameters.
#pragma once

#include "accounts/hash_gate.h"
#include "core/clock.h"
#include "core/sealing.h"
#include "core/settings.h"
#include "db/connection.h"
#include "mail/outbox.h"
#include "sessions/session.h"

namespace ventanilla {

struct ClaimServices {
    db::Connection& database;
    const Settings& settings;
    const Clock& clock;
    const Outbox& outbox;
    const SessionStore& sessions;
    HashGate& hash_gate;
    const KeyRing& code_keys;  // keyed hashes of verification codes
};

// The one way to compute a password's hash for a visitor: within the host's bound on hashes at
// once. Throws Unavailable (answered with 503) when no slot was free for two seconds.
[[nodiscard]] HashGate::Pass hash_pass(HashGate& gate);

}  // namespace ventanilla
