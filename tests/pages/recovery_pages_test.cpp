// A forgotten password of a live account.
#include <string>

#include <boost/test/unit_test.hpp>

#include "pages/journey.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(recovery_pages)

BOOST_AUTO_TEST_CASE(the_whole_way_to_a_new_password) {
    Journey site;
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
    Journey site;
    leads(site.browser.post(paths::recovery, {{"email", "nadie@correo.com"}}),
          paths::recovery_code);
    shows(site.browser.post(paths::recovery_code, {{"code", "1234"}}), 422, "te quedan 4 intentos");
    site.clock.advance(1min);
    leads(site.browser.post(paths::recovery_resend), paths::recovery_code);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 0);
    shows(site.browser.post(paths::recovery, {{"email", "x"}}), 422, "Escribe el correo completo");
}

BOOST_AUTO_TEST_CASE(with_several_accounts_one_is_chosen) {
    Journey site;
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
    Journey site;
    site.add_account("jefa", "jefa@correo.com", good);
    site.execute("UPDATE account SET is_staff = true");
    (void)site.browser.post(paths::recovery, {{"email", "jefa@correo.com"}});
    (void)site.browser.post(paths::recovery_code, {{"code", site.code("jefa@correo.com")}});
    leads(
        site.browser.post(paths::recovery_password, {{"password1", better}, {"password2", better}}),
        paths::staff);
}

BOOST_AUTO_TEST_SUITE_END()
