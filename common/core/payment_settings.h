// The rules of the settings for paying online that no single one shows.
#pragma once

#include "core/settings.h"

namespace ventanilla {

// Throws Misconfigured: a provider with some of its keys only, a list that is none, an address that
// is no https (plain http goes to this host alone), and live keys with another address than the
// provider's own.
void check_payment_settings(const Settings& settings);

}  // namespace ventanilla
