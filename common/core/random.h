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

// Random bytes by the page: asking the source for a few at a time costs more than the rest of a
// form's token. Belongs to one process; make it after the fork, else two would hand out the same.
class RandomPool {
  public:
    [[nodiscard]] std::string take(std::size_t count);

  private:
    std::string bytes_;
};

// Uniform over 0 .. bound-1, without modulo bias. REQUIRES bound > 0.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

// `digits` decimal digits, each combination equally likely, leading zeros kept (SPEC.md 2, codes).
[[nodiscard]] std::string random_digits(int digits);

}  // namespace ventanilla
