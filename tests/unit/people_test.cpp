// Password policy, usernames, names of devices, and where a visitor may be sent.
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "accounts/account_store.h"
#include "accounts/password_policy.h"
#include "app/visit.h"
#include "core/text.h"
#include "sessions/visitor.h"

using namespace ventanilla;
using namespace std::string_literals;

namespace {

using Problem = std::optional<PasswordProblem>;

const std::vector<std::string> somebody = {"mperez",
                                           "maria.perez@correo.com",
                                           "María",
                                           "Pérez",
                                           "Centro Fray Bartolomé de las Casas",
                                           "AdminiRed"};

Problem problem(const std::string& password) {
    return password_problem(password, 8, somebody);
}

// Of the lists of the commonest passwords (SecLists, NCSC, Nordpass for Mexico and Spain), those of
// eight characters and more.
const std::vector<const char*> common = {
    "password",      "password1",   "password12",  "password123", "Password1",   "PASSWORD1",
    "p4ssword",      "passw0rd",    "12345678",    "123456789",   "1234567890",  "11111111",
    "00000000",      "88888888",    "87654321",    "987654321",   "0123456789",  "12341234",
    "11223344",      "12344321",    "123123123",   "121212121",   "98765432",    "147258369",
    "qwertyuiop",    "qwerty123",   "qwerty12",    "qwertyui",    "asdfghjkl",   "asdfasdf",
    "zxcvbnm1",      "1qaz2wsx",    "1q2w3e4r",    "q1w2e3r4",    "qazwsxedc",   "asdf1234",
    "abcd1234",      "abc12345",    "abcdefgh",    "aaaaaaaa",    "iloveyou",    "iloveyou1",
    "iloveyou2",     "princess",    "princess1",   "sunshine",    "sunshine1",   "football",
    "football1",     "baseball",    "superman",    "superman1",   "batman123",   "trustno1",
    "welcome1",      "welcome123",  "letmein1",    "michael1",    "jennifer",    "jordan23",
    "michelle",      "starwars",    "whatever",    "computer",    "internet",    "samsung1",
    "liverpool",     "chocolate",   "pokemon1",    "dragon123",   "monkey123",   "shadow123",
    "master123",     "charlie1",    "butterfly",   "123qweasd",   "admin123",    "administrator",
    "changeme",      "secret123",   "contraseña",  "contrasena",  "contraseña1", "contrasena1",
    "contrasena123", "Contraseña1", "claveclave",  "clave123",    "clave1234",   "hola1234",
    "hola12345",     "holahola",    "mexico123",   "mexico2024",  "acceso123",   "usuario1",
    "usuario123",    "bienvenido",  "bienvenido1", "familia1",    "familia123",  "america1",
    "teamo123",      "tequiero",    "tequiero1",   "alejandro",   "alejandra",   "fernando",
    "guadalupe",     "sebastian",   "francisco",   "margarita",   "estrella",    "mariposa",
    "chocolate1",    "realmadrid",  "barcelona",   "12345qwert",  "q1w2e3r4t5",  "1234qwer",
    "qwer1234",      "a1234567",    "a12345678",   "password!",   "portal123",   "cuenta123",
    "secreto1"};

const std::vector<const char*> context = {"mperez123",
                                          "mperezmperez",
                                          "maria.perez",
                                          "mariaperez",
                                          "perezmaria1",
                                          "correo123",
                                          "adminired",
                                          "AdminiRed1",
                                          "bartolome1",
                                          "María123"};

const std::vector<const char*> good = {"caballo grapa correcta",
                                       "tres palabras sueltas",
                                       "zorro-lámpara-tranvía",
                                       "ñandú águila pingüino",
                                       "correcthorsebatterystaple",
                                       "k7#Vq2!pLz",
                                       "xkvbqmwz",
                                       "nube verde 47 tacos",
                                       "😀🌵🎺🦎🧊🪁🥁🛶",
                                       "  con blancos alrededor  ",
                                       "Ля лошадь скрепка",
                                       "mi perro come 3 zapatos",
                                       "la abuela baila cumbia",
                                       "Grb8wtXe"};

}  // namespace

BOOST_AUTO_TEST_SUITE(password_policy)

BOOST_AUTO_TEST_CASE(common_passwords_are_refused) {
    BOOST_TEST(common.size() >= 100U);
    for (const char* password : common) {
        BOOST_TEST_CONTEXT(password) {
            BOOST_TEST((problem(password) == PasswordProblem::Common));
        }
    }
}

BOOST_AUTO_TEST_CASE(ones_own_names_are_refused) {
    for (const char* password : context) {
        BOOST_TEST_CONTEXT(password) {
            BOOST_TEST((problem(password) == PasswordProblem::Common));
        }
    }
}

BOOST_AUTO_TEST_CASE(good_passwords_are_taken_whatever_their_characters) {
    for (const char* password : good) {
        BOOST_TEST_CONTEXT(password) {
            BOOST_TEST(!problem(password).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_length_is_counted_in_characters) {
    BOOST_TEST((problem("") == PasswordProblem::Missing));
    BOOST_TEST((problem("k7#Vq2!") == PasswordProblem::TooShort));
    BOOST_TEST((problem("ñáéíóúü") == PasswordProblem::TooShort));
    BOOST_TEST((problem("😀🌵🎺🦎") == PasswordProblem::TooShort));
    BOOST_TEST((password_problem("k7#Vq2!pLz", 12, {}) == PasswordProblem::TooShort));
    BOOST_TEST(!password_problem("k7#Vq2!pLzRt", 12, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_kilobyte_is_enough) {
    std::string longest = "zorro tranvia ";
    while (longest.size() < max_password_bytes) {
        longest += static_cast<char>('a' + longest.size() * 7 % 26);
    }
    BOOST_TEST(!problem(longest).has_value());
    BOOST_TEST((problem(longest + "x") == PasswordProblem::TooLong));
    BOOST_TEST((problem(std::string(5'000'000, 'x')) == PasswordProblem::TooLong));
}

BOOST_AUTO_TEST_CASE(a_long_run_of_one_character_is_common) {
    BOOST_TEST((problem(std::string(1000, 'a')) == PasswordProblem::Common));
    BOOST_TEST((problem(std::string(64, '1')) == PasswordProblem::Common));
}

BOOST_AUTO_TEST_CASE(words_of_the_context_may_be_empty_or_odd) {
    for (const std::string& word : {""s, "@@@"s, "ab"s, std::string(3000, 'x'), "\xc3\xb1"s}) {
        BOOST_TEST(!password_problem("caballo grapa correcta", 8, {word}).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unique_usernames)

BOOST_AUTO_TEST_CASE(a_hundred_names_are_tried_in_order) {
    const auto names = unique_username_candidates("maria");
    BOOST_REQUIRE(names.size() == 100U);
    BOOST_TEST(names.front() == "maria");
    for (int suffix = 0; suffix <= 98; ++suffix) {
        BOOST_TEST(names.at(static_cast<std::size_t>(suffix) + 1)
                   == "maria" + std::to_string(suffix));
    }
}

BOOST_AUTO_TEST_CASE(no_name_is_longer_than_150_characters_and_all_differ) {
    for (const std::string& base :
         {std::string(150, 'a'), std::string(149, 'b'), std::string(300, 'c')}) {
        const auto names = unique_username_candidates(base);
        const std::set<std::string> different(names.begin(), names.end());
        BOOST_TEST(different.size() == 100U);
        for (const auto& name : names) {
            BOOST_TEST(character_count(name) <= 150U);
        }
    }
    std::string accents;
    for (int i = 0; i < 150; ++i) {
        accents += "ñ";
    }
    for (const auto& name : unique_username_candidates(accents)) {
        BOOST_TEST(is_valid_text(name));
        BOOST_TEST(character_count(name) == 150U);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_stand_in_a_username_is_left_out) {
    BOOST_TEST(unique_username_candidates("María del Mar!").front() == "MaríadelMar");
    BOOST_TEST(unique_username_candidates("<script>").at(1) == "script0");
    BOOST_TEST(unique_username_candidates("maria@correo.com").at(1) == "maria@correo.com0");
}

BOOST_AUTO_TEST_CASE(nobody_is_nameless) {
    for (const char* base : {"", "   ", "¡!", "😀"}) {
        BOOST_TEST(unique_username_candidates(base).front() == "usuario");
        BOOST_TEST(unique_username_candidates(base).at(1) == "usuario0");
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(device_names)

BOOST_AUTO_TEST_CASE(browsers_and_systems_are_recognised) {
    const std::vector<std::pair<const char*, const char*>> rows = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
         "Firefox · Linux"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
         "Firefox · Windows"},
        {"Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0",
         "Firefox · Android"},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile "
         "Safari/537.36",
         "Chrome · Android"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 "
         "Safari/537.36 Edg/129.0.0.0",
         "Edge · Windows"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 "
         "Safari/537.36 OPR/113.0.0.0",
         "Opera · Windows"},
        {"Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 "
         "Chrome/122.0.0.0 Mobile Safari/537.36",
         "Samsung Internet · Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/17.6 Mobile/15E148 Safari/604.1",
         "Safari · iPhone"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "CriOS/129.0.6668.46 Mobile/15E148 Safari/604.1",
         "Chrome · iPhone"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
         "Safari/605.1.15",
         "Safari · macOS"},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 "
         "Safari/537.36",
         "Chrome · ChromeOS"}};
    for (const auto& [agent, name] : rows) {
        BOOST_TEST(device_name(agent) == name);
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_or_hostile_agent_says_nothing) {
    BOOST_TEST(device_name("").empty());
    BOOST_TEST(device_name("curl/8.5.0").empty());
    BOOST_TEST(device_name("<script>alert(1)</script>").empty());
    BOOST_TEST(device_name("Firefox <script>") == "Firefox");
    BOOST_TEST(device_name(std::string(100'000, 'x') + " Linux") == "Linux");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(local_paths)

BOOST_AUTO_TEST_CASE(paths_of_this_site_are_followed) {
    for (const char* path : {"/",
                             "/login/",
                             "/clientes/portal/pagos/17/",
                             "/admin/clientes/cliente/?q=ana&page=2",
                             "/x?next=%2Fadmin%2F",
                             "/a_b-c.d~e",
                             "/%2F%2Fevil.com"}) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(local_path(path, "/home/") == path);
        }
    }
}

BOOST_AUTO_TEST_CASE(nothing_leads_to_another_site) {
    for (const std::string& path : {""s,
                                    "//evil.com"s,
                                    "///evil.com"s,
                                    "/\\evil.com"s,
                                    "\\\\evil.com"s,
                                    "\\/evil.com"s,
                                    "/\t/evil.com"s,
                                    "/\n/evil.com"s,
                                    "/\r/evil.com"s,
                                    "\t//evil.com"s,
                                    " //evil.com"s,
                                    " /x"s,
                                    "http://evil.com"s,
                                    "https://evil.com/"s,
                                    "HTTPS:evil.com"s,
                                    "http:evil.com"s,
                                    "javascript:alert(1)"s,
                                    "data:text/html,x"s,
                                    "evil.com"s,
                                    "@evil.com"s,
                                    ".evil.com"s,
                                    "/x//evil.com"s,
                                    "/..//evil.com"s,
                                    "/@evil.com"s,
                                    "/x\r\nSet-Cookie: a=b"s,
                                    "/x\0"s,
                                    "/ñ"s,
                                    "/x y"s,
                                    "/<script>"s,
                                    "/x\"onclick="s,
                                    "/x#fragment"s,
                                    "/x;y"s,
                                    "/" + std::string(500, 'a')}) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(local_path(path, "/home/") == "/home/");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
