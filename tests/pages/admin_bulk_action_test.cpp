// What staff do with many clients at once, and how credentials are handed over.
#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "admin_bulk_action/qr_path.h"
#include "jobs/job_runner.h"
#include "pages/journey.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

namespace {

const std::string made = "[a-km-np-zA-HJ-NP-Z2-9]{12}";

// Clients with both, one or none of email and phone; jobs are carried out when a test says so.
struct Office : Site {
    std::int64_t juan = add_client("Juan Pérez", "juan@ejemplo.com", "9931234567");
    std::int64_t ana = add_client("Ana Núñez", "", "9937654321");
    std::int64_t beto = add_client("Beto Solo Correo", "beto@ejemplo.com", "");
    std::int64_t nadie = add_client("Sin Contacto", "", "");
    Browser staff = with_role("operadora", "operador");

    std::int64_t add_client(const std::string& name,
                            const std::string& email,
                            const std::string& phone) {
        return number("INSERT INTO client (full_name, email, phone) VALUES ('" + name
                      + "', nullif('" + email + "', ''), nullif('" + phone
                      + "', '')) RETURNING id");
    }

    Browser with_role(const std::string& username, const std::string& role) {
        Browser inside = signed_in(username, true);
        execute("UPDATE account SET role = '" + role + "' WHERE username = '" + username + "'");
        return inside;
    }

    // The job's path.
    std::string draft(const std::string& action = "crear_usuario_portal") {
        const Response response =
            staff.post(paths::clients, {{"action", action}, {"select_across", "1"}});
        BOOST_TEST(response.status == 303);
        return header(response, "Location");
    }

    void carry_out() {
        JobRunner runner({services.database,
                          services.settings,
                          services.outbox,
                          services.credentials,
                          services.clock},
                         2);
        while (runner.run_batch() == BatchOutcome::Worked) {
        }
    }

    std::string finished(const std::string& action = "crear_usuario_portal") {
        const std::string path = draft(action);
        leads(staff.post(path + "confirmar/"), path);
        carry_out();
        return path;
    }

    std::string item_of(std::int64_t client) {
        return text("SELECT id FROM bulk_job_item WHERE client_id = " + std::to_string(client)
                    + " ORDER BY id DESC LIMIT 1");
    }
    std::int64_t events(const std::string& action) {
        return number("SELECT count(*) FROM audit_log WHERE action = '" + action + "'");
    }
};

// What the page says in its box after a POST.
void says(Browser& browser, const std::string& path, const std::string& key) {
    shows(browser.get(path), 200, test_renderer().text(key));
}

std::vector<std::string> passwords_in(const std::string& body) {
    return matches(body, "Contraseña: (" + made + ")<");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bulk_selection)

BOOST_AUTO_TEST_CASE(the_ticked_clients_become_a_draft) {
    Office office;
    const Response response = office.staff.post(paths::clients,
                                                {{"action", "crear_usuario_portal"},
                                                 {"_selected_action", std::to_string(office.juan)},
                                                 {"_selected_action", std::to_string(office.ana)},
                                                 {"_selected_action", "no es un id"}});
    leads(response, "/admin/acciones/1/");
    BOOST_TEST(office.number("SELECT count(*) FROM bulk_job_item WHERE job_id = 1") == 2);
    BOOST_TEST(office.text("SELECT status FROM bulk_job") == "draft");
}

BOOST_AUTO_TEST_CASE(all_that_match_are_those_of_the_filter_whatever_is_ticked) {
    Office office;
    const Response response = office.staff.post(paths::clients,
                                                {{"action", "crear_usuario_portal"},
                                                 {"select_across", "1"},
                                                 {"q", "ejemplo.com"},
                                                 {"_selected_action", std::to_string(office.ana)}});
    BOOST_TEST(response.status == 303);
    BOOST_TEST(
        office.text("SELECT string_agg(client_id::text, ',' ORDER BY client_id) FROM bulk_job_item")
        == std::to_string(office.juan) + ',' + std::to_string(office.beto));
}

BOOST_AUTO_TEST_CASE(nobody_or_no_action_leads_back_to_the_list_as_it_was) {
    Office office;
    const std::string list = paths::clients + "?q=juan%20p%C3%A9rez&portal=sin&page=2"s;
    const FormFields kept = {{"q", "juan pérez"}, {"portal", "sin"}, {"page", "2"}};
    const auto sent = [&](FormFields fields) {
        fields.insert(fields.end(), kept.begin(), kept.end());
        return office.staff.post(paths::clients, fields);
    };
    leads(sent({{"action", "crear_usuario_portal"}}), list);
    says(office.staff, paths::jobs, "notice_nobody_chosen");
    for (const char* action : {"", "borrar_todo"}) {
        leads(sent({{"action", action}, {"_selected_action", "1"}}), list);
        says(office.staff, paths::jobs, "notice_no_action_chosen");
    }
    leads(sent({{"action", "crear_usuario_portal"}, {"_selected_action", "9999"}}), list);
    BOOST_TEST(office.number("SELECT count(*) FROM bulk_job") == 0);
}

BOOST_AUTO_TEST_CASE(the_file_holds_the_chosen_clients_alone) {
    Office office;
    const Response one = office.staff.post(
        paths::clients,
        {{"action", "exportar_csv"}, {"_selected_action", std::to_string(office.juan)}});
    BOOST_TEST(one.status == 200);
    BOOST_TEST(one.content_type == "text/csv; charset=utf-8");
    BOOST_TEST(header(one, "Content-Disposition") == "attachment; filename=\"clientes.csv\"");
    BOOST_TEST(one.body.find("Juan Pérez") != std::string::npos);
    BOOST_TEST(one.body.find("Ana Núñez") == std::string::npos);
    const Response all = office.staff.post(
        paths::clients, {{"action", "exportar_csv"}, {"select_across", "1"}, {"q", "núñez"}});
    BOOST_TEST(all.body.find("Ana Núñez") != std::string::npos);
    BOOST_TEST(all.body.find("Juan Pérez") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bulk_jobs)

BOOST_AUTO_TEST_CASE(a_draft_tells_how_many_are_in_and_why_others_are_not) {
    Office office;
    const std::string path = office.draft();
    const Response page = office.staff.get(path);
    shows(page, 200, "Crear los 3 usuarios");
    shows(page, 200, "1: " + test_renderer().text("item_no_contact"));
    shows(page, 200, "Omitidos (1)");
    shows(page, 200, "Juan Pérez");
    const Response rest = office.staff.get(path + "?filtro=omitidos");
    shows(rest, 200, "Sin Contacto");
    BOOST_TEST(rest.body.find("Juan Pérez") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_nobody_to_take_part_there_is_nothing_to_confirm) {
    Office office;
    const Response page = office.staff.get(office.draft("nueva_contrasena"));
    shows(page, 200, "Nadie puede participar");
    BOOST_TEST(page.body.find("confirmar/") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_dropped_draft_leaves_nothing) {
    Office office;
    const std::string path = office.draft();
    leads(office.staff.post(path + "cancelar/"), paths::clients);
    says(office.staff, paths::jobs, "notice_draft_dropped");
    office.carry_out();
    BOOST_TEST(office.number("SELECT count(*) FROM client WHERE account_id IS NOT NULL") == 0);
}

BOOST_AUTO_TEST_CASE(a_job_on_its_way_moves_by_itself_until_asked_to_keep_still) {
    Office office;
    const std::string path = office.draft();
    leads(office.staff.post(path + "confirmar/"), path);
    leads(office.staff.post(path + "confirmar/"), path);  // two clicks
    const Response page = office.staff.get(path);
    shows(page, 200, "<progress max=\"3\" value=\"0\"");
    shows(page, 200, "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>");
    shows(page, 200, "<title>0 % de avance - ");
    BOOST_TEST(office.staff.get(path + "?quieto=1").body.find("http-equiv") == std::string::npos);
    leads(office.staff.post(path + "cancelar/"), path);
    says(office.staff, path, "notice_job_cancelled");
    leads(office.staff.post(path + "cancelar/"), path);
    says(office.staff, path, "notice_job_had_ended");
    BOOST_TEST(office.text("SELECT status FROM bulk_job") == "cancelled");
}

BOOST_AUTO_TEST_CASE(the_result_has_the_lines_of_the_contract_and_being_seen_is_written_down) {
    Office office;
    const std::string path = office.finished();
    const Response page = office.staff.get(path);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(matches(page.body,
                       ">(✅ Usuario creado para Juan Pérez: juan@ejemplo\\.com \\| Contraseña: "
                           + made + ")<")
                   .size()
               == 1U);
    BOOST_TEST(
        matches(page.body,
                ">(✅ Usuario creado para Ana Núñez: 9937654321 \\| Contraseña: " + made + ")<")
            .size()
        == 1U);
    shows(page, 200, ">❌ Sin Contacto: " + test_renderer().text("item_no_contact") + '<');
    BOOST_TEST(matches(page.body, R"re(href="(https://wa\.me/52993\d{7}\?text=[^"]+)")re").size()
               == 2U);
    BOOST_TEST(office.events("credentials_seen") == 1);
    BOOST_TEST(office.staff.get(path + "?filtro=omitidos").status == 200);  // no password on it
    BOOST_TEST(office.events("credentials_seen") == 1);
}

BOOST_AUTO_TEST_CASE(filters_show_their_own_and_say_how_many) {
    Office office;
    const std::string path = office.finished();
    office.execute(
        "UPDATE account SET last_login_at = now() + interval '1 day' WHERE username = 'beto@ejemplo.com'");
    const auto shown = [&](const std::string& filter) {
        return matches(office.staff.get(path + "?filtro=" + filter).body, "(<li class=\"person\")")
            .size();
    };
    BOOST_TEST(shown("todos") == 4U);
    BOOST_TEST(shown("hechos") == 3U);
    BOOST_TEST(shown("errores") == 0U);
    BOOST_TEST(shown("omitidos") == 1U);
    BOOST_TEST(shown("inventado") == 4U);
    const Response page = office.staff.get(path + "?filtro=sin_entrar");
    const auto labels = matches(page.body, R"re(aria-current="true">([^<]+)<)re");
    BOOST_REQUIRE(labels.size() == 1U);
    BOOST_TEST(labels.front() == "Sin entrar (" + std::to_string(shown("sin_entrar")) + ")");
}

BOOST_AUTO_TEST_CASE(the_failed_are_tried_again) {
    Office office;
    const std::string path = office.finished();
    leads(office.staff.post(path + "reintentar/"), path);
    says(office.staff, path, "notice_nothing_failed");
    office.execute(
        "UPDATE bulk_job_item SET status = 'failed', reason = 'no_free_username', account_id = NULL, sealed = NULL "
        "WHERE client_id = "
        + std::to_string(office.juan));
    shows(office.staff.get(path), 200, "Reintentar los que fallaron (1)");
    leads(office.staff.post(path + "reintentar/"), path);
    BOOST_TEST(office.text("SELECT status FROM bulk_job") == "queued");
}

BOOST_AUTO_TEST_CASE(the_list_of_jobs_leads_to_each) {
    Office office;
    shows(office.staff.get(paths::jobs), 200, "Todavía no hay ninguna");
    const std::string path = office.draft();
    const Response page = office.staff.get(paths::jobs);
    shows(page, 200, "href=\"" + path + '"');
    shows(page, 200, "Por confirmar");
    shows(page, 200, "operadora");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bulk_credentials)

BOOST_AUTO_TEST_CASE(the_file_has_the_layout_of_the_contract_and_is_written_down) {
    Office office;
    const std::string path = office.finished();
    const auto shown = passwords_in(office.staff.get(path).body);
    const Response file = office.staff.get(path + "credenciales_clientes.txt");
    BOOST_TEST(file.status == 200);
    BOOST_TEST(file.content_type == "text/plain; charset=utf-8");
    BOOST_TEST(header(file, "Content-Disposition")
               == "attachment; filename=\"credenciales_clientes.txt\"");
    BOOST_TEST(
        file.body.starts_with(std::string(70, '=') + "\nCREDENCIALES DE ACCESO AL PORTAL\n"));
    BOOST_TEST(matches(file.body, "\nContraseña: (" + made + ")\n") == shown,
               boost::test_tools::per_element());
    BOOST_TEST(office.events("credentials_downloaded") == 1);
}

BOOST_AUTO_TEST_CASE(each_slip_pairs_a_name_with_its_password_and_is_marked_as_printed) {
    Office office;
    const std::string path = office.finished();
    const std::string body = office.staff.get(path + "imprimir/").body;
    const auto names = matches(body, R"re(<strong class="name">([^<]+)<)re");
    const auto keys = matches(body, "<code class=\"key\">(" + made + ")</code>");
    BOOST_REQUIRE(names.size() == 3U);
    BOOST_REQUIRE(keys.size() == 3U);
    const std::string list = office.staff.get(path).body;
    for (std::size_t i = 0; i < names.size(); ++i) {
        BOOST_TEST(!matches(list, "para (" + names[i] + "): [^<]* Contraseña: " + keys[i]).empty());
    }
    BOOST_TEST(matches(body, "(<symbol )").size() == 1U);
    BOOST_TEST(matches(body, "(<use href=\"#qr\")").size() == 3U);
    BOOST_TEST(office.number("SELECT count(*) FROM bulk_job_item WHERE printed_at IS NOT NULL")
               == 3);
    BOOST_TEST(office.events("credentials_printed") == 1);
    BOOST_TEST(office.staff.get(path + "imprimir/?page=2").status == 404);
}

BOOST_AUTO_TEST_CASE(discarded_passwords_are_nowhere_any_more) {
    Office office;
    const std::string path = office.finished();
    leads(office.staff.post(path + "descartar/"), path);
    says(office.staff, path, "notice_credentials_discarded");
    BOOST_TEST(passwords_in(office.staff.get(path).body).empty());
    BOOST_TEST(office.staff.get(path + "credenciales_clientes.txt").status == 404);
    BOOST_TEST(office.staff.get(path + "imprimir/").status == 404);
    BOOST_TEST(office.events("credentials_downloaded") == 0);
}

BOOST_AUTO_TEST_CASE(passwords_end_with_their_time_even_before_anything_removes_them) {
    Office office;
    office.settings.staff_idle_minutes = 100'000;
    office.settings.staff_session_hours = 1'000;
    Browser staff = office.with_role("otra", "operador");
    const std::string path = office.finished();
    BOOST_TEST(passwords_in(staff.get(path).body).size() == 3U);
    office.clock.advance(std::chrono::hours(office.settings.credentials_hours + 1));
    const Response page = staff.get(path);
    shows(page, 200, "ya no se pueden ver");
    BOOST_TEST(passwords_in(page.body).empty());
    BOOST_TEST(staff.get(path + "credenciales_clientes.txt").status == 404);
}

BOOST_AUTO_TEST_CASE(mails_go_to_one_or_to_all_and_the_page_comes_back_as_it_was) {
    Office office;
    const std::string path = office.finished();
    const std::string juan = office.item_of(office.juan);
    leads(
        office.staff.post(path + "enviar/", {{"item", juan}, {"filtro", "hechos"}, {"page", "1"}}),
        path + "?filtro=hechos&page=1#c" + juan);
    BOOST_TEST(office.number("SELECT count(*) FROM mail_outbox") == 1);
    BOOST_TEST(office.newest_mail("juan@ejemplo.com").is_object());
    leads(office.staff.post(path + "enviar/"), path);
    BOOST_TEST(
        office.number("SELECT count(*) FROM mail_outbox WHERE recipient = 'beto@ejemplo.com'")
        == 1);
    leads(office.staff.post(path + "enviar/", {{"solo_fallidos", "1"}}), path);
    says(office.staff, path, "notice_no_mail_queued");
    BOOST_TEST(office.staff.post(path + "enviar/", {{"item", "x"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(what_was_handed_over_is_marked_and_a_foreign_client_is_404) {
    Office office;
    const std::string path = office.finished();
    const std::string ana = office.item_of(office.ana);
    leads(office.staff.post(path + "entregada/", {{"item", ana}}), path + "#c" + ana);
    shows(office.staff.get(path), 200, "Entregada, ");
    const std::string other = office.draft();
    BOOST_TEST(office.staff.post(other + "entregada/", {{"item", ana}}).status == 404);
    BOOST_TEST(office.staff.post(path + "entregada/", {{"item", ""}}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_code_of_the_address_is_a_square_of_modules_with_a_quiet_zone) {
    const auto code =
        admin_bulk_action::qr_svg_path("https://portal.ejemplo.org/clientes/portal/login/");
    BOOST_TEST(code.view_box == "-4 -4 41 41");         // version 4 has 33 modules a side
    BOOST_TEST(code.path.starts_with("M0 0h7v1h-7z"));  // the finder's upper edge
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bulk_rights)

BOOST_AUTO_TEST_CASE(readers_see_everything_but_passwords_and_do_nothing) {
    Office office;
    const std::string path = office.finished();
    Browser reader = office.with_role("lectora", "consulta");
    const Response page = reader.get(path);
    shows(page, 200, ">✅ Usuario creado para Juan Pérez: juan@ejemplo.com<");
    BOOST_TEST(passwords_in(page.body).empty());
    BOOST_TEST(page.body.find("wa.me") == std::string::npos);
    BOOST_TEST(page.body.find("credenciales_clientes.txt") == std::string::npos);
    // The one that leaves and the list's, which has no button without a password.
    BOOST_TEST(matches(page.body, "(<button)").size() == 1U);
    BOOST_TEST(office.events("credentials_seen") == 0);
    for (const char* route : {"credenciales_clientes.txt", "imprimir/"}) {
        BOOST_TEST(reader.get(path + route).status == 403, route);
    }
    const std::string before = office.text(
        "SELECT md5(string_agg(i::text || j::text, '' ORDER BY i.id)) "
        "FROM bulk_job_item i JOIN bulk_job j ON j.id = job_id");
    for (const char* route :
         {"confirmar/", "cancelar/", "reintentar/", "enviar/", "entregada/", "descartar/"}) {
        BOOST_TEST(reader.post(path + route, {{"item", office.item_of(office.juan)}}).status == 403,
                   route);
    }
    BOOST_TEST(
        reader.post(paths::clients, {{"action", "exportar_csv"}, {"select_across", "1"}}).status
        == 403);
    BOOST_TEST(office.text("SELECT md5(string_agg(i::text || j::text, '' ORDER BY i.id)) "
                           "FROM bulk_job_item i JOIN bulk_job j ON j.id = job_id")
               == before);
}

BOOST_AUTO_TEST_CASE(a_client_sees_no_job_and_leaves_no_trace_of_looking) {
    Office office;
    const std::string path = office.finished();
    Browser client = office.signed_in("maria");
    BOOST_TEST(client.get(path).status == 403);
    BOOST_TEST(client.get(paths::jobs).status == 403);
    BOOST_TEST(office.events("credentials_seen") == 0);
    BOOST_TEST(office.browser.get(path).status == 303);
}

BOOST_AUTO_TEST_CASE(an_unknown_job_is_404) {
    Office office;
    for (const char* route : {"", "credenciales_clientes.txt", "imprimir/"}) {
        BOOST_TEST(office.staff.get("/admin/acciones/77/"s + route).status == 404, route);
    }
    for (const char* route :
         {"confirmar/", "cancelar/", "reintentar/", "enviar/", "entregada/", "descartar/"}) {
        BOOST_TEST(office.staff.post("/admin/acciones/77/"s + route, {{"item", "1"}}).status == 404,
                   route);
    }
}

BOOST_AUTO_TEST_SUITE_END()
