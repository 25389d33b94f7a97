// What the pages of verification codes share: which flow lives at which addresses, and the answer
// when no code is mailed.
#pragma once

#include <string>

#include "app/visit.h"
#include "claims/claim.h"

namespace ventanilla {

struct FlowPaths {
    const char* start;   // where one begins again
    const char* code;    // where the code is typed
    const char* resend;  // where a new one is asked for
};

[[nodiscard]] FlowPaths paths_of(Flow flow);

// After a code was asked for: 303 to the flow's code page, or 429 when a limit stands in the way,
// with a way back.
[[nodiscard]] Response code_sent_or_throttled(Visit& visit,
                                              Flow flow,
                                              const StartOutcome& outcome,
                                              const std::string& back_path);

}  // namespace ventanilla
