// Keys and sealed values. Every secret use has its own key derived from SECRET_KEY, so that a value
// made for one purpose is worthless for another. A previous SECRET_KEY is still accepted for
// opening and checking (rotation).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ventanilla {

class KeyRing {
  public:
    // `current` and, during a rotation, `previous` (may be empty) are the settings' texts;
    // `purpose` names the use.
    KeyRing(std::string_view current, std::string_view previous, std::string_view purpose);

    // HMAC-SHA-256 under the current key: 32 bytes.
    [[nodiscard]] std::string sign(std::string_view data) const;

    // True when `mac` is the HMAC of `data` under the current or the previous key; constant time.
    [[nodiscard]] bool verify(std::string_view data, std::string_view mac) const;

    // AES-256-GCM under the current key. `bound_to` (a row's id, say) must be the same when it is
    // opened.
    [[nodiscard]] std::string seal(std::string_view plain, std::string_view bound_to) const;

    // Absent when the text was altered, was bound to something else, or was sealed with an unknown
    // key.
    [[nodiscard]] std::optional<std::string> open(std::string_view sealed,
                                                  std::string_view bound_to) const;

  private:
    std::vector<std::string> keys_;  // current first, 32 bytes each
};

}  // namespace ventanilla
