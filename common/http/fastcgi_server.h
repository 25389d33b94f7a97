// The accept loop of one process: one request at a time, on a listening socket that somebody else
// owns. The only user of libfcgi.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "http/request.h"
#include "http/response.h"

namespace ventanilla {

// Why the loop ended.
enum class ServerEnd { Asked, Idle, Retired };

struct ServerOptions {
    int listening_socket = 0;
    int signal_descriptor = -1;  // readable (signalfd) when the process is asked to leave
    bool secure_cookies = false;
    std::int64_t max_requests = 0;  // 0: no bound
    std::size_t max_body_bytes = 0;
    std::function<void()> busy = [] {};  // told before and after each request, for idle accounting
    std::function<void()> idle = [] {};
};

// Serves until asked to leave (the request at hand is finished first) or `max_requests` are done.
// `answer` must not throw. REQUIRES: the socket is non-blocking and SIGTERM is blocked, else
// libfcgi's own handler cuts bodies short.
ServerEnd serve(const ServerOptions& options, const std::function<Response(Request&)>& answer);

}  // namespace ventanilla
