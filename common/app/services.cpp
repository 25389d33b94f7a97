#include "app/services.h"

namespace ventanilla {
namespace {

KeyRing keys_for(const Settings& settings, const char* purpose) {
    return {settings.secret_key, settings.secret_key_previous, purpose};
}

}  // namespace

Services::Services(const Settings& app_settings,
                   const Clock& app_clock,
                   const Renderer& app_renderer,
                   const std::string& program)
    : settings(app_settings),
      clock(app_clock),
      renderer(app_renderer),
      database({app_settings.database_url, app_settings.database_pooler, "ventanilla-" + program}),
      outbox(app_settings),
      sessions(database, settings, clock),
      hash_gate(app_settings.run_dir, app_settings.hash_slot_count()),
      code_keys(keys_for(settings, "verification code")),
      form_keys(keys_for(settings, "form token")),
      device_keys(keys_for(settings, "known device")),
      notice_keys(keys_for(settings, "notice")),
      credentials(settings, clock),
      claims{database, settings, clock, outbox, sessions, hash_gate, code_keys} {}

}  // namespace ventanilla
