// The end of a switch over an enum class that has no default: reaching it is a bug.
#pragma once

#include <cstdlib>

namespace ventanilla {

[[noreturn]] inline void unreachable() {
    std::abort();
}

}  // namespace ventanilla
