// Whole ways through the pages: logging in, the three ways back, a forgotten password, and the
// portal.
#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "app/paths.h"
#include "pages/browser.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const std::string good = "tres palabras sueltas";
const std::string better = "otras cuatro palabras raras";

struct Site : TestServices {
    Browser browser{services};
    std::int64_t dato = add_archived_user("maria", "maria@correo.com", "vieja clave 77");

    std::string code(const std::string& email = "maria@correo.com") {
        return newest_mail(email)["code"].get<std::string>();
    }
    std::string wrong_code() {
        std::string other = code();
        other.back() = other.back() == '9' ? '0' : static_cast<char>(other.back() + 1);
        return other;
    }
    std::string choose_path() const {
        return "/datos-archivados/iniciar-reclamacion/" + std::to_string(dato) + '/';
    }
    std::string password_path() const {
        return paths::choose_password + std::to_string(dato) + '/';
    }
    void take_all_names() {
        execute(
            "INSERT INTO account (username, password_hash) SELECT 'maria' || CASE WHEN n < 0 THEN '' ELSE n::text END, '!' "
            "FROM generate_series(-1, 98) AS n");
    }
    void search_and_choose() {
        BOOST_TEST(browser.post(paths::search, {{"email", "maria@correo.com"}}).status == 303);
        BOOST_TEST(header(browser.post(choose_path()), "Location") == paths::search_code);
    }
};

void leads(const Response& response, const std::string& target) {
    BOOST_TEST(response.status == 303);
    BOOST_TEST(header(response, "Location") == target);
}

// A page whose text holds this.
void shows(const Response& response, int status, const std::string& text) {
    BOOST_TEST(response.status == status);
    BOOST_TEST(response.body.find(text) != std::string::npos, "no \"" << text << '"');
    BOOST_TEST(response.body.find("{{") == std::string::npos);
    BOOST_TEST(response.body.find("[[") == std::string::npos);
    BOOST_TEST(response.body.find("«»") == std::string::npos, "a name is missing between «»");
}

FormFields reclaim_fields(const std::string& password = good) {
    return {{"username", "maria"},
            {"email", "maria@correo.com"},
            {"first_name", "María"},
            {"last_name", "Pérez"},
            {"password1", password},
            {"password2", password}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(login_pages)

BOOST_AUTO_TEST_CASE(a_client_goes_to_the_portal_and_staff_to_the_administration) {
    Site site;
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
    Site site;
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
    Site site;
    site.add_account("ana", "ana@correo.com", good);
    const auto page = [&](const std::string& name, const std::string& password) {
        Browser other(site.services);
        const Response response =
            other.post("/login/", {{"username", name}, {"password", password}});
        BOOST_TEST((response.hold == std::chrono::milliseconds(site.settings.login_failure_ms)));
        shows(response, 422, "El usuario o la contraseña no coinciden");
        BOOST_TEST(response.body.find(password) == std::string::npos);
        std::string body = response.body;
        for (auto at = body.find("csrf_token\" value=\""); at != std::string::npos;
             at = body.find("csrf_token\" value=\"", at + 1)) {
            body.erase(at + 19, body.find('"', at + 19) - at - 19);
        }
        const auto typed = body.find("value=\"" + name + '"');
        BOOST_TEST(typed != std::string::npos);  // what was typed is kept
        return body.erase(typed, name.size() + 8);
    };
    BOOST_TEST((page("ana", "no es esta clave") == page("nadie", "no es esta clave")));
}

BOOST_AUTO_TEST_CASE(empty_fields_are_all_named_at_once_and_nothing_is_counted) {
    Site site;
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
    Site site;
    site.add_account("ana", "ana@correo.com", good);
    site.execute("UPDATE account SET is_active = false");
    shows(site.browser.post("/login/", {{"username", "ana"}, {"password", good}}),
          422,
          "Esta cuenta está desactivada");
}

BOOST_AUTO_TEST_CASE(an_archived_account_comes_back_with_the_old_password_and_a_word) {
    Site site;
    leads(site.browser.post("/login/", {{"username", "maria"}, {"password", "vieja clave 77"}}),
          paths::portal);
    shows(site.browser.get(paths::portal), 200, "Tu cuenta está lista. Tu usuario es «maria».");
    shows(site.browser.get(paths::portal), 200, "Cuenta recuperada; tu usuario era «maria»");
}

BOOST_AUTO_TEST_CASE(a_changed_name_is_told) {
    Site site;
    site.add_account("MARIA", "otra@correo.com", good);
    leads(site.browser.post("/login/",
                            {{"username", "maria@correo.com"}, {"password", "vieja clave 77"}}),
          paths::portal);
    shows(site.browser.get(paths::portal),
          200,
          "El usuario «maria» ya lo tiene otra persona; el tuyo ahora es «maria0».");
}

BOOST_AUTO_TEST_CASE(without_a_free_name_the_page_says_which) {
    Site site;
    site.take_all_names();
    shows(site.browser.post("/login/",
                            {{"username", "maria@correo.com"}, {"password", "vieja clave 77"}}),
          422,
          test_renderer().text("username_none_free"));
}

BOOST_AUTO_TEST_CASE(too_many_failures_are_429_with_the_time) {
    Site site;
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
    Site site;
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

BOOST_AUTO_TEST_SUITE(search_pages)

BOOST_AUTO_TEST_CASE(the_whole_way_back_by_search) {
    Site site;
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
    Site site;
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
    Site site;
    site.search_and_choose();
    shows(site.browser.get(site.password_path()), 422, "Empezar de nuevo");
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          422,
          "Empezar de nuevo");
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 0);
}

BOOST_AUTO_TEST_CASE(a_verified_claim_opens_no_other_account) {
    Site site;
    const auto jose = site.add_archived_user("jose", "maria@correo.com", "x");
    site.search_and_choose();
    (void)site.browser.post(paths::search_code, {{"code", site.code()}});
    const Response response = site.browser.post(paths::choose_password + std::to_string(jose) + '/',
                                                {{"password1", good}, {"password2", good}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 0);
}

BOOST_AUTO_TEST_CASE(codes_of_another_shape_are_form_errors_and_no_tries) {
    Site site;
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
    Site site;
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
    Site site;
    site.search_and_choose();
    (void)site.browser.post(paths::search_code, {{"code", site.code()}});
    site.take_all_names();
    shows(site.browser.get(site.password_path()), 422, test_renderer().text("username_none_free"));
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          422,
          test_renderer().text("username_none_free"));
}

BOOST_AUTO_TEST_CASE(an_account_that_came_back_meanwhile_is_told_so) {
    Site site;
    site.search_and_choose();
    (void)site.browser.post(paths::search_code, {{"code", site.code()}});
    (void)Browser(site.services)
        .post("/login/", {{"username", "maria"}, {"password", "vieja clave 77"}});
    shows(site.browser.post(site.password_path(), {{"password1", good}, {"password2", good}}),
          422,
          test_renderer().text("already_claimed"));
}

BOOST_AUTO_TEST_CASE(without_disclosure_every_email_gets_the_same_answers) {
    Site site;
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
        for (auto at = body.find("csrf_token\" value=\""); at != std::string::npos;
             at = body.find("csrf_token\" value=\"", at + 1)) {
            body.erase(at + 19, body.find('"', at + 19) - at - 19);
        }
        return body;
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
    Site site;
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

BOOST_AUTO_TEST_SUITE(form_pages)

BOOST_AUTO_TEST_CASE(the_whole_way_back_by_form) {
    Site site;
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
    Site site;
    const auto next = [&](const std::string& username) {
        Browser browser(site.services, username == "maria" ? "192.0.2.7" : "198.51.100.7");
        FormFields fields = reclaim_fields();
        fields[0].second = username;
        fields[1].second = username + "@correo.com";
        leads(browser.post(paths::form, fields), paths::form_code);
        std::string body = browser.get(paths::form_code).body;
        for (auto at = body.find(fields[1].second); at != std::string::npos;
             at = body.find(fields[1].second)) {
            body.erase(at, fields[1].second.size());
        }
        for (auto at = body.find("csrf_token\" value=\""); at != std::string::npos;
             at = body.find("csrf_token\" value=\"", at + 1)) {
            body.erase(at + 19, body.find('"', at + 19) - at - 19);
        }
        return body;
    };
    BOOST_TEST((next("maria") == next("nadie")));
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 1);
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_with_a_form_is_said_at_once_and_what_was_typed_is_kept) {
    Site site;
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
    Site site;
    leads(site.browser.post(paths::form, reclaim_fields()), paths::form_code);
    site.take_all_names();
    shows(site.browser.post(paths::form_code, {{"code", site.code()}}),
          422,
          test_renderer().text("username_none_free"));
}

BOOST_AUTO_TEST_CASE(the_form_can_ask_for_another_code) {
    Site site;
    (void)site.browser.post(paths::form, reclaim_fields());
    site.clock.advance(1min);
    leads(site.browser.post(paths::form_resend), paths::form_code);
    leads(site.browser.post(paths::form_code, {{"code", site.code()}}), paths::portal);
    leads(Browser(site.services).post(paths::form_resend), paths::form);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recovery_pages)

BOOST_AUTO_TEST_CASE(the_whole_way_to_a_new_password) {
    Site site;
    site.add_account("ana", "ana@correo.com", good);
    Browser old(site.services);
    (void)old.post("/login/", {{"username", "ana"}, {"password", good}});
    leads(site.browser.post(paths::recovery, {{"email", "ana@correo.com"}}), paths::recovery_code);
    shows(site.browser.get(paths::recovery_code), 200, "Si hay una cuenta con ese correo");
    shows(site.browser.get(paths::recovery_password), 422, "Empezar de nuevo");
    leads(site.browser.post(paths::recovery_code, {{"code", site.code("ana@correo.com")}}),
          paths::recovery_password);
    shows(site.browser.get(paths::recovery_password), 200, "<span class=\"mark\">ana</span>");
    shows(site.browser.post(paths::recovery_password,
                            {{"password1", "password1"}, {"password2", "password1"}}),
          422,
          "de las más usadas");
    leads(
        site.browser.post(paths::recovery_password, {{"password1", better}, {"password2", better}}),
        paths::portal);
    shows(site.browser.get(paths::portal), 200, "Tu contraseña cambió y ya entraste.");
    BOOST_TEST(old.get(paths::portal).status == 303);
    // The button pressed twice: nothing happens, and the login says that it is done.
    leads(site.browser.post(paths::recovery_password, {{"password1", good}, {"password2", good}}),
          paths::login);
    leads(site.browser.get(paths::recovery_password), paths::login);
    leads(Browser(site.services).post("/login/", {{"username", "ana"}, {"password", better}}),
          paths::portal);
}

BOOST_AUTO_TEST_CASE(an_unknown_email_gets_the_same_answer) {
    Site site;
    leads(site.browser.post(paths::recovery, {{"email", "nadie@correo.com"}}),
          paths::recovery_code);
    shows(site.browser.post(paths::recovery_code, {{"code", "1234"}}), 422, "te quedan 4 intentos");
    site.clock.advance(1min);
    leads(site.browser.post(paths::recovery_resend), paths::recovery_code);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 0);
    shows(site.browser.post(paths::recovery, {{"email", "x"}}), 422, "Escribe el correo completo");
}

BOOST_AUTO_TEST_CASE(with_several_accounts_one_is_chosen) {
    Site site;
    const auto mother = site.add_account("madre", "familia@correo.com", good);
    const auto other = site.add_account("ajena", "ajena@correo.com", good);
    site.add_account("hijo", "familia@correo.com", good);
    (void)site.browser.post(paths::recovery, {{"email", "familia@correo.com"}});
    (void)site.browser.post(paths::recovery_code, {{"code", site.code("familia@correo.com")}});
    shows(site.browser.get(paths::recovery_password), 200, "¿De cuál de tus cuentas?");
    const FormFields passwords = {{"password1", better}, {"password2", better}};
    shows(site.browser.post(paths::recovery_password, passwords), 422, "Elige una de tus cuentas");
    FormFields foreign = passwords;
    foreign.emplace_back("account", std::to_string(other));
    shows(site.browser.post(paths::recovery_password, foreign), 422, "Elige una de tus cuentas");
    FormFields own = passwords;
    own.emplace_back("account", std::to_string(mother));
    leads(site.browser.post(paths::recovery_password, own), paths::portal);
    leads(Browser(site.services).post("/login/", {{"username", "madre"}, {"password", better}}),
          paths::portal);
    leads(Browser(site.services).post("/login/", {{"username", "hijo"}, {"password", good}}),
          paths::portal);
}

BOOST_AUTO_TEST_CASE(staff_go_to_their_own_pages) {
    Site site;
    site.add_account("jefa", "jefa@correo.com", good);
    site.execute("UPDATE account SET is_staff = true");
    (void)site.browser.post(paths::recovery, {{"email", "jefa@correo.com"}});
    (void)site.browser.post(paths::recovery_code, {{"code", site.code("jefa@correo.com")}});
    leads(
        site.browser.post(paths::recovery_password, {{"password1", better}, {"password2", better}}),
        paths::staff);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(portal_pages)

struct Inside : Site {
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
    Site site;
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
