// One request through the skeleton: route, limits, form token, session, page, the one catch, the
// log line.
#include <chrono>
#include <optional>

#include "app/run_handler.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/unreachable.h"
#include "http/compression.h"
#include "http/form.h"

namespace ventanilla {
namespace {

constexpr std::string_view id_hole = "<id>";
constexpr std::size_t max_id_digits = 18;

// The number in the route's hole, 0 when it has none; absent when the path is another one.
std::optional<std::int64_t> matched(std::string_view pattern, std::string_view path) {
    const auto hole = pattern.find(id_hole);
    if (hole == std::string_view::npos) {
        return pattern == path ? std::optional<std::int64_t>(0) : std::nullopt;
    }
    const auto tail = pattern.substr(hole + id_hole.size());
    if (path.size() <= hole + tail.size() || !path.starts_with(pattern.substr(0, hole))
        || !path.ends_with(tail)) {
        return std::nullopt;
    }
    const auto digits = path.substr(hole, path.size() - hole - tail.size());
    std::int64_t id = 0;
    if (digits.size() > max_id_digits) {
        return std::nullopt;
    }
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        id = id * 10 + (digit - '0');
    }
    return id;
}

struct Destination {
    const Route* route = nullptr;  // null: no such path
    std::int64_t id = 0;
};

Destination find_route(const Handler& handler, std::string_view path) {
    for (const auto& route : handler.routes) {
        if (const auto id = matched(route.path, path)) {
            return {&route, *id};
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

Response through_access(const Route& route, Page page, Visit& visit, Services& services) {
    if (visit.request().method == "POST" && !visit.is_from_our_form()) {
        return csrf_page(visit);
    }
    if (route.access != Access::Anyone && !visit.find_session()) {
        return visit.ask_login();
    }
    if (route.access == Access::Staff && !visit.session().account.is_staff) {
        return Visit::error_page(services, visit.request(), 403);
    }
    return page(visit);
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
        const auto [route, id] = find_route(handler, request.path);
        Visit visit(request, services);
        if (route == nullptr) {
            response = visit.not_found();
        } else if (const Page page = page_for(*route, request.method); page == nullptr) {
            route_name = route->path;
            response = method_not_allowed(*route, services, request);
        } else if (const int status = reading_status(read_form(request)); status != 0) {
            route_name = route->path;
            response = Visit::error_page(services, request, status);
        } else {
            route_name = route->path;
            visit.path_id = id;
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
