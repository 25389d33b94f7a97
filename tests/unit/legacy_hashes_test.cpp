// What an archive may hold instead of a hash: nothing usable, nonsense, or work for minutes.
#include <ctime>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "unit/hash_vectors.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

namespace {

const std::vector<std::string> malformed = {
    // PBKDF2
    "pbkdf2_sha256",
    "pbkdf2_sha256$",
    "pbkdf2_sha256$$$",
    "pbkdf2_sha256$1000$NaCl",
    "pbkdf2_sha256$0$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$-1$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$+1$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$ 1$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$1e3$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$1000$$" + base64_32_bytes,
    "pbkdf2_sha256$1000$NaCl$" + base64_64_bytes,
    "pbkdf2_sha256$1000$NaCl$====",
    "pbkdf2_sha256$1000$NaCl$*" + base64_32_bytes.substr(1),
    "pbkdf2_sha256$1000$NaCl$" + base64_32_bytes + "$",
    "PBKDF2_SHA256$1000$NaCl$" + base64_32_bytes,
    "pbkdf2_sha512$1000$NaCl$" + base64_64_bytes,
    "pbkdf2_sha1$1000$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$1000$"s + std::string(1000, 's') + "$" + base64_32_bytes,
    // scrypt; N no power of two, N = 1, out of the range of r, the order of other systems
    "scrypt$",
    "scrypt$$$$$",
    "scrypt$16$NaCl$4$" + base64_64_bytes,
    "scrypt$15$NaCl$4$2$" + base64_64_bytes,
    "scrypt$1$NaCl$4$2$" + base64_64_bytes,
    "scrypt$65536$NaCl$1$1$" + base64_64_bytes,
    "scrypt$16$NaCl$0$2$" + base64_64_bytes,
    "scrypt$16$NaCl$4$0$" + base64_64_bytes,
    "scrypt$16$NaCl$4$2$" + base64_32_bytes,
    "scrypt$NaCl$16$4$2$" + base64_64_bytes,
    // Argon2; too little memory for its lanes, short salt, short tag, keys, order, spare comma
    "argon2$",
    "argon2$argon2id",
    "argon2$$$$$",
    "argon2$argon2x$v=19$m=64,t=2,p=2" + argon2_rest,
    "argon2$argon2id$v=18$m=64,t=2,p=2" + argon2_rest,
    "argon2$argon2id$v=$m=64,t=2,p=2" + argon2_rest,
    "argon2$argon2id$v=19$m=0,t=2,p=2" + argon2_rest,
    "argon2$argon2id$v=19$m=15,t=2,p=2" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=0,p=2" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=2,p=0" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=2" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=2,p=2," + argon2_rest,
    "argon2$argon2id$v=19$t=2,m=64,p=2" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=2,p=2,keyid=AAAA" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=2,p=2$c2Fs$RlPax3sBK7T9mCkdXXF6RQ",
    "argon2$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHQ$RlPa",
    "argon2$argon2id$v=19$m=64,t=2,p=2$$",
    "argon2$argon2id$v=19$m=64,t=2,p=2" + argon2_rest + "$",
    "$argon2id$v=19$m=64,t=2,p=2" + argon2_rest,
    // bcrypt
    "$",
    "$2y$",
    "$2y$10$",
    "bcrypt$",
    "bcrypt$$2b$",
    "bcrypt_sha256$",
    "bcrypt_sha256$$2b$12$",
    "$2y$03$" + bcrypt_rest,
    "$2y$32$" + bcrypt_rest,
    "$2y$1x$" + bcrypt_rest,
    "$2x$04$" + bcrypt_rest,
    "$2y$04$" + bcrypt_rest + "C",
    "$2y$04$!" + bcrypt_rest.substr(1),
    "$2y$04$\0"s + bcrypt_rest.substr(1),
    "bcrypt$2b$04$" + bcrypt_rest,
    "$6$salt$abcdef",
    // digests and crypt
    "md5$",
    "md5$$",
    "md5$salt$",
    "md5$salt$" + sha1_hex,
    "sha1$salt$" + md5_hex,
    "md5$a$b$" + md5_hex,
    "z" + md5_hex.substr(1),
    md5_hex + "0",
    "sha256$salt$" + base64_32_bytes,
    "crypt$",
    "crypt$$",
    "crypt$$abSGUC2f8b9Y",
    "crypt$$abSGUC2f8b9Y.x",
    "crypt$$*0SGUC2f8b9Y.",
    "crypt$$\0bSGUC2f8b9Y."s,
    "crypt$$$1$salt$abcde",
    // no family at all
    " ",
    "hola",
    "$$$$$$$$",
    std::string(100'000, '$'),
    std::string(100'000, 'a'),
    "\0"s,
    "\xff\xfe\x80",
    "%s%n%s",
    " !unusable",
};

const std::vector<std::string> too_costly = {
    "pbkdf2_sha256$10000001$NaCl$" + base64_32_bytes,
    "pbkdf2_sha256$99999999999999999999999999$NaCl$" + base64_32_bytes,
    "pbkdf2_sha1$10000001$NaCl$DGDID5YfDnHzqbUkr2ASBi/gN6Y=",
    "bcrypt$$2b$16$" + bcrypt_rest,
    "bcrypt_sha256$$2b$31$" + bcrypt_rest,
    "$2y$16$" + bcrypt_rest,
    "argon2$argon2id$v=19$m=1048577,t=1,p=1" + argon2_rest,
    "argon2$argon2id$v=19$m=18446744073709551616,t=1,p=1" + argon2_rest,
    "argon2$argon2id$v=19$m=64,t=65,p=1" + argon2_rest,
    "argon2$argon2id$v=19$m=1048576,t=5,p=1" + argon2_rest,
    "argon2$argon2id$v=19$m=4096,t=1,p=256" + argon2_rest,
    "scrypt$262144$NaCl$8$1$" + base64_64_bytes,
    "scrypt$16384$NaCl$65$1$" + base64_64_bytes,
    "scrypt$16384$NaCl$8$65$" + base64_64_bytes,
    "scrypt$131072$NaCl$8$5$" + base64_64_bytes,
    "scrypt$99999999999999999999$NaCl$99999999999999999999$1$" + base64_64_bytes,
};

const std::vector<Vector> at_the_limit = {
    {HashFormat::Pbkdf2Sha256, "pbkdf2_sha256$10000000$NaCl$" + base64_32_bytes},
    {HashFormat::Bcrypt, "bcrypt$$2b$15$" + bcrypt_rest},
    {HashFormat::Argon2, "argon2$argon2id$v=19$m=1048576,t=4,p=255" + argon2_rest},
    {HashFormat::Scrypt, "scrypt$131072$NaCl$8$4$" + base64_64_bytes},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(legacy_hashes)

BOOST_AUTO_TEST_CASE(an_unusable_or_empty_hash_never_matches) {
    for (const std::string stored : {"", "!", "!KCPYCPKHQZJJADHMQDCSUZJNXXTRGQPUKDUZBJXU"}) {
        BOOST_TEST(hash_format(stored) == HashFormat::Unusable);
        BOOST_TEST(!can_verify(hash_format(stored)));
        BOOST_TEST(!verify_password(stored, ""));
        BOOST_TEST(!verify_password(stored, "!"));
        BOOST_TEST(!verify_password(stored, stored));
        BOOST_TEST(needs_rehash(stored));
    }
}

BOOST_AUTO_TEST_CASE(a_hash_above_the_cost_limits_is_told_apart_and_never_computed) {
    const std::clock_t start = std::clock();
    for (const std::string& stored : too_costly) {
        BOOST_TEST_CONTEXT(stored) {
            BOOST_TEST(hash_format(stored) == HashFormat::TooCostly);
            BOOST_TEST(!verify_password(stored, old_password));
            BOOST_TEST(needs_rehash(stored));
        }
    }
    // Of processor time, so a busy machine changes nothing: computing them all takes minutes.
    BOOST_TEST(std::clock() - start < CLOCKS_PER_SEC);
}

BOOST_AUTO_TEST_CASE(a_hash_at_the_cost_limits_is_still_accepted) {
    for (const auto& [format, stored] : at_the_limit) {
        BOOST_TEST(hash_format(stored) == format, stored);
    }
}

BOOST_AUTO_TEST_CASE(malformed_hashes_are_unknown_and_match_nothing) {
    for (const std::string& stored : malformed) {
        BOOST_TEST_CONTEXT(stored.substr(0, 120)) {
            BOOST_TEST(hash_format(stored) == HashFormat::Unknown);
            BOOST_TEST(!can_verify(hash_format(stored)));
            BOOST_TEST(!verify_password(stored, old_password));
            BOOST_TEST(!verify_password(stored, ""));
            BOOST_TEST(needs_rehash(stored));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
