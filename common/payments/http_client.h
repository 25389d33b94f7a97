// Requests of ours to payment providers, over libcurl. TLS is always verified, plain http only goes
// to loopback (tests), redirects are never followed, and every wait and every answer's size is
// bounded. The only user of libcurl in payments/; whoever uses it ignores SIGPIPE.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ventanilla {

struct OutboundRequest {
    std::string method;  // GET, POST, PUT
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;  // without Content-Length
    std::string body;
};

struct OutboundAnswer {
    int status = 0;
    std::string body;
};

// No whole answer came: connection, TLS, time, size. `reason` is for staff and the log, and holds
// neither headers nor bodies.
struct NoAnswer {
    std::string reason;
    bool may_have_arrived = false;  // the provider may have done what was asked
};

// When whoever waits for us has waited long enough.
using Deadline = std::chrono::steady_clock::time_point;
constexpr Deadline no_deadline = Deadline::max();

class HttpClient {
  public:
    struct Limits {
        std::chrono::milliseconds connect{3000};
        std::chrono::milliseconds whole{8000};
    };

    // `must_leave` is asked every now and then while a request is under way; true gives it up.
    explicit HttpClient(
        Limits limits, std::function<bool()> must_leave = [] { return false; });
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    ~HttpClient();

    // Connections are kept for the next request. `until` shortens the limits for this one.
    [[nodiscard]] std::variant<OutboundAnswer, NoAnswer> send(const OutboundRequest& request,
                                                              Deadline until = no_deadline);

  private:
    struct Handle;
    Limits limits_;
    std::function<bool()> must_leave_;
    std::unique_ptr<Handle> handle_;
};

}  // namespace ventanilla
