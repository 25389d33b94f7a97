// Requests of ours: what goes out, what is taken as an answer, and how long it may last.
#include "payments/http_client.h"

#include <atomic>
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "unit/web_server.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

HttpClient::Limits quick() {
    return {200ms, 300ms};
}

OutboundAnswer answer_of(const std::variant<OutboundAnswer, NoAnswer>& sent) {
    const auto* none = std::get_if<NoAnswer>(&sent);
    BOOST_REQUIRE_MESSAGE(none == nullptr, (none == nullptr ? "" : none->reason));
    return std::get<OutboundAnswer>(sent);
}

NoAnswer none_of(const std::variant<OutboundAnswer, NoAnswer>& sent) {
    BOOST_REQUIRE(std::holds_alternative<NoAnswer>(sent));
    return std::get<NoAnswer>(sent);
}

OutboundRequest get(const std::string& url) {
    return {"GET", url, {}, ""};
}

// A port of this host where nobody listens.
std::string nobody() {
    const WebServer gone([](const WebRequest&) { return ""; });
    return gone.url();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_client)

BOOST_AUTO_TEST_CASE(a_request_arrives_as_it_was_put_together) {
    WebServer server([](const WebRequest&) { return web_answer(201, "made"); });
    HttpClient client(quick());
    const std::string body = "a=\0b&c=d" + std::string(100'000, 'x');
    const auto answer = answer_of(client.send({"POST",
                                               server.url() + "/v1/things/../x?a=%2F&b[]=c",
                                               {{"X-One", "1"}, {"Content-Type", "text/x"}},
                                               body}));
    BOOST_TEST(answer.status == 201);
    BOOST_TEST(answer.body == "made");
    const auto request = server.request();
    BOOST_TEST(request.method == "POST");
    BOOST_TEST(request.target == "/v1/things/../x?a=%2F&b[]=c");
    BOOST_TEST(request.header("x-one") == "1");
    BOOST_TEST(request.header("content-type") == "text/x");
    BOOST_TEST(request.header("user-agent") == "Ventanilla");
    BOOST_TEST(request.headers.count("expect") == 0U);
    BOOST_TEST(request.headers.count("accept-encoding") == 0U);
    BOOST_TEST((request.body == body));
}

BOOST_AUTO_TEST_CASE(one_method_leaves_no_trace_in_the_next) {
    WebServer server(
        [](const WebRequest& request) { return web_answer(200, request.method + request.body); });
    HttpClient client(quick());
    BOOST_TEST(answer_of(client.send({"PUT", server.url(), {{"X-One", "1"}}, "p"})).body == "PUTp");
    BOOST_TEST(answer_of(client.send(get(server.url()))).body == "GET");
    BOOST_TEST(server.request().headers.count("x-one") == 0U);
    BOOST_TEST(answer_of(client.send({"POST", server.url(), {}, ""})).body == "POST");
    BOOST_TEST(server.request().header("content-length") == "0");
    BOOST_TEST(server.connections == 1);
}

BOOST_AUTO_TEST_CASE(every_status_is_an_answer_and_a_redirect_is_not_followed) {
    for (const int status : {200, 204, 302, 307, 400, 404, 500, 503}) {
        WebServer server([&](const WebRequest&) {
            return web_answer(status, status == 204 ? "" : "x", "Location: /elsewhere\r\n");
        });
        HttpClient client(quick());
        BOOST_TEST(answer_of(client.send(get(server.url()))).status == status);
        BOOST_TEST(server.requests().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(no_cookie_is_kept) {
    WebServer server([](const WebRequest&) { return web_answer(200, "", "Set-Cookie: a=b\r\n"); });
    HttpClient client(quick());
    (void)client.send(get(server.url()));
    (void)client.send(get(server.url()));
    BOOST_TEST(server.request().headers.count("cookie") == 0U);
}

BOOST_AUTO_TEST_CASE(proxies_of_the_environment_are_not_asked) {
    WebServer proxy([](const WebRequest&) { return web_answer(200, "proxy"); });
    WebServer server([](const WebRequest&) { return web_answer(200, "server"); });
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) {
        BOOST_REQUIRE(setenv(name, proxy.url().c_str(), 1) == 0);
    }
    HttpClient client(quick());
    BOOST_TEST(answer_of(client.send(get(server.url()))).body == "server");
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) {
        BOOST_REQUIRE(unsetenv(name) == 0);
    }
    BOOST_TEST(proxy.connections == 0);
}

BOOST_AUTO_TEST_CASE(plain_http_stays_on_this_host_and_other_schemes_go_nowhere) {
    HttpClient client(quick());
    for (const char* url : {"http://192.0.2.1/",
                            "http://ejemplo.org/",
                            "http://127.0.0.1.ejemplo.org/",
                            "ftp://127.0.0.1/",
                            "file:///etc/hostname",
                            "https://user@127.0.0.1/",
                            ""}) {
        const auto none = none_of(client.send(get(url)));
        BOOST_TEST(!none.may_have_arrived, url);
        BOOST_TEST(none.reason == "the address or a header is not one that may be sent", url);
    }
}

BOOST_AUTO_TEST_CASE(a_header_that_leaves_its_line_is_not_sent) {
    WebServer server([](const WebRequest&) { return web_answer(200, ""); });
    HttpClient client(quick());
    for (const std::string& value :
         {std::string("a\r\nX: y"), std::string("a\nb"), std::string("a\0b", 3)}) {
        BOOST_TEST(
            !none_of(client.send({"GET", server.url(), {{"X-One", value}}, ""})).may_have_arrived);
    }
    BOOST_TEST(server.connections == 0);
}

BOOST_AUTO_TEST_CASE(whether_it_may_have_arrived_is_told) {
    HttpClient client(quick());
    BOOST_TEST(!none_of(client.send(get(nobody()))).may_have_arrived);
    BOOST_TEST(!none_of(client.send(get("https://nobody.invalid/"))).may_have_arrived);
    const WebServer closing([](const WebRequest&) { return ""; });
    BOOST_TEST(none_of(client.send(get(closing.url()))).may_have_arrived);
    const WebServer cut([](const WebRequest&) {
        return "HTTP/1.1 200 Said\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf";
    });
    HttpClient other(quick());
    BOOST_TEST(none_of(other.send(get(cut.url()))).may_have_arrived);
}

BOOST_AUTO_TEST_CASE(what_speaks_no_tls_gets_no_request) {
    WebServer server([](const WebRequest&) { return web_answer(200, "plain"); });
    HttpClient client(quick());
    const std::string url = "https" + server.url().substr(4) + "/?secret=1";
    const auto none = none_of(client.send({"GET", url, {{"Authorization", "Bearer secret"}}, ""}));
    BOOST_TEST(!none.may_have_arrived);
    BOOST_TEST(none.reason.find("secret") == std::string::npos);
    BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_is_left_in_time) {
    const WebServer server([](const WebRequest&) { return WebServer::silence; });
    HttpClient client(quick());
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(none_of(client.send(get(server.url()))).may_have_arrived);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 250ms));
}

BOOST_AUTO_TEST_CASE(a_deadline_shortens_the_limits_and_one_that_is_over_sends_nothing) {
    WebServer server([](const WebRequest&) { return WebServer::silence; });
    HttpClient patient({std::chrono::hours(1), std::chrono::hours(1)});
    const auto now = std::chrono::steady_clock::now();
    BOOST_TEST(none_of(patient.send(get(server.url()), now + 100ms)).may_have_arrived);
    BOOST_TEST(none_of(patient.send(get(server.url()), now)).reason == "no time is left");
    BOOST_TEST(server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_program_that_is_to_leave_gives_up) {
    const WebServer server([](const WebRequest&) { return WebServer::silence; });
    std::atomic<int> asked = 0;
    HttpClient client({std::chrono::hours(1), std::chrono::hours(1)}, [&] { return ++asked > 3; });
    const auto none = none_of(client.send(get(server.url())));
    BOOST_TEST(none.reason == "given up because the program is to leave");
    BOOST_TEST(asked > 3);
}

BOOST_AUTO_TEST_CASE(an_answer_has_at_most_a_mebibyte) {
    constexpr std::size_t mebibyte = 1024UL * 1024;
    for (const bool says_its_size : {true, false}) {
        std::size_t size = mebibyte;
        const WebServer server([&](const WebRequest&) {
            const std::string body(size, 'x');
            return says_its_size
                       ? web_answer(200, body) + ""
                       : "HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n" + body
                             + (size > mebibyte ? "" : "x") + "\r\n0\r\n\r\n";
        });
        HttpClient client({1s, 10s});
        if (says_its_size) {
            BOOST_TEST(answer_of(client.send(get(server.url()))).body.size() == mebibyte);
        }
        size = mebibyte + 1;
        const auto none = none_of(client.send(get(server.url())));
        BOOST_TEST(none.reason == "the answer is longer than a provider's answers are");
        BOOST_TEST(none.may_have_arrived);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_http_is_no_answer) {
    for (const char* said : {"garbage\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "\r\n\r\n"}) {
        const WebServer server([&](const WebRequest&) { return said; });
        HttpClient client(quick());
        BOOST_TEST(none_of(client.send(get(server.url()))).may_have_arrived, said);
    }
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_closed_meanwhile_is_made_anew) {
    std::atomic<bool> closes = true;
    WebServer server([&](const WebRequest&) {
        return web_answer(200, "x", closes ? "Connection: close\r\n" : "");
    });
    HttpClient client(quick());
    BOOST_TEST(answer_of(client.send(get(server.url()))).body == "x");
    closes = false;
    BOOST_TEST(answer_of(client.send(get(server.url()))).body == "x");
    BOOST_TEST(server.connections == 2);
}

BOOST_AUTO_TEST_SUITE_END()
