// The hash formats of old systems: Django's hashers before Argon2, bare bcrypt of PHP, bare
// digests. A LegacyHash with a verifiable format is complete and inside the cost limits; what a
// text would cost is known before anything is computed. Also holds the reading tools that Argon2
// shares. Sources: Django documentation "Password management", RFC 8018 (PBKDF2), RFC 7914
// (scrypt), crypt(5) of libxcrypt. All cryptography is OpenSSL's and libxcrypt's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/password_hash.h"

namespace ventanilla {

/// No stored hash is longer: Django's column holds 128 characters, long salts included.
inline constexpr std::size_t longest_stored_hash = 512;

/// Above these an imported hash is TooCostly. scrypt needs 128 * N * r bytes, so N * r is limited;
/// its time grows with p too, so N * r * p is limited to four times that, and r and p to 64 each.
inline constexpr std::uint64_t most_pbkdf2_rounds = 10'000'000;
inline constexpr std::uint64_t most_bcrypt_cost = 15;
inline constexpr std::uint64_t most_scrypt_memory = 128ULL * 1024 * 1024;

/// A stored hash taken apart. The views point into the stored text, which must live as long.
struct LegacyHash {
    HashFormat format = HashFormat::Unknown;
    std::uint64_t cost = 0;        ///< PBKDF2 rounds, scrypt N, bcrypt's exponent; else 0
    std::uint64_t block_size = 0;  ///< scrypt r
    std::uint64_t lanes = 0;       ///< scrypt p
    std::string_view salt;         ///< in clear; empty for bcrypt and crypt
    std::string_view setting;      ///< bcrypt and crypt: the whole text as crypt(3) writes it
    std::string tag;               ///< the expected bytes, decoded; empty for bcrypt and crypt
};

/// Takes apart any format but Argon2; `format` says what came of it (Unknown when malformed).
///
///     pbkdf2_sha256$rounds$salt$base64     pbkdf2_sha1$rounds$salt$base64
///     bcrypt_sha256$$2b$cost$...           bcrypt$$2b$cost$...     $2y$cost$... (also 2a, 2b)
///     scrypt$N$salt$r$p$base64             (Django 4: the work factor stands before the salt)
///     md5$salt$hex    sha1$salt$hex        md5$$hex, 32 hex digits; sha1$$hex, 40 hex digits
///     crypt$$13 characters                 crypt$salt$13 characters (Django before 1.4)
[[nodiscard]] LegacyHash read_legacy_hash(std::string_view stored);

/// Whether `password` (at most 1 MiB) is behind `hash`; false if its format cannot be verified.
/// Throws std::runtime_error when a library refuses to compute, which means missing memory.
[[nodiscard]] bool matches_legacy(const LegacyHash& hash, std::string_view password);

/// The parts of `text` between separators; at least one, empty ones included.
[[nodiscard]] std::vector<std::string_view> hash_fields(std::string_view text,
                                                        char separator = '$');

/// A number of decimal digits alone, held at the largest value when it is larger; absent if not
/// one.
[[nodiscard]] std::optional<std::uint64_t> hash_number(std::string_view text);

/// The bytes behind base64 of the standard alphabet, padded or not; absent if it is not that.
[[nodiscard]] std::optional<std::string> hash_base64(std::string_view text);

/// Equality whose time depends on the lengths alone.
[[nodiscard]] bool same_bytes(std::string_view left, std::string_view right);

/// Zero bytes of a fixed number that are wiped when they go out of scope: derived secrets.
class WipedBytes {
  public:
    explicit WipedBytes(std::size_t size) : bytes_(size, '\0') {}
    WipedBytes(const WipedBytes&) = delete;
    WipedBytes& operator=(const WipedBytes&) = delete;
    ~WipedBytes();

    [[nodiscard]] char* data() { return bytes_.data(); }
    [[nodiscard]] unsigned char* octets();
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::string_view view() const { return bytes_; }

  private:
    std::string bytes_;
};

}  // namespace ventanilla
