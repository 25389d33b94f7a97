// Passwords against hashes of every format, and the hashes that are made here.
#include "accounts/password_hash.h"

#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

#include "unit/hash_vectors.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(password_hash)

BOOST_AUTO_TEST_CASE(each_way_of_writing_a_hash_verifies_and_refuses_another_password) {
    for (const auto& [format, stored] : vectors) {
        BOOST_TEST_CONTEXT(stored) {
            BOOST_TEST(hash_format(stored) == format);
            BOOST_TEST(verify_password(stored, old_password));
            BOOST_TEST(!verify_password(stored, "Clave antigua"));
            BOOST_TEST(!verify_password(stored, ""));
        }
    }
}

BOOST_AUTO_TEST_CASE(published_vectors_verify) {
    BOOST_TEST(
        verify_password("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"));
    BOOST_TEST(verify_password("pbkdf2_sha1$1$salt$DGDID5YfDnHzqbUkr2ASBi/gN6Y=", "password"));
    BOOST_TEST(
        verify_password("argon2$argon2i$v=16$m=65536,t=2,p=1$c29tZXNhbHQ"
                        "$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
                        "password"));
}

BOOST_AUTO_TEST_CASE(bits_that_old_writers_left_in_the_bcrypt_salt_do_not_count) {
    const std::string untidy = "$2y$04$CCCCCCCCCCCCCCCCCCCCC/ZzNr4yVS4uXCznofkgf38mh7D01JAcm";
    BOOST_TEST(verify_password(untidy, old_password));
    BOOST_TEST(!verify_password(untidy, "otra"));
}

BOOST_AUTO_TEST_CASE(a_hash_cut_anywhere_or_with_any_byte_changed_never_matches) {
    for (const std::string& stored : {vectors[4].stored, vectors[5].stored, vectors[6].stored}) {
        for (std::size_t i = 0; i + 3 < stored.size(); ++i) {
            BOOST_TEST(!verify_password(stored.substr(0, i), old_password));
            std::string changed = stored;
            changed[i] = changed[i] == 'x' ? 'y' : 'x';
            BOOST_TEST(!verify_password(changed, old_password), changed);
        }
    }
}

BOOST_AUTO_TEST_CASE(passwords_of_a_thousand_bytes_are_read_whole_where_the_format_does) {
    const std::string password(1024, 'x');
    const std::string other = password.substr(1) + "y";
    for (const std::string stored :
         {"pbkdf2_sha256$1000$NaCl$cgX9sC1DrY+OQGgJuKFNmkwrYOaP/Wy+SNh6QUFyFWI=",
          "md5$NaCl$d241b1363aacc1576038d7ce0ca62a26",
          "sha1$$d5a3c9bd7e746c98b4aea0e9194fb9555b3c22ad"}) {
        BOOST_TEST(verify_password(stored, password));
        BOOST_TEST(!verify_password(stored, other));
    }
    const std::string made = hash_password(password);
    BOOST_TEST(verify_password(made, password));
    BOOST_TEST(!verify_password(made, other));
}

BOOST_AUTO_TEST_CASE(bcrypt_reads_72_bytes_and_crypt_8) {
    const std::string bcrypt = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.ug0A3dTXhy5U.dFjx/qguZ8I4CB77BC";
    BOOST_TEST(verify_password(bcrypt, std::string(72, 'x')));
    BOOST_TEST(verify_password(bcrypt, std::string(1024, 'x')));
    BOOST_TEST(!verify_password(bcrypt, std::string(71, 'x')));
    BOOST_TEST(verify_password("crypt$$abzDJoqKYZJww", std::string(1024, 'x')));
    BOOST_TEST(!verify_password("crypt$$abzDJoqKYZJww", std::string(7, 'x')));
}

BOOST_AUTO_TEST_CASE(utf8_passwords_are_plain_bytes) {
    const std::string password = "Ñandú 🐦 ñ";
    for (const std::string stored :
         {"pbkdf2_sha256$1000$NaCl$1BrE2cBT+ZuneiSuOB6u0g17vN9ZOJNYOEWPOySX9TM=",
          "md5$NaCl$2251c612f4a7f557da7b21784d11ad64",
          "sha1$$f340dea552770627f7349c7fbf25dc452661f67b",
          "$2y$04$CCCCCCCCCCCCCCCCCCCCC.uO1tR5WtpB6ev6x02SFp5nwQlSSi.MG",
          "bcrypt_sha256$$2b$04$CCCCCCCCCCCCCCCCCCCCC.0jte5ZSzBKJkBVRg4iBP5wMoDeRZg..",
          "crypt$$abFgk/HTxbqRg"}) {
        BOOST_TEST(verify_password(stored, password), stored);
        BOOST_TEST(!verify_password(stored, "Nandu 🐦 n"), stored);
    }
}

BOOST_AUTO_TEST_CASE(a_nul_byte_never_shortens_a_password) {
    const std::string password = "ab\0cd"s;
    for (const std::string stored :
         {"pbkdf2_sha256$1000$NaCl$O2RjJJGu3mJPHZ1Ee3NMdNdKV7PubWnLoOpCvYaenAM=",
          "md5$NaCl$ffc6425a67520f54a82913bc08d3074b",
          "sha1$$cf76bf81edbf067731a98c6b7d2eb28824d38027",
          "bcrypt_sha256$$2b$04$CCCCCCCCCCCCCCCCCCCCC.htEIOSuBGyEqv4KL3nXFTmv53k.SIou"}) {
        BOOST_TEST(verify_password(stored, password), stored);
        BOOST_TEST(!verify_password(stored, "ab"), stored);
        BOOST_TEST(!verify_password(stored, "ab\0ce"s), stored);
    }
    for (const std::string stored :
         {"$2b$04$CCCCCCCCCCCCCCCCCCCCC.ThcCpjPKXmu6XgQqJJEGokAiEUquQVe", "crypt$$abAwh7.RciMzE"}) {
        BOOST_TEST(verify_password(stored, "ab"), stored);
        BOOST_TEST(!verify_password(stored, password), stored);
        BOOST_TEST(!verify_password(stored, "ab\0"s), stored);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_password_matches_only_its_own_hash) {
    BOOST_TEST(verify_password("$2y$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC", {}));
    BOOST_TEST(verify_password("md5$$d41d8cd98f00b204e9800998ecf8427e", {}));
    BOOST_TEST(verify_password(hash_password({}), {}));
}

BOOST_AUTO_TEST_CASE(a_new_hash_has_the_figures_of_the_design_and_its_own_salt) {
    const std::string first = hash_password(old_password);
    const std::string second = hash_password(old_password);
    BOOST_TEST(first.starts_with("argon2$argon2id$v=19$m=19456,t=2,p=1$"));
    BOOST_TEST(first.size() == 103);
    BOOST_TEST(first.find('=', 37) == std::string::npos);
    BOOST_TEST(first != second);
    BOOST_TEST(first.substr(37, 22) != second.substr(37, 22));
    BOOST_TEST(hash_format(first) == HashFormat::Argon2);
    BOOST_TEST(verify_password(first, old_password));
    BOOST_TEST(!verify_password(first, old_password + " "));
    BOOST_TEST(!needs_rehash(first));
}

BOOST_AUTO_TEST_CASE(only_argon2id_with_enough_memory_and_passes_is_kept) {
    const std::string prefix = "argon2$argon2id$v=19$";
    BOOST_TEST(!needs_rehash(prefix + "m=19456,t=2,p=1" + argon2_rest));
    BOOST_TEST(!needs_rehash(prefix + "m=102400,t=2,p=8" + argon2_rest));
    BOOST_TEST(needs_rehash(prefix + "m=19455,t=2,p=1" + argon2_rest));
    BOOST_TEST(needs_rehash(prefix + "m=102400,t=1,p=1" + argon2_rest));
    BOOST_TEST(needs_rehash("argon2$argon2i$v=19$m=19456,t=2,p=1" + argon2_rest));
    BOOST_TEST(needs_rehash("argon2$argon2d$v=19$m=19456,t=2,p=1" + argon2_rest));
    BOOST_TEST(needs_rehash("argon2$argon2id$v=16$m=19456,t=2,p=1" + argon2_rest));
    BOOST_TEST(needs_rehash("argon2$argon2id$m=19456,t=2,p=1" + argon2_rest));
    for (const auto& [format, stored] : vectors) {
        BOOST_TEST(needs_rehash(stored), stored);
    }
}

BOOST_AUTO_TEST_CASE(a_password_above_one_mebibyte_is_refused) {
    const std::string longest(1024UL * 1024, 'x');
    BOOST_TEST(verify_password(hash_password(longest), longest));
    BOOST_CHECK_THROW(static_cast<void>(hash_password(longest + "x")), std::runtime_error);
    BOOST_TEST(!verify_password(md5_hex, longest + "x"));
    BOOST_CHECK_NO_THROW(spend_hash_time(longest + "x"));
}

BOOST_AUTO_TEST_SUITE_END()
