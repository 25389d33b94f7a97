#include "http/fastcgi_server.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fcgiapp.h>
#include <list>
#include <memory>
#include <poll.h>

#include <sys/epoll.h>

#include "core/descriptor.h"
#include "core/errors.h"
#include "core/log.h"
#include "http/form.h"

namespace ventanilla {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// After so many requests in a row a busy process looks whether it is asked to leave.
constexpr int requests_between_looks = 32;
// Answers that wait for their moment hold no process, only memory; beyond this they are sent early.
constexpr std::size_t max_held_answers = 512;

std::string parameter(const FCGX_Request& request, const char* name) {
    const char* value = FCGX_GetParam(name, request.envp);
    return value == nullptr ? "" : value;
}

std::size_t announced_length(const std::string& text) {
    std::size_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
}

void read_body(const FCGX_Request& source, std::size_t limit, Request& request) {
    request.body_length = announced_length(parameter(source, "CONTENT_LENGTH"));
    if (request.body_length == 0 || request.body_length > limit) {
        return;
    }
    request.body.resize(request.body_length);
    std::size_t have = 0;
    while (have < request.body_length) {
        const int count = FCGX_GetStr(
            request.body.data() + have, static_cast<int>(request.body_length - have), source.in);
        if (count <= 0) {
            break;
        }
        have += static_cast<std::size_t>(count);
    }
    request.body_complete = have == request.body_length;
    request.body.resize(have);
}

bool is_form(std::string_view content_type) {
    return content_type.starts_with("application/x-www-form-urlencoded")
           || content_type.starts_with("multipart/form-data");
}

// HTTP_X_REQUEST_ID=... is the header x-request-id (RFC 3875 4.1.18).
std::vector<std::pair<std::string, std::string>> all_headers(const FCGX_Request& source) {
    constexpr std::string_view prefix = "HTTP_";
    std::vector<std::pair<std::string, std::string>> headers;
    for (char** at = source.envp; *at != nullptr; ++at) {
        const std::string_view pair(*at);
        const auto equals = pair.find('=');
        if (!pair.starts_with(prefix) || equals == std::string_view::npos) {
            continue;
        }
        std::string name(pair.substr(prefix.size(), equals - prefix.size()));
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        headers.emplace_back(std::move(name), pair.substr(equals + 1));
    }
    return headers;
}

Request read_request(const FCGX_Request& source, std::size_t max_body_bytes) {
    Request request;
    request.method = parameter(source, "REQUEST_METHOD");
    const std::string target = parameter(source, "REQUEST_URI");
    const auto question = std::min(target.find('?'), target.size());
    request.path = target.substr(0, question);
    request.query_string = parameter(source, "QUERY_STRING");
    request.content_type = parameter(source, "CONTENT_TYPE");
    request.request_id = parameter(source, "REQUEST_ID");
    request.remote_address = parameter(source, "REMOTE_ADDR");
    request.user_agent = parameter(source, "HTTP_USER_AGENT");
    request.accept_encoding = parameter(source, "HTTP_ACCEPT_ENCODING");
    request.host = parameter(source, "HTTP_HOST");
    request.origin = parameter(source, "HTTP_ORIGIN");
    request.fetch_site = parameter(source, "HTTP_SEC_FETCH_SITE");
    request.is_https = !parameter(source, "HTTPS").empty();
    request.cookies = read_cookies(parameter(source, "HTTP_COOKIE"));
    if (request.method == "POST" && !is_form(request.content_type)) {
        request.headers = all_headers(source);
    }
    read_body(source, max_body_bytes, request);
    return request;
}

// The library keeps pointers to the request itself, so it stays where it was made.
using RequestOwner = std::unique_ptr<FCGX_Request>;

void send(FCGX_Request& request, std::string_view head, std::string_view body) {
    FCGX_PutStr(head.data(), static_cast<int>(head.size()), request.out);
    FCGX_PutStr(body.data(), static_cast<int>(body.size()), request.out);
    FCGX_Finish_r(&request);
}

struct HeldAnswer {
    RequestOwner request;
    std::string text;
    steady_clock::time_point due;
};

class Loop {
  public:
    Loop(const ServerOptions& options, const std::function<Response(Request&)>& answer)
        : options_(options), answer_(answer) {
        FCGX_Init();
        prepare_next();
        watch(options_.signal_descriptor, EPOLLIN);
        // A connection wakes one of the processes that wait for it, not all of them.
        watch(options_.listening_socket, EPOLLIN | EPOLLEXCLUSIVE);
    }

    ServerEnd run() {
        while (!wait_is_end()) {
            for (int i = 0; i < requests_between_looks && accept(); ++i) {
                serve_one();
                send_due(steady_clock::now());
                if (options_.max_requests > 0 && ++served_ >= options_.max_requests) {
                    finish_all();
                    return ServerEnd::Retired;
                }
            }
        }
        finish_all();
        return ServerEnd::Asked;
    }

  private:
    void watch(int descriptor, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = descriptor;
        if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
            throw Failure("cannot wait for requests");
        }
    }

    // Until there is a connection or an answer is due. True when the process is asked to leave.
    bool wait_is_end() {
        flush_log();
        std::array<epoll_event, 2> events{};
        const int count = epoll_wait(epoll_.get(),
                                     events.data(),
                                     static_cast<int>(events.size()),
                                     milliseconds_to_next_due());
        send_due(steady_clock::now());
        return std::any_of(events.begin(), events.begin() + std::max(count, 0), [&](auto& event) {
            return event.data.fd == options_.signal_descriptor;
        });
    }

    // False when nobody is there, or another process was faster.
    bool accept() { return FCGX_Accept_r(accepting_.get()) == 0; }

    void prepare_next() {
        accepting_ = std::make_unique<FCGX_Request>();
        FCGX_InitRequest(accepting_.get(), options_.listening_socket, 0);
    }

    void serve_one() {
        options_.busy();
        const auto started = steady_clock::now();
        Request request = read_request(*accepting_, options_.max_body_bytes);
        const bool with_body = request.method != "HEAD";
        const Response response = answer_(request);
        const std::string head = serialized_head(response, options_.secure_cookies);
        const std::string_view body = with_body ? std::string_view(response.body) : "";
        const auto due = started + response.hold;
        if (response.hold.count() > 0 && due > steady_clock::now()
            && held_.size() < max_held_answers) {
            held_.push_back({std::move(accepting_), head + std::string(body), due});
            prepare_next();
        } else {
            send(*accepting_, head, body);
        }
        options_.idle();
    }

    void send_due(steady_clock::time_point now) {
        for (auto held = held_.begin(); held != held_.end();) {
            if (held->due <= now) {
                send(*held->request, held->text, "");
                held = held_.erase(held);
            } else {
                ++held;
            }
        }
    }

    // Before leaving: what is held goes out when it is due, which is at most a few seconds.
    void finish_all() {
        while (!held_.empty()) {
            poll(nullptr, 0, milliseconds_to_next_due());
            send_due(steady_clock::now());
        }
        FCGX_Free(accepting_.get(), 1);
        flush_log();
    }

    [[nodiscard]] int milliseconds_to_next_due() const {
        if (held_.empty()) {
            return -1;
        }
        const auto next = std::min_element(
            held_.begin(), held_.end(), [](const HeldAnswer& a, const HeldAnswer& b) {
                return a.due < b.due;
            });
        const auto left = std::chrono::ceil<milliseconds>(next->due - steady_clock::now()).count();
        return static_cast<int>(std::max<std::int64_t>(left, 0));
    }

    const ServerOptions& options_;
    const std::function<Response(Request&)>& answer_;
    Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
    RequestOwner accepting_;
    std::list<HeldAnswer> held_;
    std::int64_t served_ = 0;
};

}  // namespace

ServerEnd serve(const ServerOptions& options, const std::function<Response(Request&)>& answer) {
    return Loop(options, answer).run();
}

}  // namespace ventanilla
