// Contact data: changed at once, or left for staff; a new email counts once its code was typed.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "pages/portal_client.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

const std::string profile = "/clientes/portal/perfil/";
const std::string email_code = "/clientes/portal/perfil/correo/";

struct Ana : Site {
    PortalClient ana{*this, "ana"};

    Response change(const std::string& full_name,
                    const std::string& email,
                    const std::string& phone = "",
                    const std::string& address = "") {
        return ana.browser.post(
            profile,
            {{"full_name", full_name}, {"email", email}, {"phone", phone}, {"address", address}});
    }
    std::string client(const std::string& column) {
        return text("SELECT coalesce(" + column
                    + ", '') FROM client WHERE id = " + std::to_string(ana.id));
    }
    std::string account_email() {
        return text("SELECT email FROM account WHERE id = " + std::to_string(ana.account));
    }
    std::string code() { return newest_mail("nueva@correo.com")["code"].get<std::string>(); }
    std::string wrong_code() {
        std::string other = code();
        other.back() = other.back() == '9' ? '0' : static_cast<char>(other.back() + 1);
        return other;
    }
    Response type(const std::string& typed) {
        return ana.browser.post(email_code, {{"code", typed}, {"email", "nueva@correo.com"}});
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(portal_profile)

BOOST_FIXTURE_TEST_CASE(contact_data_are_changed_at_once, Ana) {
    shows(ana.browser.get(profile), 200, "value=\"Cliente ana\"");
    leads(change("Ana Ríos", "ana@correo.com", "993 123 4567", "Calle 5"), profile);
    shows(ana.browser.get(profile), 200, "Tus datos quedaron guardados.");
    BOOST_TEST(client("full_name") == "Ana Ríos");
    BOOST_TEST(client("phone") == "9931234567");
    BOOST_TEST(client("address") == "Calle 5");
    leads(change("Ana Ríos", "ana@correo.com", "9931234567", "Calle 5"), profile);
    shows(ana.browser.get(profile), 200, "No había nada que cambiar");
}

BOOST_FIXTURE_TEST_CASE(all_that_is_wrong_is_said_at_once_and_nothing_is_saved, Ana) {
    const Response page = change("", "no es correo", "12", "Calle <5>");
    shows(page, 422, "Escribe el nombre del cliente.");
    shows(page, 422, "Escribe el correo completo");
    shows(page, 422, "El teléfono no parece un número completo");
    shows(page, 422, "value=\"no es correo\"");
    shows(page, 422, "Calle &lt;5&gt;");
    BOOST_TEST(client("full_name") == "Cliente ana");
    BOOST_TEST(client("address").empty());
    shows(change("Ana", ""), 422, "Escribe tu correo electrónico.");
}

BOOST_FIXTURE_TEST_CASE(a_new_email_counts_after_its_code, Ana) {
    leads(change("Cliente ana", "nueva@correo.com"), email_code);
    BOOST_TEST(account_email() == "ana@correo.com");
    shows(ana.browser.get(profile), 200, "Falta confirmar nueva@correo.com.");
    shows(ana.browser.get(email_code), 200, "nueva@correo.com");
    shows(type(""), 422, "Escribe el código");
    shows(type("12"), 422, "faltan números");
    shows(type("abcd"), 422, "solo lleva números");
    shows(type(wrong_code()), 422, "te quedan 4 intentos");
    BOOST_TEST(account_email() == "ana@correo.com");
    leads(type(" " + code().insert(2, "-") + " "), profile);
    shows(ana.browser.get(profile), 200, "Tu correo ahora es nueva@correo.com.");
    BOOST_TEST(account_email() == "nueva@correo.com");
    BOOST_TEST(client("email") == "nueva@correo.com");
    BOOST_TEST(text("SELECT username FROM account WHERE id = " + std::to_string(ana.account))
               == "ana");
    BOOST_TEST(newest_mail("ana@correo.com")["message"] == "email_changed");
    leads(ana.browser.get(email_code), profile);
}

BOOST_FIXTURE_TEST_CASE(an_expired_an_exhausted_and_a_missing_code_each_say_so, Ana) {
    shows(type("1234"), 422, "No hay un código en espera");
    leads(change("Cliente ana", "nueva@correo.com"), email_code);
    const std::string right = code();
    clock.advance(std::chrono::minutes(settings.code_minutes + 1));
    shows(type(right), 422, "El código ya venció");
    shows(type(right), 422, "Enviar un código nuevo");
    leads(ana.browser.post(email_code, {{"email", "nueva@correo.com"}, {"reenviar", "1"}}),
          email_code);
    shows(ana.browser.get(email_code), 200, "Enviamos un código nuevo.");
    const std::string wrong = wrong_code();
    for (int left = 4; left > 0; --left) {
        shows(type(wrong),
              422,
              left == 1 ? "te queda 1 intento" : "te quedan " + std::to_string(left));
    }
    shows(type(wrong), 422, "Demasiados intentos con ese código");
    shows(type(code()), 422, "ya no sirve");
    BOOST_TEST(account_email() == "ana@correo.com");
}

BOOST_FIXTURE_TEST_CASE(codes_are_not_mailed_as_often_as_somebody_likes, Ana) {
    leads(change("Cliente ana", "nueva@correo.com"), email_code);
    const Response page = change("Cliente ana", "nueva@correo.com");
    BOOST_TEST(page.status == 429);
    BOOST_TEST(!header(page, "Retry-After").empty());
}

BOOST_FIXTURE_TEST_CASE(with_approval_changes_wait_and_are_shown, Ana) {
    settings.profile_approval = true;
    shows(ana.browser.get(profile), 200, "El personal revisa los cambios antes de que cuenten.");
    leads(change("Ana Ríos", "ana@correo.com", "9931234567"), profile);
    const Response page = ana.browser.get(profile);
    shows(page, 200, "El personal revisará tus cambios");
    shows(page, 200, "Nombre: Ana Ríos");
    shows(page, 200, "Teléfono: 993 123 4567");
    BOOST_TEST(client("full_name") == "Cliente ana");
    leads(change("Cliente ana", "nueva@correo.com"), email_code);
    leads(type(code()), profile);
    shows(ana.browser.get(profile), 200, "El personal lo revisará");
    shows(ana.browser.get(profile), 200, "Correo: nueva@correo.com");
    BOOST_TEST(account_email() == "ana@correo.com");
}

BOOST_AUTO_TEST_CASE(an_account_without_a_client_changes_its_email_alone) {
    Site site;
    Browser browser = site.signed_in("suelta");
    const Response page = browser.get(profile);
    shows(page, 200, "value=\"suelta@correo.com\"");
    BOOST_TEST(page.body.find("name=\"full_name\"") == std::string::npos);
    leads(browser.post(profile, {{"email", "suelta@correo.com"}}), profile);
    leads(browser.post(profile, {{"email", "nueva@correo.com"}}), email_code);
    const auto code = site.newest_mail("nueva@correo.com")["code"].get<std::string>();
    leads(browser.post(email_code, {{"code", code}}), profile);
    BOOST_TEST(site.text("SELECT email FROM account WHERE username = 'suelta'")
               == "nueva@correo.com");
}

BOOST_AUTO_TEST_SUITE_END()
