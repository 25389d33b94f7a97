// Random values from the system's secure source (OpenSSL's RAND_bytes). All throw Failure when that
// source fails.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ventanilla {

[[nodiscard]] std::string random_bytes(std::size_t count);

// 256 random bits as 43 characters of base64url: session, visitor and link tokens.
[[nodiscard]] std::string random_token();

// Uniform over 0 .. bound-1, without modulo bias. REQUIRES bound > 0.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

// `digits` decimal digits, each combination equally likely, leading zeros kept (SPEC.md 2, codes).
[[nodiscard]] std::string random_digits(int digits);

}  // namespace ventanilla
