// Stored passwords: tells every stored format apart, verifies it, and makes new hashes.
// Nothing here keeps state, and no stored text, however hostile, costs more than the limits in
// legacy_hashes.h and below before it is refused. Computing is slow on purpose: callers take a
// HashGate pass first. New hashes are Argon2id (RFC 9106) in the layout of Django's Argon2 hasher.
#pragma once

#include <string>
#include <string_view>

namespace ventanilla {

/// What a stored text is. The last three can never be verified; TooCostly is well formed but above
/// the limits, so that staff can see it counted.
enum class HashFormat {
    Argon2,
    Pbkdf2Sha256,
    Pbkdf2Sha1,
    BcryptSha256,
    Bcrypt,
    PhpBcrypt,
    Scrypt,
    SaltedMd5,
    SaltedSha1,
    UnsaltedMd5,
    UnsaltedSha1,
    Crypt,
    Unusable,
    TooCostly,
    Unknown
};

/// The format of `stored`, from its text alone: nothing is computed and at most 512 bytes are read.
/// Empty or with a leading `!` (Django's mark) is Unusable; malformed in any part is Unknown.
/// Argon2 is TooCostly above 1 GiB, 64 passes, 4 GiB of memory times passes, or 255 lanes.
[[nodiscard]] HashFormat hash_format(std::string_view stored);

/// Stable lower-case name for reports: `pbkdf2_sha256`, `php_bcrypt`, `md5` (salted),
/// `unsalted_md5`, `too_costly`, ...; never empty.
[[nodiscard]] std::string_view hash_format_name(HashFormat format);

/// Whether a password can be compared with this format at all.
[[nodiscard]] bool can_verify(HashFormat format);

/// Whether `password` is the one behind `stored`; tags are compared in constant time.
/// False for what cannot be verified, for passwords above 1 MiB, and for a NUL byte where the
/// format would stop reading at it (bcrypt, crypt). bcrypt reads 72 bytes and crypt(3) reads 8:
/// what follows them does not count, as in the systems that stored them.
/// Throws std::runtime_error if memory for the computation is missing, never because of `stored`.
[[nodiscard]] bool verify_password(std::string_view stored, std::string_view password);

/// A new hash: Argon2id, 19456 KiB, 2 passes, 1 lane, 16 random bytes of salt, 32 bytes of tag, as
/// `argon2$argon2id$v=19$m=19456,t=2,p=1$salt$tag`, 103 characters of ASCII.
/// Throws std::runtime_error if memory or the random source fails, or above 1 MiB of password.
[[nodiscard]] std::string hash_password(std::string_view password);

/// True unless `stored` is Argon2id, version 19, with at least the memory and passes of a new hash.
[[nodiscard]] bool needs_rehash(std::string_view stored);

/// Does the work of one wrong password against a new hash, so that an unknown name takes as long as
/// a known one. Throws as verify_password does.
void spend_hash_time(std::string_view password);

}  // namespace ventanilla
