// One HTTP answer, built whole before its first byte is sent: a process that dies half way never
// looks like a short page.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ventanilla {

struct Cookie {
    std::string name;  // the server adds the __Host- prefix on https
    std::string value;
    std::chrono::seconds max_age{0};  // 0: until the browser closes; negative: delete it now
};

struct Response {
    int status = 200;
    std::string content_type = "text/html; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<Cookie> cookies;
    // Where this page's forms may end besides this site, as sources of a Content-Security-Policy:
    // browsers look at every redirect that answers a form.
    std::string form_targets;
    // Not sent before so long after the request came in; meanwhile the process serves others. Zero:
    // at once.
    std::chrono::milliseconds hold{0};

    // 303: after a successful POST, and to the login. `location` is a path of ours.
    [[nodiscard]] static Response see_other(std::string location);

    Response& with_header(std::string name, std::string value);
    Response& with_cookie(Cookie cookie);
};

// The answer as FastCGI carries it (RFC 3875 6): `Status:`, headers, Set-Cookie with HttpOnly,
// SameSite=Lax and Path=/, Content-Length, body (left out for HEAD). Line ends in header values are
// dropped.
[[nodiscard]] std::string serialized(const Response& response, bool secure_cookies, bool with_body);

// The same without the body, for those who send it from where it is.
[[nodiscard]] std::string serialized_head(const Response& response, bool secure_cookies);

// `__Host-NAME` on https (RFC 6265bis 4.1.3.2), NAME on plain http.
[[nodiscard]] std::string cookie_name(std::string_view name, bool secure_cookies);

}  // namespace ventanilla
