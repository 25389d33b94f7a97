// The way back by form.
#include <string>

#include <boost/test/unit_test.hpp>

#include "pages/journey.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

FormFields reclaim_fields(const std::string& password = good) {
    return {{"username", "maria"},
            {"email", "maria@correo.com"},
            {"first_name", "María"},
            {"last_name", "Pérez"},
            {"password1", password},
            {"password2", password}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(form_pages)

BOOST_AUTO_TEST_CASE(the_whole_way_back_by_form) {
    Journey site;
    leads(site.browser.post(paths::form, reclaim_fields()), paths::form_code);
    shows(site.browser.get(paths::form_code), 200, "maria@correo.com");
    shows(site.browser.post(paths::form_code, {{"code", site.wrong_code()}}),
          422,
          "te quedan 4 intentos");
    leads(site.browser.post(paths::form_code, {{"code", site.code()}}), paths::portal);
    shows(site.browser.get(paths::portal), 200, "Hola, María");
    leads(Browser(site.services).post("/login/", {{"username", "maria"}, {"password", good}}),
          paths::portal);
}

BOOST_AUTO_TEST_CASE(the_next_page_is_the_same_whether_or_not_it_matched) {
    Journey site;
    const auto next = [&](const std::string& username) {
        Browser browser(site.services, username == "maria" ? "192.0.2.7" : "198.51.100.7");
        FormFields fields = reclaim_fields();
        fields[0].second = username;
        fields[1].second = username + "@correo.com";
        leads(browser.post(paths::form, fields), paths::form_code);
        std::string body = without_tokens(browser.get(paths::form_code).body);
        for (auto at = body.find(fields[1].second); at != std::string::npos;
             at = body.find(fields[1].second)) {
            body.erase(at, fields[1].second.size());
        }
        return body;
    };
    BOOST_TEST((next("maria") == next("nadie")));
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 1);
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_with_a_form_is_said_at_once_and_what_was_typed_is_kept) {
    Journey site;
    const Response empty = site.browser.post(paths::form, {});
    for (const char* text : {"Escribe tu usuario.",
                             "Escribe tu correo electrónico.",
                             "Escribe tu nombre.",
                             "Escribe tus apellidos.",
                             "Escribe la contraseña."}) {
        shows(empty, 422, text);
    }
    FormFields fields = reclaim_fields("maria12345");
    fields[2].second = std::string(151, 'x');
    const Response again = site.browser.post(paths::form, fields);
    shows(again, 422, "value=\"maria@correo.com\"");
    shows(again, 422, "Puede tener 150 caracteres");
    shows(again, 422, "de las más usadas");
    BOOST_TEST(again.body.find("maria12345") == std::string::npos);
    BOOST_TEST(site.number("SELECT count(*) FROM claim") == 0);
}

BOOST_AUTO_TEST_CASE(without_a_free_name_the_form_says_which) {
    Journey site;
    leads(site.browser.post(paths::form, reclaim_fields()), paths::form_code);
    site.take_all_names();
    shows(site.browser.post(paths::form_code, {{"code", site.code()}}),
          422,
          test_renderer().text("username_none_free"));
}

BOOST_AUTO_TEST_CASE(the_form_can_ask_for_another_code) {
    Journey site;
    (void)site.browser.post(paths::form, reclaim_fields());
    site.clock.advance(1min);
    leads(site.browser.post(paths::form_resend), paths::form_code);
    leads(site.browser.post(paths::form_code, {{"code", site.code()}}), paths::portal);
    leads(Browser(site.services).post(paths::form_resend), paths::form);
}

BOOST_AUTO_TEST_SUITE_END()
