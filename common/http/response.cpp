#include "http/response.h"

#include <algorithm>

namespace ventanilla {
namespace {

std::string_view reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 303:
            return "See Other";
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 413:
            return "Content Too Large";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        default:
            return "Status";
    }
}

void append_header(std::string& text, std::string_view name, std::string_view value) {
    constexpr std::string_view line_ends("\r\n\0", 3);
    text += name;
    text += ": ";
    while (!value.empty()) {
        const auto plain = std::min(value.find_first_of(line_ends), value.size());
        text += value.substr(0, plain);
        value.remove_prefix(std::min(plain + 1, value.size()));
    }
    text += "\r\n";
}

std::string cookie_text(const Cookie& cookie, bool secure) {
    std::string text = cookie_name(cookie.name, secure) + '=' + cookie.value;
    text += "; Path=/; HttpOnly; SameSite=Lax";
    if (secure) {
        text += "; Secure";
    }
    if (cookie.max_age.count() != 0) {
        text += "; Max-Age=" + std::to_string(std::max<std::int64_t>(cookie.max_age.count(), 0));
    }
    return text;
}

}  // namespace

std::string cookie_name(std::string_view name, bool secure_cookies) {
    return (secure_cookies ? "__Host-" : "") + std::string(name);
}

Response Response::see_other(std::string location) {
    Response response;
    response.status = 303;
    response.with_header("Location", std::move(location));
    return response;
}

Response& Response::with_header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

Response& Response::with_cookie(Cookie cookie) {
    cookies.push_back(std::move(cookie));
    return *this;
}

std::string serialized_head(const Response& response, bool secure_cookies) {
    std::string text;
    text.reserve(1024);
    append_header(text,
                  "Status",
                  std::to_string(response.status) + ' ' + std::string(reason(response.status)));
    append_header(text, "Content-Type", response.content_type);
    append_header(text, "Content-Length", std::to_string(response.body.size()));
    for (const auto& [name, value] : response.headers) {
        append_header(text, name, value);
    }
    for (const auto& cookie : response.cookies) {
        append_header(text, "Set-Cookie", cookie_text(cookie, secure_cookies));
    }
    text += "\r\n";
    return text;
}

std::string serialized(const Response& response, bool secure_cookies, bool with_body) {
    std::string text = serialized_head(response, secure_cookies);
    if (with_body) {
        text += response.body;
    }
    return text;
}

}  // namespace ventanilla
