// Logging in and out.
#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "pages/journey.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(login_pages)

BOOST_AUTO_TEST_CASE(a_client_goes_to_the_portal_and_staff_to_the_administration) {
    Journey site;
    site.add_account("ana", "ana@correo.com", good);
    site.add_account("jefa", "jefa@correo.com", good);
    site.execute("UPDATE account SET is_staff = true WHERE username = 'jefa'");
    leads(site.browser.post("/login/", {{"username", " ana "}, {"password", good}}), paths::portal);
    shows(site.browser.get(paths::portal), 200, "Hola, ana");
    leads(site.browser.get("/login/"), paths::portal);
    Browser staff(site.services);
    leads(staff.post("/clientes/portal/login/",
                     {{"username", "jefa@correo.com"}, {"password", good}}),
          paths::staff);
    shows(staff.get("/admin/"), 200, "Administración");
    leads(staff.get("/login/"), paths::staff);
}

BOOST_AUTO_TEST_CASE(after_the_login_one_is_led_where_one_wanted_to_go_if_that_is_here) {
    Journey site;
    site.add_account("ana", "ana@correo.com", good);
    leads(site.browser.post(
              "/login/",
              {{"username", "ana"}, {"password", good}, {"next", "/clientes/portal/sesiones/"}}),
          "/clientes/portal/sesiones/");
    for (const char* next :
         {"//evil.com", "https://evil.com", "/\\evil.com", "javascript:alert(1)"}) {
        Browser other(site.services);
        leads(other.post("/login/", {{"username", "ana"}, {"password", good}, {"next", next}}),
              paths::portal);
        BOOST_TEST(other.get("/login/?next="s + "%2F%2Fevil.com").status == 303);
    }
    Browser stranger(site.services);
    BOOST_TEST(stranger.get("/login/?next=//evil.com").body.find("evil.com") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_name_and_a_wrong_password_show_the_same_page) {
    Journey site;
    site.add_account("ana", "ana@correo.com", good);
    const auto page = [&](const std::string& name, const std::string& password) {
        Browser other(site.services);
        const Response response =
            other.post("/login/", {{"username", name}, {"password", password}});
        BOOST_TEST((response.hold == std::chrono::milliseconds(site.settings.login_failure_ms)));
        shows(response, 422, "El usuario o la contraseña no coinciden");
        BOOST_TEST(response.body.find(password) == std::string::npos);
        std::string body = without_tokens(response.body);
        const auto typed = body.find("value=\"" + name + '"');
        BOOST_TEST(typed != std::string::npos);  // what was typed is kept
        return body.erase(typed, name.size() + 8);
    };
    BOOST_TEST((page("ana", "no es esta clave") == page("nadie", "no es esta clave")));
}

BOOST_AUTO_TEST_CASE(empty_fields_are_all_named_at_once_and_nothing_is_counted) {
    Journey site;
    const Response response = site.browser.post("/login/", {});
    shows(response, 422, "Escribe tu usuario o tu correo.");
    shows(response, 422, "Escribe la contraseña.");
    shows(response, 422, "<title>Error: ");
    shows(site.browser.post("/login/", {{"username", "a"}, {"password", std::string(1025, 'x')}}),
          422,
          "demasiado larga");
    shows(site.browser.post("/login/", {{"username", std::string(255, 'x')}, {"password", "x"}}),
          422,
          "El usuario puede tener");
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure") == 0);
}

BOOST_AUTO_TEST_CASE(a_switched_off_account_is_told_so) {
    Journey site;
    site.add_account("ana", "ana@correo.com", good);
    site.execute("UPDATE account SET is_active = false");
    shows(site.browser.post("/login/", {{"username", "ana"}, {"password", good}}),
          422,
          "Esta cuenta está desactivada");
}

BOOST_AUTO_TEST_CASE(an_archived_account_comes_back_with_the_old_password_and_a_word) {
    Journey site;
    leads(site.browser.post("/login/", {{"username", "maria"}, {"password", "vieja clave 77"}}),
          paths::portal);
    shows(site.browser.get(paths::portal), 200, "Tu cuenta está lista. Tu usuario es «maria».");
    shows(site.browser.get(paths::portal), 200, "Cuenta recuperada; tu usuario era «maria»");
}

BOOST_AUTO_TEST_CASE(a_changed_name_is_told) {
    Journey site;
    site.add_account("MARIA", "otra@correo.com", good);
    leads(site.browser.post("/login/",
                            {{"username", "maria@correo.com"}, {"password", "vieja clave 77"}}),
          paths::portal);
    shows(site.browser.get(paths::portal),
          200,
          "El usuario «maria» ya lo tiene otra persona; el tuyo ahora es «maria0».");
}

BOOST_AUTO_TEST_CASE(without_a_free_name_the_page_says_which) {
    Journey site;
    site.take_all_names();
    shows(site.browser.post("/login/",
                            {{"username", "maria@correo.com"}, {"password", "vieja clave 77"}}),
          422,
          test_renderer().text("username_none_free"));
}

BOOST_AUTO_TEST_CASE(too_many_failures_are_429_with_the_time) {
    Journey site;
    for (int failure = 0; failure < 5; ++failure) {
        BOOST_TEST(site.browser.post("/login/", {{"username", "maria"}, {"password", "x"}}).status
                   == 422);
    }
    const Response response =
        site.browser.post("/login/", {{"username", "maria"}, {"password", "vieja clave 77"}});
    shows(response, 429, "demasiados intentos");
    BOOST_TEST(header(response, "Retry-After") == "1");
}

BOOST_AUTO_TEST_CASE(the_session_id_is_new_after_a_login_and_gone_after_the_logout) {
    Journey site;
    site.add_account("ana", "ana@correo.com", good);
    site.browser.cookies["session"] = std::string(43, 'A');
    (void)site.browser.post("/login/", {{"username", "ana"}, {"password", good}});
    const std::string session = site.browser.cookies.at("session");
    BOOST_TEST(session != std::string(43, 'A'));
    Browser copy(site.services);
    copy.cookies = site.browser.cookies;
    const Response out = site.browser.post("/logout/");
    leads(out, paths::login);
    BOOST_TEST(!site.browser.cookies.contains("session"));
    shows(site.browser.get("/login/"), 200, "Saliste de tu cuenta.");
    BOOST_TEST(copy.get(paths::portal).status == 303);
    leads(site.browser.post("/logout/"), paths::login);  // never fails
}

BOOST_AUTO_TEST_SUITE_END()
