// Counting password tries (DESIGN.md, security figures): per person and place, and per network. A
// try is counted before the password is looked at, as unsettled; it is then settled as wrong or
// forgotten. Private to claims/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "claims/services.h"

namespace ventanilla {

struct CountedTry {
    std::optional<std::int64_t> id;  // absent: too many, the password must not be looked at
    Timestamp retry_at;              // then: when to come back
};

// `person` names whose password it is; `place` the network, or the device that had logged in
// before.
[[nodiscard]] CountedTry count_try(const ClaimServices& services,
                                   const std::string& person,
                                   const std::string& place,
                                   bool is_device);

// The password was wrong.
void settle_try(const ClaimServices& services, std::int64_t try_id);

// The statement that forgets all failures of the person at the place: the password was right.
[[nodiscard]] db::Call forgotten_failures(const std::string& person, const std::string& place);

// A pass for hashing; a try that gets none was never looked at and is not counted. Throws
// Unavailable.
[[nodiscard]] HashGate::Pass pass_for(const ClaimServices& services, std::int64_t try_id);

}  // namespace ventanilla
