// The skeleton behind every page: routes, methods, limits, the one catch, the headers.
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"
#include "core/random.h"
#include "http/form.h"
#include "pages/site.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

namespace {

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

BOOST_AUTO_TEST_CASE(what_the_table_of_these_tests_has_is_a_route_of_some_program) {
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
    for (const auto& path : here) {
        BOOST_TEST(there.contains(path), path);
    }
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

BOOST_AUTO_TEST_SUITE_END()
