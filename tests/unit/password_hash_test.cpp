// Stored hashes of real hashers: the data folder holds rows that Django 3.2 and PHP made; the short
// vectors below were made with Python's hashlib and crypt and with libargon2's own encoder.
#include "accounts/password_hash.h"

#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace std::string_literals;
using ventanilla::can_verify;
using ventanilla::hash_format;
using ventanilla::hash_format_name;
using ventanilla::hash_password;
using ventanilla::HashFormat;
using ventanilla::needs_rehash;
using ventanilla::spend_hash_time;
using ventanilla::verify_password;

namespace ventanilla {
std::ostream& operator<<(std::ostream& out, HashFormat format) {
    return out << hash_format_name(format);
}
}  // namespace ventanilla

namespace {

using Row = std::map<std::string, std::string>;
using Hashes = std::map<std::string, std::string>;

std::string whole_file(const std::string& name) {
    std::ifstream file(std::string(VENTANILLA_TEST_DATA) + "/" + name, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read " + name);
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

// RFC 4180: quoted fields may hold commas, line ends and doubled quotes; blanks belong to a field.
std::vector<std::vector<std::string>> csv_lines(const std::string& text) {
    std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string& field = lines.back().back();
        if (text[i] == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
            field += text[++i];
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == ',' && !quoted) {
            lines.back().emplace_back();
        } else if (text[i] == '\n' && !quoted) {
            lines.emplace_back(1);
        } else if (text[i] != '\r' || quoted) {
            field += text[i];
        }
    }
    lines.pop_back();
    return lines;
}

std::vector<Row> csv_rows(const std::string& name) {
    const auto lines = csv_lines(whole_file(name));
    std::vector<Row> rows;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        Row row;
        for (std::size_t column = 0; column < lines[0].size(); ++column) {
            row[lines[0][column]] = lines[i].at(column);
        }
        rows.push_back(row);
    }
    return rows;
}

Hashes archived_hashes() {
    Hashes hashes;
    for (const Row& row : csv_rows("usuarios_archivados.csv")) {
        hashes[row.at("id")] = row.at("password");
    }
    return hashes;
}

Hashes dumpdata_hashes() {
    Hashes hashes;
    for (const auto& row : nlohmann::json::parse(whole_file("auth_user.dumpdata.json"))) {
        hashes[std::to_string(row.at("pk").get<int>())] = row.at("fields").at("password");
    }
    return hashes;
}

Hashes member_hashes() {
    Hashes hashes;
    std::istringstream lines(whole_file("socios_2009.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        const auto row = nlohmann::json::parse(line);
        hashes[std::to_string(row.at("socio").get<int>())] = row.at("clave");
    }
    return hashes;
}

struct Counts {
    std::size_t verified = 0;
    std::size_t unusable = 0;
};

// A row of the list without a password stands for an account that Django made unusable.
void check_unusable_row(const std::string& stored, const Row& row, Counts& counts) {
    BOOST_TEST(row.at("contrasena").empty());
    BOOST_TEST(!verify_password(stored, row.at("contrasena")));
    ++counts.unusable;
}

// Every known password of the source opens its hash; the first of each format is also tried wrong.
Counts check_known_passwords(const std::string& source, const Hashes& hashes) {
    std::set<std::string> tried_wrong;
    Counts counts;
    for (const Row& row : csv_rows("claves_conocidas.csv")) {
        if (row.at("fuente") != source) {
            continue;
        }
        const std::string& stored = hashes.at(row.at("id"));
        const std::string& password = row.at("contrasena");
        if (hash_format(stored) == HashFormat::Unusable) {
            check_unusable_row(stored, row, counts);
            continue;
        }
        BOOST_TEST(hash_format_name(hash_format(stored)) == row.at("algoritmo"), stored);
        BOOST_TEST(verify_password(stored, password), stored);
        ++counts.verified;
        if (tried_wrong.insert(row.at("algoritmo")).second) {
            BOOST_TEST(!verify_password(stored, "#" + password), stored);
        }
    }
    return counts;
}

const std::string base64_32_bytes = "gtlYFmFo5y9hQbDkrdYsuKo3hbm2yYSoyOxa+tcK0IM=";
const std::string base64_64_bytes =
    "Nlc7+Crv3o7FpvWC/WFSB3j+hnvEYB9SE45Rq6n0GAK5NYgjm5o7CdRYjiDCeZt1gkX3xmKkC2panUahgOuxEg==";
const std::string bcrypt_rest = "CCCCCCCCCCCCCCCCCCCCC.ZzNr4yVS4uXCznofkgf38mh7D01JAcm";
const std::string argon2_rest = "$c2FsdHNhbHQ$RlPax3sBK7T9mCkdXXF6RQ";
const std::string md5_hex = "1c28724da96ece4f9c24dac4d2014b0f";
const std::string sha1_hex = "b83b30140cfe1940a4e2d0bd282dffdbe141c4bd";
const std::string old_password = "clave antigua";

struct Vector {
    HashFormat format;
    std::string stored;
};

// All made from old_password.
const std::vector<Vector> vectors = {
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

BOOST_AUTO_TEST_SUITE(password_hash)

BOOST_AUTO_TEST_CASE(every_known_password_of_the_archived_users_verifies) {
    const Counts counts = check_known_passwords("usuarios_archivados", archived_hashes());
    BOOST_TEST(counts.verified == 118U);
    BOOST_TEST(counts.unusable == 2U);
}

BOOST_AUTO_TEST_CASE(every_known_password_of_the_django_dump_verifies) {
    const Counts counts = check_known_passwords("auth_user", dumpdata_hashes());
    BOOST_TEST(counts.verified == 60U);
    BOOST_TEST(counts.unusable == 0U);
}

BOOST_AUTO_TEST_CASE(every_known_password_of_the_members_of_2009_verifies) {
    const Counts counts = check_known_passwords("socios_2009", member_hashes());
    BOOST_TEST(counts.verified == 20U);
    BOOST_TEST(counts.unusable == 0U);
}

BOOST_AUTO_TEST_CASE(every_row_of_the_sources_has_a_known_format) {
    for (const Hashes& source : {archived_hashes(), dumpdata_hashes(), member_hashes()}) {
        for (const auto& [id, stored] : source) {
            const HashFormat format = hash_format(stored);
            BOOST_TEST((can_verify(format) || format == HashFormat::Unusable), stored);
        }
    }
}

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
