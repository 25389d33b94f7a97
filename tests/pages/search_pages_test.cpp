// The way back by search, with all that can go wrong on it.
#include <string>

#include <boost/test/unit_test.hpp>

#include "pages/journey.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(search_pages)

BOOST_AUTO_TEST_CASE(the_whole_way_back_by_search) {
    Journey site;
    leads(site.browser.post(paths::search, {{"email", " maria@correo.com "}}), paths::search);
    const Response list = site.browser.get(paths::search);
    shows(list, 200, "m***a");
    BOOST_TEST(list.body.find(">maria<") == std::string::npos);
    leads(site.browser.post(site.choose_path()), paths::search_code);
    shows(site.browser.get(paths::search_code), 200, "enviamos un código de 4 dígitos");
    shows(site.browser.post(paths::search_code, {{"code", site.wrong_code()}}),
          422,
          "te quedan 4 intentos");
    const std::string spaced = site.code().insert(2, " - ");
    leads(site.browser.post(paths::search_code, {{"code", ' ' + spaced}}), site.password_path());
    shows(site.browser.get(site.password_path()),
          200,
          "Tu usuario será <span class=\"mark\">maria</span>");
    shows(site.browser.post(site.password_path(),
                            {{"password1", "12345678"}, {"password2", "12345678"}}),
          422,
          "de las más usadas");
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", better}}),
          422,
          "no son iguales");
    shows(site.browser.post(site.password_path(), {{"password1", ""}, {"password2", ""}}),
          422,
          "Escribe la contraseña");
    shows(site.browser.post(site.password_path(), {{"password1", "corta"}, {"password2", "corta"}}),
          422,
          "al menos 8 caracteres");
    leads(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          paths::portal);
    shows(site.browser.get(paths::portal), 200, "Tu cuenta está lista");
    leads(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          paths::login);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
    leads(Browser(site.services).post("/login/", {{"username", "maria"}, {"password", good}}),
          paths::portal);
}

BOOST_AUTO_TEST_CASE(what_ones_own_search_did_not_list_is_404) {
    Journey site;
    BOOST_TEST(site.browser.post(site.choose_path()).status == 404);
    BOOST_TEST(site.browser.get(site.password_path()).status == 404);
    BOOST_TEST(
        site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}).status
        == 404);
    (void)site.browser.post(paths::search, {{"email", "otra@correo.com"}});
    BOOST_TEST(site.browser.post(site.choose_path()).status == 404);
    Browser other(site.services);
    site.search_and_choose();
    BOOST_TEST(other.post(site.choose_path()).status == 404);
    BOOST_TEST(site.browser.post("/datos-archivados/iniciar-reclamacion/0/").status == 404);
    BOOST_TEST(site.browser.post("/datos-archivados/iniciar-reclamacion/999999/").status == 404);
}

BOOST_AUTO_TEST_CASE(the_password_page_cannot_be_reached_without_the_code) {
    Journey site;
    site.search_and_choose();
    shows(site.browser.get(site.password_path()), 422, "Empezar de nuevo");
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          422,
          "Empezar de nuevo");
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 0);
}

BOOST_AUTO_TEST_CASE(a_verified_claim_opens_no_other_account) {
    Journey site;
    const auto jose = site.add_archived_user("jose", "maria@correo.com", "x");
    site.search_and_choose();
    (void)site.browser.post(paths::search_code, {{"code", site.code()}});
    const Response response = site.browser.post(paths::choose_password + std::to_string(jose) + '/',
                                                {{"password1", good}, {"password2", good}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 0);
}

BOOST_AUTO_TEST_CASE(codes_of_another_shape_are_form_errors_and_no_tries) {
    Journey site;
    site.search_and_choose();
    shows(site.browser.post(paths::search_code, {{"code", ""}}), 422, "Escribe el código");
    shows(site.browser.post(paths::search_code, {{"code", "123"}}), 422, "faltan números: son 4");
    shows(site.browser.post(paths::search_code, {{"code", "12345"}}), 422, "de más: son 4");
    shows(site.browser.post(paths::search_code, {{"code", "12a4"}}), 422, "solo lleva números");
    shows(site.browser.post(paths::search_code, {{"code", "１２３４"}}), 422, "solo lleva números");
    shows(site.browser.post(paths::search_code, {{"code", std::string(5000, '1')}}), 422, "de más");
    BOOST_TEST(site.number("SELECT count(*) FROM code_attempt") == 0);
}

BOOST_AUTO_TEST_CASE(each_reason_why_a_code_does_not_work_has_its_page) {
    Journey site;
    Browser other(site.services);
    shows(other.get(paths::search_code), 200, "Este navegador no ha pedido un código");
    shows(other.post(paths::search_code, {{"code", "1234"}}),
          422,
          "Este navegador no ha pedido un código");
    site.search_and_choose();
    const std::string first = site.code();
    const Response early = site.browser.post(paths::search_resend);
    shows(early, 429, "Espera un poco antes de pedir otro");
    BOOST_TEST(header(early, "Retry-After") == "60");
    site.clock.advance(1min);
    leads(site.browser.post(paths::search_resend), paths::search_code);
    shows(site.browser.get(paths::search_code),
          200,
          "Enviamos un código nuevo. El anterior ya no sirve.");
    shows(site.browser.post(paths::search_code, {{"code", first}}),
          422,
          "Ese código ya fue reemplazado");
    for (int tries = 0; tries < 3; ++tries) {
        BOOST_TEST(site.browser.post(paths::search_code, {{"code", site.wrong_code()}}).status
                   == 422);
    }
    shows(site.browser.post(paths::search_code, {{"code", site.wrong_code()}}),
          422,
          "te queda 1 intento.");
    shows(site.browser.post(paths::search_code, {{"code", site.wrong_code()}}),
          422,
          "Ese código ya no sirve");
    site.clock.advance(16min);
    shows(
        site.browser.post(paths::search_code, {{"code", site.code()}}), 422, "El código ya venció");
    leads(site.browser.post(paths::search_resend), paths::search_code);
    for (int tries = 0; tries < 3; ++tries) {
        (void)site.browser.post(paths::search_code, {{"code", site.wrong_code()}});
    }
    shows(site.browser.post(paths::search_code, {{"code", site.wrong_code()}}),
          422,
          "Hace falta un código más largo");
    site.clock.advance(1min);
    leads(site.browser.post(paths::search_resend), paths::search_code);
    shows(site.browser.get(paths::search_code), 200, "esta vez el código es más largo");
    leads(site.browser.post(paths::search_code, {{"code", site.code()}}), site.password_path());
    shows(site.browser.post(paths::search_code, {{"code", site.code()}}),
          422,
          "Ese código ya se usó");
    leads(site.browser.get(paths::search_code), site.password_path());
    leads(other.post(paths::search_resend), paths::search);
}

BOOST_AUTO_TEST_CASE(with_all_names_taken_the_reason_is_said_and_not_that_time_is_up) {
    Journey site;
    site.search_and_choose();
    (void)site.browser.post(paths::search_code, {{"code", site.code()}});
    site.take_all_names();
    shows(site.browser.get(site.password_path()), 422, test_renderer().text("username_none_free"));
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          422,
          test_renderer().text("username_none_free"));
}

BOOST_AUTO_TEST_CASE(an_account_that_came_back_meanwhile_is_told_so) {
    Journey site;
    site.search_and_choose();
    (void)site.browser.post(paths::search_code, {{"code", site.code()}});
    (void)Browser(site.services)
        .post("/login/", {{"username", "maria"}, {"password", "vieja clave 77"}});
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          422,
          test_renderer().text("already_claimed"));
}

BOOST_AUTO_TEST_CASE(without_disclosure_every_email_gets_the_same_answers) {
    Journey site;
    site.settings.search_discloses = false;
    const auto pages = [&](Browser& browser, const std::string& email) {
        leads(browser.post(paths::search, {{"email", email}}), paths::search_code);
        std::string body = browser.get(paths::search).body + browser.get(paths::search_code).body;
        body += browser
                    .post(paths::search_code,
                          {{"code", email == "maria@correo.com" ? site.wrong_code() : "0000"}})
                    .body;
        for (const std::string& part :
             {email, "0000"s, email == "maria@correo.com" ? site.wrong_code() : "0000"s}) {
            for (auto at = body.find(part); at != std::string::npos; at = body.find(part)) {
                body.erase(at, part.size());
            }
        }
        return without_tokens(body);
    };
    Browser other(site.services);
    BOOST_TEST((pages(site.browser, "maria@correo.com") == pages(other, "nadie@correo.com")));
    leads(site.browser.post(paths::search_code, {{"code", site.code()}}), paths::search);
    shows(site.browser.get(paths::search), 200, "m***a");
    leads(site.browser.post(site.choose_path()), site.password_path());
    leads(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          paths::portal);
}

BOOST_AUTO_TEST_CASE(an_email_that_is_none_is_shown_again) {
    Journey site;
    shows(
        site.browser.post(paths::search, {{"email", "maria"}}), 422, "Escribe el correo completo");
    shows(site.browser.post(paths::search, {{"email", ""}}), 422, "Escribe tu correo electrónico");
    shows(site.browser.post(paths::search, {{"email", std::string(300, 'a') + "@x.mx"}}),
          422,
          "El correo es demasiado largo");
    shows(site.browser.post(paths::search,
                            {{"email", "nadie@correo.com"}, {"email", "maria@correo.com"}})
                      .status
                  == 303
              ? site.browser.get(paths::search)
              : Response{},
          200,
          "No hay cuentas por recuperar");
}

BOOST_AUTO_TEST_SUITE_END()
