// What a page function works with, made once per process after the fork.
#pragma once

#include <memory>

#include "accounts/hash_gate.h"
#include "claims/services.h"
#include "core/clock.h"
#include "core/random.h"
#include "core/sealing.h"
#include "core/settings.h"
#include "db/connection.h"
#include "jobs/credentials.h"
#include "mail/outbox.h"
#include "sessions/session.h"
#include "view/renderer.h"

namespace ventanilla {

class Services {
  public:
    // All references must outlive this. Opens nothing: the database connection is made by its first
    // use.
    Services(const Settings& app_settings,
             const Clock& app_clock,
             const Renderer& app_renderer,
             const std::string& program);

    const Settings& settings;
    const Clock& clock;
    const Renderer& renderer;
    db::Connection database;
    Outbox outbox;
    SessionStore sessions;
    HashGate hash_gate;
    KeyRing code_keys;
    KeyRing form_keys;    // csrf tokens
    KeyRing device_keys;  // cookies of browsers that logged in before
    RandomPool masks;     // of form tokens
    KeyRing notice_keys;  // one-time notices that travel in a cookie
    Credentials credentials;
    ClaimServices claims;
    // What one program keeps beside all this, made at its first use (payments: the talk with
    // providers).
    std::shared_ptr<void> programs_own;
};

}  // namespace ventanilla
