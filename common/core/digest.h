// Digests and encodings. Byte strings travel as std::string.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ventanilla {

// 32 bytes each.
[[nodiscard]] std::string sha256(std::string_view data);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view data);

// True when both are equal; takes the same time wherever they differ (lengths are no secret).
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// RFC 4648 section 5, without padding. Decoding gives nothing for other characters or an impossible
// length.
[[nodiscard]] std::string base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

// RFC 4648 section 4, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

}  // namespace ventanilla
