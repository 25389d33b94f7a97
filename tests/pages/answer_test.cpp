// The skeleton behind every page: routes, methods, limits, form tokens, who may come in, the one
// catch, the headers.
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "app/paths.h"
#include "core/digest.h"
#include "core/errors.h"
#include "core/random.h"
#include "http/form.h"
#include "pages/browser.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

namespace {

const std::string good = "tres palabras sueltas";

struct Site : TestServices {
    Browser browser{services};

    Browser signed_in(const std::string& username, bool is_staff = false) {
        add_account(username, username + "@correo.com", good);
        execute("UPDATE account SET is_staff = " + std::string(is_staff ? "true" : "false")
                + " WHERE username = '" + username + "'");
        Browser inside(services);
        const auto response =
            inside.post(paths::login, {{"username", username}, {"password", good}});
        if (response.status != 303) {
            throw std::runtime_error("cannot log in");
        }
        return inside;
    }
};

// Everything that can be asked for by GET without knowing anything.
std::vector<std::string> public_pages() {
    return {"/login/",
            "/clientes/portal/login/",
            "/datos-archivados/buscar-usuario/",
            "/datos-archivados/reclamar-usuario/",
            "/clientes/portal/recuperar/",
            "/datos-archivados/verificar-codigo-reclamacion/",
            "/datos-archivados/verificar-codigo-reclamacion-tradicional/",
            "/clientes/portal/recuperar/codigo/"};
}

std::string target_of(const Route& route) {
    std::string path(route.path);
    const auto hole = path.find("<id>");
    return hole == std::string::npos ? path : path.replace(hole, 4, "17");
}

Response broken_page(Visit&) {
    throw std::runtime_error("a secret detail");
}
Response busy_page(Visit&) {
    throw Unavailable("no slot");
}

Response answered(Services& services, Page page, const std::string& path = "/x/") {
    const Handler handler{"test", "", {{"/x/", page}}, {}};
    Request request;
    request.method = "GET";
    request.path = path;
    request.request_id = "folio123";
    return answer_request(handler, services, request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answer)

BOOST_AUTO_TEST_CASE(the_table_of_these_tests_is_that_of_the_programs) {
    std::set<std::string> here;
    for (const auto& route : whole_site().routes) {
        here.emplace(route.path);
    }
    std::set<std::string> there;
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        for (const auto& path :
             matches(file.text.substr(file.text.find("int main")), R"re("(/[^"]*)")re")) {
            there.insert(path);
        }
    }
    BOOST_TEST(here == there, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(public_pages_are_200_and_head_is_as_get) {
    Site site;
    for (const auto& path : public_pages()) {
        BOOST_TEST_CONTEXT(path) {
            const Response page = site.browser.get(path);
            BOOST_TEST(page.status == 200);
            BOOST_TEST(page.body.find("{{") == std::string::npos);
            BOOST_TEST(page.body.find("[[") == std::string::npos);
            BOOST_TEST(page.body.find("AdminiRed") != std::string::npos);
            BOOST_TEST(site.browser.send(site.browser.request("HEAD", path)).status == 200);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_path_is_404) {
    Site site;
    for (const char* path : {"/",
                             "/x/",
                             "/login",
                             "//login/",
                             "/login/x",
                             "/LOGIN/",
                             "/login/%20",
                             "/datos-archivados/iniciar-reclamacion/",
                             "/datos-archivados/iniciar-reclamacion//",
                             "/datos-archivados/iniciar-reclamacion/x/",
                             "/datos-archivados/iniciar-reclamacion/-1/",
                             "/datos-archivados/iniciar-reclamacion/1",
                             "/datos-archivados/iniciar-reclamacion/1/2/",
                             "/datos-archivados/iniciar-reclamacion/1234567890123456789/",
                             "/datos-archivados/iniciar-reclamacion/99999999999999999999999999/",
                             "/../etc/passwd",
                             ""}) {
        for (const char* method : {"GET", "HEAD", "POST", "DELETE"}) {
            BOOST_TEST_CONTEXT(method << ' ' << path) {
                const Response response = site.browser.send(site.browser.request(method, path));
                BOOST_TEST(response.status == 404);
                BOOST_TEST(response.body.find("<h1>") != std::string::npos);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_known_route_with_another_method_is_405_and_says_which_are_allowed) {
    Site site;
    for (const auto& route : whole_site().routes) {
        for (const char* method : {"GET",
                                   "HEAD",
                                   "POST",
                                   "PUT",
                                   "DELETE",
                                   "PATCH",
                                   "OPTIONS",
                                   "TRACE",
                                   "CONNECT",
                                   "get",
                                   ""}) {
            const std::string name = method;
            const bool allowed = (name == "GET" || name == "HEAD")
                                     ? route.get != nullptr
                                     : (name == "POST" && route.post != nullptr);
            if (allowed) {
                continue;
            }
            const Response response =
                site.browser.send(site.browser.request(method, target_of(route)));
            BOOST_TEST_CONTEXT(method << ' ' << route.path) {
                BOOST_TEST(response.status == 405);
                const std::string wanted =
                    route.get == nullptr
                        ? "POST"
                        : (route.post == nullptr ? "GET, HEAD" : "GET, HEAD, POST");
                BOOST_TEST(header(response, "Allow") == wanted);
                BOOST_TEST(response.body.find("<h1>") != std::string::npos);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_answer_carries_the_security_headers) {
    Site site;
    const std::vector<Response> answers = {
        site.browser.get("/login/"),
        site.browser.get("/nowhere/"),
        site.browser.get("/logout/"),
        site.browser.get("/clientes/portal/"),
        site.browser.get("/login/?x=%"),
        site.browser.send(site.browser.request("POST", "/login/")),
        answered(site.services, &broken_page)};
    for (const auto& answer : answers) {
        BOOST_TEST_CONTEXT(answer.status) {
            const std::string policy = header(answer, "Content-Security-Policy");
            BOOST_TEST(policy.find("default-src 'none'") != std::string::npos);
            BOOST_TEST(policy.find("frame-ancestors 'none'") != std::string::npos);
            BOOST_TEST(policy.find("unsafe") == std::string::npos);
            BOOST_TEST(header(answer, "X-Content-Type-Options") == "nosniff");
            BOOST_TEST(header(answer, "X-Frame-Options") == "DENY");
            BOOST_TEST(header(answer, "Referrer-Policy") == "same-origin");
            BOOST_TEST(header(answer, "Cache-Control") == "no-store");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_400) {
    Site site;
    for (const char* query : {"x=%", "x=%00", "x=%ff", "x=%C0%AF"}) {
        BOOST_TEST(site.browser.get("/login/?"s + query).status == 400);
    }
    const std::string token = site.browser.form_token();
    const auto posted = [&](const std::string& body, const std::string& type) {
        Request request = site.browser.request("POST", "/login/");
        request.body = body + "&csrf_token=" + token;
        request.body_length = request.body.size();
        request.content_type = type;
        return site.browser.send(request).status;
    };
    const std::string form = "application/x-www-form-urlencoded";
    BOOST_TEST(posted("username=a&password=b", form) == 422);
    BOOST_TEST(posted("username=%", form) == 400);
    BOOST_TEST(posted("username=%00", form) == 400);
    BOOST_TEST(posted("username=\xff", form) == 400);
    BOOST_TEST(posted("username=a", "application/json") == 400);
    BOOST_TEST(posted("username=a", "multipart/form-data; boundary=x") == 400);
    BOOST_TEST(posted("username=a", "") == 400);
    BOOST_TEST(posted(std::string(300, '&'), form) == 400);
    Request cut = Browser::with_form(site.browser.request("POST", "/login/"), {{"username", "a"}});
    cut.body_complete = false;
    BOOST_TEST(site.browser.send(cut).status == 400);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_is_413) {
    Site site;
    Request request = site.browser.request("POST", "/login/");
    request.content_type = "application/x-www-form-urlencoded";
    request.body_length = max_form_bytes + 1;
    const Response response = site.browser.send(request);
    BOOST_TEST(response.status == 413);
    BOOST_TEST(response.body.find("<h1>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_that_fails_is_500_and_tells_nothing_but_its_number) {
    Site site;
    const Response response = answered(site.services, &broken_page);
    BOOST_TEST(response.status == 500);
    BOOST_TEST(response.body.find("secret detail") == std::string::npos);
    BOOST_TEST(response.body.find("folio123") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_may_work_later_is_503_with_a_time) {
    Site site;
    const Response response = answered(site.services, &busy_page);
    BOOST_TEST(response.status == 503);
    BOOST_TEST(header(response, "Retry-After") == "5");
}

BOOST_AUTO_TEST_CASE(without_a_database_pages_are_503_and_those_that_need_none_still_work) {
    Site site;
    Settings settings = site.settings;
    settings.database_url = "postgresql:///x?host=/nonexistent-folder";
    Services services(settings, site.clock, test_renderer(), "away");
    Browser browser(services);
    BOOST_TEST(browser.get("/clientes/portal/recuperar/").status == 200);
    BOOST_TEST(browser.get("/login/").status == 200);
    BOOST_TEST(browser.get("/datos-archivados/reclamar-usuario/").status == 200);
    for (const char* path :
         {"/datos-archivados/buscar-usuario/", "/datos-archivados/verificar-codigo-reclamacion/"}) {
        const Response response = browser.get(path);
        BOOST_TEST(response.status == 503, path);
        BOOST_TEST(header(response, "Retry-After") == "5");
        BOOST_TEST(response.body.find("<h1>") != std::string::npos);
    }
    BOOST_TEST(browser.post("/login/", {{"username", "maria"}, {"password", good}}).status == 503);
    browser.cookies["session"] = random_token();
    BOOST_TEST(browser.get("/clientes/portal/").status == 503);
}

BOOST_AUTO_TEST_CASE(a_hostile_request_never_gets_a_500) {
    Site site;
    const std::vector<std::string> values = {"'",
                                             "\"",
                                             "' OR 1=1 --",
                                             "<script>alert(1)</script>",
                                             "{{csrf_token}}",
                                             "{{{x}}}",
                                             "../../../etc/passwd",
                                             "%s%s%n",
                                             "$(id)",
                                             "`id`",
                                             "\r\nSet-Cookie: a=b",
                                             "-1",
                                             "99999999999999999999",
                                             "0x10",
                                             "NaN",
                                             "1e309",
                                             std::string(5000, 'A'),
                                             "😀",
                                             "\xe2\x80\xae"
                                             "abc",
                                             "null",
                                             "[]",
                                             "{}",
                                             "\\",
                                             "%27",
                                             "a'b\"c<d>e&f"};
    for (const auto& route : whole_site().routes) {
        for (const auto& value : values) {
            FormFields fields;
            for (const char* name : {"username",
                                     "password",
                                     "email",
                                     "code",
                                     "first_name",
                                     "last_name",
                                     "password1",
                                     "password2",
                                     "next",
                                     "account",
                                     "session",
                                     "old_password"}) {
                fields.emplace_back(name, value);
            }
            BOOST_TEST_CONTEXT(route.path << ' ' << value.substr(0, 40)) {
                if (route.post != nullptr
                    && route.path.find("reclamar-usuario/") == std::string_view::npos) {
                    const Response response = site.browser.post(target_of(route), fields);
                    BOOST_TEST(response.status < 500);
                    BOOST_TEST(response.body.find("<script>alert") == std::string::npos);
                }
                if (route.get != nullptr) {
                    const Response response =
                        site.browser.get(target_of(route) + "?next=" + percent_encoded(value)
                                         + "&primera=" + percent_encoded(value));
                    BOOST_TEST(response.status < 500);
                    BOOST_TEST(response.body.find("<script>alert") == std::string::npos);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(form_tokens)

BOOST_AUTO_TEST_CASE(every_post_without_a_token_is_403_and_changes_nothing) {
    Site site;
    Browser inside = site.signed_in("jefa", true);
    const auto before =
        site.text("SELECT count(*) || ' ' || (SELECT count(*) FROM claim) FROM session");
    for (const auto& route : whole_site().routes) {
        if (route.post == nullptr) {
            continue;
        }
        for (const char* token : {"", "x", "AAAA", "null"}) {
            const Response response = inside.send(Browser::with_form(
                inside.request("POST", target_of(route)), {{"csrf_token", token}, {"all", "1"}}));
            BOOST_TEST(response.status == 403, route.path);
            BOOST_TEST(response.body.find("<h1>") != std::string::npos);
        }
    }
    BOOST_TEST(site.text("SELECT count(*) || ' ' || (SELECT count(*) FROM claim) FROM session")
               == before);
}

BOOST_AUTO_TEST_CASE(a_token_is_bound_to_its_browser_and_session) {
    Site site;
    Browser other(site.services);
    const std::string foreign = other.form_token();
    const auto status = [&](Browser& browser, const std::string& token) {
        return browser
            .send(Browser::with_form(browser.request("POST", "/clientes/portal/recuperar/"),
                                     {{"email", "x"}, {"csrf_token", token}}))
            .status;
    };
    const std::string mine = site.browser.form_token();
    BOOST_TEST(status(site.browser, foreign) == 403);
    BOOST_TEST(status(site.browser, mine) == 422);
    BOOST_TEST(status(site.browser, mine) == 422);  // a form may be sent again after an error
    // One character altered.
    for (const std::size_t at : {std::size_t{0}, mine.size() / 2, mine.size() - 2}) {
        std::string altered = mine;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        BOOST_TEST(status(site.browser, altered) == 403);
    }
    // A token from before the login is worthless after it, and after logging out again.
    Browser inside = site.signed_in("maria");
    const std::string within = inside.form_token();
    BOOST_TEST(status(inside, within) == 422);
    inside.cookies.erase("session");
    BOOST_TEST(status(inside, within) == 403);
}

BOOST_AUTO_TEST_CASE(a_browser_without_our_cookie_has_no_form_of_ours) {
    Site site;
    const std::string token = site.browser.form_token();
    Browser bare(site.services);
    BOOST_TEST(
        bare.send(Browser::with_form(bare.request("POST", "/login/"), {{"csrf_token", token}}))
            .status
        == 403);
    for (const auto& cookie : {""s, "short"s, std::string(43, '!'), std::string(44, 'A')}) {
        bare.cookies = {{"visitor", cookie}};
        BOOST_TEST(
            bare.send(Browser::with_form(bare.request("POST", "/login/"), {{"csrf_token", token}}))
                .status
            == 403);
    }
}

BOOST_AUTO_TEST_CASE(a_token_never_looks_the_same_twice) {
    Site site;
    BOOST_TEST(site.browser.form_token() != site.browser.form_token());
}

BOOST_AUTO_TEST_CASE(a_post_from_another_place_is_refused_even_with_a_token) {
    Site site;
    const auto status = [&](const std::string& origin, const std::string& fetch_site) {
        Request request =
            Browser::with_form(site.browser.request("POST", "/clientes/portal/recuperar/"),
                               {{"email", "x"}, {"csrf_token", site.browser.form_token()}});
        request.origin = origin;
        request.fetch_site = fetch_site;
        return site.browser.send(request).status;
    };
    BOOST_TEST(status("", "") == 422);
    BOOST_TEST(status("http://127.0.0.1:8080", "same-origin") == 422);
    BOOST_TEST(status("", "none") == 422);
    for (const char* origin : {"http://evil.com",
                               "null",
                               "https://127.0.0.1:8080",
                               "http://127.0.0.1:8081",
                               "http://127.0.0.1:8080.evil.com",
                               "http://127.0.0.1:8080/",
                               "file://"}) {
        BOOST_TEST(status(origin, "") == 403, origin);
    }
    BOOST_TEST(status("", "cross-site") == 403);
    BOOST_TEST(status("http://127.0.0.1:8080", "cross-site") == 403);
}

BOOST_AUTO_TEST_CASE(a_token_in_the_address_does_not_count) {
    Site site;
    const std::string token = site.browser.form_token();
    Request request = Browser::with_form(
        site.browser.request("POST", "/clientes/portal/recuperar/?csrf_token=" + token),
        {{"email", "x"}});
    BOOST_TEST(site.browser.send(request).status == 403);
}

BOOST_AUTO_TEST_SUITE_END()

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
