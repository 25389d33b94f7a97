// Short hashes of one password in each format, made with Python's hashlib and crypt and with
// libargon2's own encoder.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "accounts/password_hash.h"

namespace ventanilla {
inline std::ostream& operator<<(std::ostream& out, HashFormat format) {
    return out << hash_format_name(format);
}

namespace test {

inline const std::string base64_32_bytes = "gtlYFmFo5y9hQbDkrdYsuKo3hbm2yYSoyOxa+tcK0IM=";
inline const std::string base64_64_bytes =
    "Nlc7+Crv3o7FpvWC/WFSB3j+hnvEYB9SE45Rq6n0GAK5NYgjm5o7CdRYjiDCeZt1gkX3xmKkC2panUahgOuxEg==";
inline const std::string bcrypt_rest = "CCCCCCCCCCCCCCCCCCCCC.ZzNr4yVS4uXCznofkgf38mh7D01JAcm";
inline const std::string argon2_rest = "$c2FsdHNhbHQ$RlPax3sBK7T9mCkdXXF6RQ";
inline const std::string md5_hex = "1c28724da96ece4f9c24dac4d2014b0f";
inline const std::string sha1_hex = "b83b30140cfe1940a4e2d0bd282dffdbe141c4bd";
inline const std::string old_password = "clave antigua";

struct Vector {
    HashFormat format;
    std::string stored;
};

// All made from old_password.
inline const std::vector<Vector> vectors = {
    {HashFormat::Argon2, "argon2$argon2d$v=19$m=64,t=2,p=2$c2FsdHNhbHQ$BRBgl09jXbMVxNJ+TggfQQ"},
    {HashFormat::Argon2, "argon2$argon2i$v=19$m=64,t=2,p=2" + argon2_rest},
    {HashFormat::Argon2, "argon2$argon2i$m=64,t=2,p=2$c2FsdHNhbHQ$WBlax9YXipXqd/PDafJUQQ"},
    {HashFormat::Argon2, "argon2$argon2i$v=16$m=64,t=2,p=2$c2FsdHNhbHQ$WBlax9YXipXqd/PDafJUQQ"},
    {HashFormat::Argon2,
     "argon2$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHQ$Xabx7KXX+uu3mpjNXp2xe+epmPoHuIhMjKLGlZuz0yA"},
    {HashFormat::Scrypt, "scrypt$16$NaCl$4$2$" + base64_64_bytes},
    {HashFormat::Pbkdf2Sha256, "pbkdf2_sha256$1000$NaCl$" + base64_32_bytes},
    {HashFormat::Bcrypt, "bcrypt$$2b$04$" + bcrypt_rest},
    {HashFormat::PhpBcrypt, "$2b$04$" + bcrypt_rest},
    {HashFormat::PhpBcrypt, "$2y$04$" + bcrypt_rest},
    {HashFormat::PhpBcrypt, "$2a$04$" + bcrypt_rest},
    {HashFormat::BcryptSha256,
     "bcrypt_sha256$$2b$04$CCCCCCCCCCCCCCCCCCCCC.YjRMhI6REQpsb0Qc6FO5urDvbAU6gBG"},
    {HashFormat::UnsaltedMd5, md5_hex},
    {HashFormat::UnsaltedMd5, "md5$$" + md5_hex},
    {HashFormat::UnsaltedMd5, "1C28724DA96ECE4F9C24DAC4D2014B0F"},
    {HashFormat::UnsaltedSha1, sha1_hex},
    {HashFormat::UnsaltedSha1, "sha1$$" + sha1_hex},
    {HashFormat::Crypt, "crypt$$abSGUC2f8b9Y."},
    {HashFormat::Crypt, "crypt$ab$abSGUC2f8b9Y."},
};

}  // namespace test
}  // namespace ventanilla
