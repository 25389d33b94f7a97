// Made passwords and the forms in which they are handed over.
#include "jobs/credentials.h"

#include <set>

#include <boost/test/unit_test.hpp>

#include "accounts/password_hash.h"
#include "jobs/job_runner.h"

using namespace ventanilla;
using namespace std::chrono_literals;

namespace {

Settings settings_with(const std::string& key, const std::string& previous = "") {
    return Settings::read([&](const std::string& name) -> std::optional<std::string> {
        if (name == "SECRET_KEY") {
            return key;
        }
        if (name == "BASE_URL") {
            return "http://tudominio.com";
        }
        return name == "SECRET_KEY_PREVIOUS" ? std::optional(previous) : std::nullopt;
    });
}

const std::string key(32, 'k');
const std::string other_key(32, 'o');

JobItem juan() {
    JobItem item;
    item.full_name = "Juan Pérez";
    item.email = "juan@ejemplo.com";
    item.phone = "9931234567";
    item.username = "juan@ejemplo.com";
    item.password = "aB3xK9mP2qR7";
    item.status = ItemStatus::Done;
    return item;
}

std::string reason_text(const std::string& reason) {
    return reason == "has_user" ? "ya tiene un usuario" : reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(made_passwords)

BOOST_AUTO_TEST_CASE(they_have_twelve_characters_without_look_alikes_and_use_all_others) {
    std::set<char> seen;
    std::set<std::string> different;
    for (int i = 0; i < 2000; ++i) {
        const std::string password = made_password();
        BOOST_TEST(password.size() == 12U);
        seen.insert(password.begin(), password.end());
        different.insert(password);
    }
    BOOST_TEST(different.size() == 2000U);
    BOOST_TEST(seen.size() == made_password_alphabet.size());
    for (const char look_alike : std::string("0Oo1lI")) {
        BOOST_TEST(!seen.contains(look_alike));
    }
}

BOOST_AUTO_TEST_CASE(background_hashes_belong_to_their_passwords) {
    const std::vector<std::string> passwords = {"uno", "dos", "tres"};
    const auto hashes = background_hashes(passwords, 2, 60s);
    BOOST_TEST(hashes.size() == 3U);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        BOOST_TEST(verify_password(hashes[i], passwords[i]));
    }
}

BOOST_AUTO_TEST_CASE(without_patience_the_first_is_computed_all_the_same) {
    const auto hashes = background_hashes({"uno", "dos", "tres"}, 1, 0ms);
    BOOST_TEST(verify_password(hashes[0], "uno"));
    BOOST_TEST(hashes[2].empty());
    BOOST_TEST(background_hashes({}, 2, 0ms).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sealed_credentials)

BOOST_AUTO_TEST_CASE(a_password_opens_for_its_job_and_client_alone) {
    const Credentials credentials(settings_with(key));
    const std::string sealed = credentials.seal("aB3xK9mP2qR7", 12, 5);
    BOOST_TEST(sealed.find("aB3xK9mP2qR7") == std::string::npos);
    BOOST_TEST(credentials.open(sealed, 12, 5).value() == "aB3xK9mP2qR7");
    BOOST_TEST(!credentials.open(sealed, 12, 6));
    BOOST_TEST(!credentials.open(sealed, 1, 25));
    BOOST_TEST(!Credentials(settings_with(other_key)).open(sealed, 12, 5));
    BOOST_TEST(Credentials(settings_with(other_key, key)).open(sealed, 12, 5).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_may_be_opened_without_or_after_its_time) {
    FixedClock clock(parse_iso("2026-11-21 12:00:00+00"));
    const Credentials credentials(settings_with(key), clock);
    BOOST_TEST(!credentials.may_open(std::nullopt));
    BOOST_TEST(!credentials.may_open(clock.now()));
    BOOST_TEST(credentials.may_open(clock.now() + 1s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(handing_over)

BOOST_AUTO_TEST_CASE(result_lines_are_those_of_the_specification) {
    BOOST_TEST(result_line(JobAction::CreateUsers, juan(), &reason_text)
               == "✅ Usuario creado para Juan Pérez: juan@ejemplo.com | Contraseña: aB3xK9mP2qR7");
    JobItem gone = juan();
    gone.password.clear();
    BOOST_TEST(result_line(JobAction::CreateUsers, gone, &reason_text)
               == "✅ Usuario creado para Juan Pérez: juan@ejemplo.com");
    JobItem left_out = juan();
    left_out.status = ItemStatus::LeftOut;
    left_out.reason = "has_user";
    BOOST_TEST(result_line(JobAction::CreateUsers, left_out, &reason_text)
               == "❌ Juan Pérez: ya tiene un usuario");
    BOOST_TEST(result_line(JobAction::DisableAccess, juan(), &reason_text)
               == "✅ Acceso desactivado para Juan Pérez: juan@ejemplo.com");
}

BOOST_AUTO_TEST_CASE(the_file_is_the_one_of_the_seed) {
    JobItem maria = juan();
    maria.full_name = "María García";
    maria.email = maria.username = "maria@ejemplo.com";
    maria.phone = "9937654321";
    maria.password = "mN8pQ4rT6vW2";
    const std::string file =
        credentials_file_head() + credentials_file_entry(juan()) + credentials_file_entry(maria);
    BOOST_TEST(file == R"(======================================================================
CREDENCIALES DE ACCESO AL PORTAL
======================================================================

Cliente: Juan Pérez
Email: juan@ejemplo.com
Teléfono: 9931234567
Username: juan@ejemplo.com
Contraseña: aB3xK9mP2qR7
----------------------------------------------------------------------

Cliente: María García
Email: maria@ejemplo.com
Teléfono: 9937654321
Username: maria@ejemplo.com
Contraseña: mN8pQ4rT6vW2
----------------------------------------------------------------------
)");
}

BOOST_AUTO_TEST_CASE(a_whatsapp_link_carries_the_seed_s_text_and_the_international_number) {
    BOOST_TEST(whatsapp_link(settings_with(key), juan())
               == "https://wa.me/529931234567?text=Hola%20Juan%20P%C3%A9rez%2C%20%0A%0A"
                  "Tu%20acceso%20al%20portal%20est%C3%A1%20listo%3A%0A"
                  "Usuario%3A%20juan%40ejemplo.com%0AContrase%C3%B1a%3A%20aB3xK9mP2qR7%0A%0A"
                  "Accede%20en%3A%20http%3A%2F%2Ftudominio.com%2Fclientes%2Fportal%2Flogin%2F%0A%0A"
                  "Puedes%20pagar%20tus%20servicios%20en%20l%C3%ADnea%20desde%20ah%C3%AD.");
    JobItem nobody = juan();
    nobody.phone.clear();
    BOOST_TEST(whatsapp_link(settings_with(key), nobody).empty());
}

BOOST_AUTO_TEST_CASE(a_password_can_be_read_aloud) {
    BOOST_TEST(spelled_out("aB39") == "a minúscula, B mayúscula, tres, nueve");
    BOOST_TEST(spelled_out("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
