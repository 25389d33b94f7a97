// Who may see which page, and the cookies that say who it is.
#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/digest.h"
#include "core/random.h"
#include "pages/site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(page_access)

BOOST_AUTO_TEST_CASE(nobody_is_led_to_the_login_and_back) {
    Site site;
    for (const char* path : {"/clientes/portal/",
                             "/clientes/portal/cambiar-contrasena/",
                             "/clientes/portal/sesiones/",
                             "/admin/"}) {
        for (const char* session : {"", "x"}) {
            site.browser.cookies["session"] = *session == 0 ? "" : random_token();
            const Response response = site.browser.get(path);
            BOOST_TEST(response.status == 303);
            BOOST_TEST(header(response, "Location") == "/login/?next="s + path);
        }
    }
    BOOST_TEST(site.browser.post("/clientes/portal/sesiones/", {{"all", "1"}}).status == 303);
}

BOOST_AUTO_TEST_CASE(a_client_at_a_page_of_the_staff_is_403) {
    Site site;
    BOOST_TEST(site.signed_in("maria").get("/admin/").status == 403);
    BOOST_TEST(site.signed_in("jefa", true).get("/admin/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_session_that_ran_out_is_led_to_the_login_with_a_word) {
    Site site;
    Browser inside = site.signed_in("maria");
    site.clock.advance(std::chrono::minutes(31));
    BOOST_TEST(header(inside.get("/clientes/portal/"), "Location")
               == "/login/?next=/clientes/portal/");
    const std::string body = inside.get("/login/?next=/clientes/portal/").body;
    const std::string word = test_renderer().text("notice_session_over");
    BOOST_TEST(body.find(word) != std::string::npos);
    BOOST_TEST(body.find("value=\"/clientes/portal/\"") != std::string::npos);
    BOOST_TEST(inside.get("/login/").body.find(word) == std::string::npos);  // said once
}

BOOST_AUTO_TEST_CASE(a_notice_cannot_be_made_up) {
    Site site;
    site.browser.cookies["notice"] = base64url(std::string(32, 'x') + "Llama al 555");
    const Response response = site.browser.get("/login/");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.find("555") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(cookies_on_https_have_the_prefix_and_others_are_not_read) {
    Site site;
    site.settings.base_url = "https://portal.ejemplo.org";
    Browser browser(site.services);
    BOOST_TEST(browser.get("/login/").status == 200);
    const std::string visitor = browser.cookies.at("visitor");
    Request plain = browser.request("GET", "/login/");
    plain.cookies.add("visitor", visitor);
    browser.cookies.clear();
    const Response response = browser.send(plain);
    BOOST_TEST(browser.cookies.at("visitor") != visitor);
    BOOST_TEST(
        serialized(response, site.settings.is_https(), true).find("Set-Cookie: __Host-visitor=")
        != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
