// The portal: the password, the sessions, and who is signed in.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "pages/journey.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

namespace {

struct Inside : Journey {
    Inside() {
        add_account("ana", "ana@correo.com", good);
        enter(browser);
    }
    static void enter(Browser& who) {
        (void)who.post("/login/", {{"username", "ana"}, {"password", good}});
    }
    std::string session_of(Browser& who) {
        return std::to_string(services.sessions.find(who.cookies.at("session"))->id);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(portal_pages)

BOOST_AUTO_TEST_CASE(a_password_is_changed_and_the_other_sessions_end) {
    Inside site;
    Browser other(site.services);
    Inside::enter(other);
    const auto change =
        [&](const std::string& old, const std::string& first, const std::string& second) {
            return site.browser.post(
                "/clientes/portal/cambiar-contrasena/",
                {{"old_password", old}, {"password1", first}, {"password2", second}});
        };
    shows(site.browser.get("/clientes/portal/cambiar-contrasena/"), 200, "Cambia tu contraseña");
    shows(site.browser.get("/clientes/portal/cambiar-contrasena/?primera=1"), 200, "Ahora no");
    shows(change("", better, better), 422, "Escribe tu contraseña actual.");
    shows(change("no es esta", better, better), 422, "Esa no es tu contraseña actual");
    shows(change(good, good, good), 422, "igual a la actual");
    shows(change(good, "ana12345", "ana12345"), 422, "de las más usadas");
    leads(change(good, better, better), paths::portal);
    shows(site.browser.get(paths::portal), 200, "Sesiones cerradas en otros dispositivos: 1.");
    BOOST_TEST(other.get(paths::portal).status == 303);
    BOOST_TEST(site.newest_mail("ana@correo.com")["message"] == "password_changed");
    leads(site.browser.post("/clientes/portal/cambiar-contrasena/?primera=1", {{"omitir", "1"}}),
          paths::portal);
}

BOOST_AUTO_TEST_CASE(guessing_the_old_password_is_throttled) {
    Inside site;
    const FormFields fields = {
        {"old_password", "no es esta"}, {"password1", better}, {"password2", better}};
    for (int failure = 0; failure < 5; ++failure) {
        BOOST_TEST(site.browser.post("/clientes/portal/cambiar-contrasena/", fields).status == 422);
    }
    const Response response = site.browser.post("/clientes/portal/cambiar-contrasena/", fields);
    shows(response, 429, "demasiados intentos");
    BOOST_TEST(header(response, "Retry-After") == "1");
}

BOOST_AUTO_TEST_CASE(sessions_are_listed_and_ended) {
    Inside site;
    Browser second(site.services);
    Browser third(site.services);
    Inside::enter(second);
    Inside::enter(third);
    shows(site.browser.get(paths::sessions), 200, "Esta sesión");
    leads(site.browser.post(paths::sessions, {{"session", site.session_of(second)}}),
          paths::sessions);
    shows(site.browser.get(paths::sessions), 200, "La sesión se cerró.");
    BOOST_TEST(second.get(paths::portal).status == 303);
    leads(site.browser.post(paths::sessions, {{"all", "1"}}), paths::sessions);
    shows(site.browser.get(paths::sessions), 200, "Sesiones cerradas en otros dispositivos: 1.");
    BOOST_TEST(third.get(paths::portal).status == 303);
    leads(site.browser.post(paths::sessions, {{"session", site.session_of(site.browser)}}),
          paths::login);
    BOOST_TEST(!site.browser.cookies.contains("session"));
}

BOOST_AUTO_TEST_CASE(a_session_of_somebody_else_is_404) {
    Inside site;
    site.add_account("otra", "otra@correo.com", good);
    Browser other(site.services);
    (void)other.post("/login/", {{"username", "otra"}, {"password", good}});
    for (const std::string& id :
         {site.session_of(other), "0"s, "-1"s, ""s, "x"s, "1 "s, "99999999999999999999"s}) {
        BOOST_TEST(site.browser.post(paths::sessions, {{"session", id}}).status == 404, id);
    }
    BOOST_TEST(other.get(paths::portal).status == 200);
}

BOOST_AUTO_TEST_CASE(every_page_of_the_portal_names_who_is_signed_in) {
    Inside site;
    for (const char* path : {"/clientes/portal/",
                             "/clientes/portal/cambiar-contrasena/",
                             "/clientes/portal/sesiones/"}) {
        shows(site.browser.get(path), 200, "action=\"/logout/\"");
        shows(site.browser.get(path), 200, "<span>ana</span>");
    }
}

BOOST_AUTO_TEST_CASE(names_from_the_archive_are_text_and_nothing_else) {
    Journey site;
    site.execute(
        "UPDATE archived_user SET first_name = '<img src=x onerror=alert(1)>', last_name = '{{csrf_token}}\"'");
    (void)site.browser.post("/login/", {{"username", "maria"}, {"password", "vieja clave 77"}});
    const Response page = site.browser.get(paths::portal);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.body.find("<img") == std::string::npos);
    BOOST_TEST(page.body.find("{{csrf_token}}&quot;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_bookmarked_with_an_old_form_goes_back_by_get) {
    Inside site;
    BOOST_TEST(site.browser.get("/logout/").status == 405);
    BOOST_TEST(site.browser.post("/clientes/portal/", {}).status == 405);
}

BOOST_AUTO_TEST_SUITE_END()
