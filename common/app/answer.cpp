// One request through the skeleton: route, limits, form token, session, page, the one catch, the
// log line.
#include <charconv>
#include <chrono>
#include <optional>

#include "app/run_handler.h"
#include "core/digest.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/unreachable.h"
#include "http/compression.h"
#include "http/form.h"

namespace ventanilla {
namespace {

constexpr std::string_view id_hole = "<id>";
constexpr std::string_view token_hole = "<token>";
constexpr std::size_t max_id_digits = 18;
constexpr std::size_t token_characters = 43;  // random_token()

struct Destination {
    const Route* route = nullptr;  // null: no such path
    std::int64_t id = 0;
    std::string token;
};

// What stands in `path` where the pattern has `hole`; absent when the rest differs.
std::optional<std::string_view> filling(std::string_view pattern,
                                        std::string_view hole,
                                        std::string_view path) {
    const auto at = pattern.find(hole);
    const auto tail = pattern.substr(at + hole.size());
    if (path.size() <= at + tail.size() || !path.starts_with(pattern.substr(0, at))
        || !path.ends_with(tail)) {
        return std::nullopt;
    }
    return path.substr(at, path.size() - at - tail.size());
}

std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const bool fine = digits.size() <= max_id_digits && digits.front() >= '0'
                      && std::from_chars(digits.data(), end, value).ptr == end;
    return fine ? std::optional(value) : std::nullopt;
}

std::optional<Destination> matched(const Route& route, std::string_view path) {
    if (route.path.find(id_hole) != std::string_view::npos) {
        const auto text = filling(route.path, id_hole, path);
        const auto id = text ? number(*text) : std::nullopt;
        return id ? std::optional(Destination{&route, *id, ""}) : std::nullopt;
    }
    if (route.path.find(token_hole) != std::string_view::npos) {
        const auto text = filling(route.path, token_hole, path);
        const bool fits = text && text->size() == token_characters && from_base64url(*text);
        return fits ? std::optional(Destination{&route, 0, std::string(*text)}) : std::nullopt;
    }
    return route.path == path ? std::optional(Destination{&route, 0, ""}) : std::nullopt;
}

Destination find_route(const Handler& handler, std::string_view path) {
    for (const auto& route : handler.routes) {
        if (auto destination = matched(route, path)) {
            return *destination;
        }
    }
    return {};
}

Page page_for(const Route& route, const std::string& method) {
    if (method == "GET" || method == "HEAD") {
        return route.get;
    }
    return method == "POST" ? route.post : nullptr;
}

Response method_not_allowed(const Route& route, const Services& services, const Request& request) {
    std::string allowed = route.get != nullptr ? "GET, HEAD" : "";
    if (route.post != nullptr) {
        allowed += allowed.empty() ? "POST" : ", POST";
    }
    return Visit::error_page(services, request, 405).with_header("Allow", allowed);
}

// The status of a form that cannot be read; 0 when it can.
int reading_status(FormReading reading) {
    switch (reading) {
        case FormReading::Fine:
            return 0;
        case FormReading::TooLarge:
            return 413;
        case FormReading::Incomplete:
        case FormReading::WrongType:
        case FormReading::BrokenParts:
        case FormReading::TooManyFields:
        case FormReading::BadEncoding:
            return 400;
    }
    unreachable();
}

Response csrf_page(Visit& visit) {
    constexpr int forbidden = 403;
    Model model;
    model.set("back_path", visit.request().path);
    return visit.page("errors/csrf", std::move(model), forbidden);
}

bool is_allowed(Access access, const Account& account) {
    switch (access) {
        case Access::Anyone:
        case Access::Account:
            return true;
        case Access::Reader:
            return account.role >= Role::Reader;
        case Access::Operator:
            return account.role >= Role::Operator;
        case Access::Administrator:
            return account.role >= Role::Administrator;
    }
    unreachable();
}

// A page for readers is made first and thrown away when its visitor has no right to it: the session
// travels with its statement. Whatever needs more rights, or writes, waits for the answer.
Response through_access(const Route& route, Page page, Visit& visit, Services& services) {
    const bool is_post = visit.request().method == "POST";
    if (is_post && route.body != BodyKind::Raw && !visit.is_from_our_form()) {
        return csrf_page(visit);
    }
    const Access access = is_post ? route.post_access.value_or(route.access) : route.access;
    if (access == Access::Anyone) {
        return page(visit);
    }
    if (visit.session_token().empty()) {
        return visit.ask_login();
    }
    try {
        visit.expect_session();
        std::optional<Response> early;
        if (!is_post && access <= Access::Reader) {
            early = page(visit);
        }
        if (!is_allowed(access, visit.session().account)) {
            return Visit::error_page(services, visit.request(), 403);
        }
        return early ? std::move(*early) : page(visit);
    } catch (const NobodyLoggedIn&) {
        return visit.ask_login();
    }
}

void log_request(const Request& request,
                 std::string_view route,
                 int status,
                 std::chrono::steady_clock::duration took,
                 std::optional<std::int64_t> account_id) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    log_info_later("request",
                   {{"id", request.request_id},
                    {"method", request.method},
                    {"route", std::string(route)},
                    {"status", std::to_string(status)},
                    {"us", std::to_string(micros)},
                    {"account", account_id ? std::to_string(*account_id) : "-"}});
}

}  // namespace

Response answer_request(const Handler& handler, Services& services, Request& request) {
    const auto started = std::chrono::steady_clock::now();
    std::string_view route_name = "-";
    std::optional<std::int64_t> account_id;
    Response response;
    try {
        const auto [route, id, token] = find_route(handler, request.path);
        Visit visit(request, services);
        if (route == nullptr) {
            response = visit.not_found();
        } else if (const Page page = page_for(*route, request.method); page == nullptr) {
            route_name = route->path;
            response = method_not_allowed(*route, services, request);
        } else if (const int status = reading_status(read_form(request, route->body));
                   status != 0) {
            route_name = route->path;
            response = Visit::error_page(services, request, status);
        } else {
            route_name = route->path;
            visit.path_id = id;
            visit.path_token = token;
            response = through_access(*route, page, visit, services);
        }
        account_id = visit.account_id();
        visit.add_cookies(response);
    } catch (const std::exception& error) {
        const auto* failure = dynamic_cast<const Failure*>(&error);
        const bool is_temporary = failure != nullptr && failure->is_temporary();
        log_error("request_failed", {{"id", request.request_id}, {"reason", error.what()}});
        response = Visit::error_page(services, request, is_temporary ? 503 : 500);
    }
    Visit::add_security_headers(services, response);
    compress_for(request.accept_encoding, response);
    log_request(request,
                route_name,
                response.status,
                std::chrono::steady_clock::now() - started,
                account_id);
    return response;
}

}  // namespace ventanilla
