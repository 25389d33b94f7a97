// Answers as nginx gets them.
#include "http/response.h"

#include <chrono>
#include <cstddef>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace ventanilla;
using namespace std::string_literals;

namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(response)

BOOST_AUTO_TEST_CASE(an_answer_is_a_status_headers_and_the_whole_body) {
    Response answer;
    answer.status = 422;
    answer.body = "<p>ñ</p>";
    answer.with_header("X-Test", "1");
    BOOST_TEST(serialized(answer, false, true)
               == "Status: 422 Unprocessable Content\r\n"
                  "Content-Type: text/html; charset=utf-8\r\n"
                  "Content-Length: 9\r\n"
                  "X-Test: 1\r\n"
                  "\r\n<p>ñ</p>");
}

BOOST_AUTO_TEST_CASE(head_gets_the_length_but_not_the_body) {
    Response answer;
    answer.body = "12345";
    const std::string text = serialized(answer, false, false);
    BOOST_TEST(text.find("Content-Length: 5\r\n") != std::string::npos);
    BOOST_TEST(text.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(every_status_that_pages_use_has_its_name) {
    for (const int status : {200, 303, 400, 403, 404, 405, 413, 422, 429, 500, 503}) {
        Response answer;
        answer.status = status;
        BOOST_TEST(
            serialized(answer, false, true).find("Status: " + std::to_string(status) + " Status")
            != 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_redirect_is_303_with_its_place) {
    const std::string text = serialized(Response::see_other("/login/"), false, true);
    BOOST_TEST(text.starts_with("Status: 303 See Other\r\n"));
    BOOST_TEST(text.find("Location: /login/\r\n") != std::string::npos);
    BOOST_TEST(text.find("Content-Length: 0\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cookie_on_http_is_for_this_site_and_no_script) {
    Response answer;
    answer.with_cookie({"session", "abc", {}});
    const std::string text = serialized(answer, false, true);
    BOOST_TEST(text.find("Set-Cookie: session=abc; Path=/; HttpOnly; SameSite=Lax\r\n")
               != std::string::npos);
    BOOST_TEST(text.find("Secure") == std::string::npos);
    BOOST_TEST(cookie_name("session", false) == "session");
}

BOOST_AUTO_TEST_CASE(a_cookie_on_https_has_the_host_prefix_and_is_secure) {
    Response answer;
    answer.with_cookie({"session", "abc", {}});
    const std::string text = serialized(answer, true, true);
    BOOST_TEST(
        text.find("Set-Cookie: __Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure\r\n")
        != std::string::npos);
    BOOST_TEST(text.find("Domain") == std::string::npos);
    BOOST_TEST(cookie_name("session", true) == "__Host-session");
}

BOOST_AUTO_TEST_CASE(a_cookie_may_last_and_may_be_taken_back) {
    Response answer;
    answer.with_cookie({"device", "x", std::chrono::hours(1)})
        .with_cookie({"notice", "", std::chrono::seconds(-1)});
    const std::string text = serialized(answer, false, true);
    BOOST_TEST(text.find("Set-Cookie: device=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600\r\n")
               != std::string::npos);
    BOOST_TEST(text.find("Set-Cookie: notice=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n")
               != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_can_add_a_header_through_a_value) {
    Response answer = Response::see_other("/x\r\nSet-Cookie: evil=1\r\n\r\n<script>");
    answer.with_header("X-Test", "a\nX-Evil: 1\0b"s).with_cookie({"c", "v\r\nX-Evil: 2", {}});
    answer.content_type = "text/html\r\nX-Evil: 3";
    const std::string text = serialized(answer, false, true);
    BOOST_TEST(occurrences(text, "\r\n") == 7U);
    BOOST_TEST(text.find("\nX-Evil") == std::string::npos);
    BOOST_TEST(text.find("\nSet-Cookie: evil") == std::string::npos);
    BOOST_TEST(text.find('\0') == std::string::npos);
    BOOST_TEST(text.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
