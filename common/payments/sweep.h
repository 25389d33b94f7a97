// The worker's part: what no notification told is asked for, and checkouts that nobody shall pay
// are closed.
#pragma once

#include <cstdint>

#include "payments/payment_system.h"

namespace ventanilla {

struct SweepRun {
    std::int64_t asked = 0;
    std::int64_t booked = 0;
    std::int64_t closed = 0;
    std::int64_t events = 0;  // handled
};

// A turn of bounded length: a provider that is away is left alone for the rest of it.
SweepRun sweep_payments(const Payments& payments);

}  // namespace ventanilla
