#include "app/run_handler.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <malloc.h>
#include <string>
#include <unistd.h>

#include <sys/socket.h>

#include "app/prefork.h"
#include "core/errors.h"
#include "core/log.h"
#include "db/migrations.h"
#include "http/fastcgi_server.h"
#include "http/form.h"

namespace ventanilla {
namespace {

constexpr int first_passed_descriptor = 3;  // sd_listen_fds(3)
// Blocks from this size on are given back at once: an Argon2id computation's 19 MiB do not stay
// with the process.
constexpr int mmap_threshold_bytes = 256 * 1024;

// The listening socket that systemd or the supervisor passed as descriptor 3, or as standard input.
int listening_socket() {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    int descriptor = 0;
    if (pid != nullptr && count != nullptr && std::to_string(getpid()) == pid) {
        if (std::string(count) != "1") {
            throw Misconfigured("exactly one listening socket is wanted, LISTEN_FDS says "
                                + std::string(count));
        }
        descriptor = first_passed_descriptor;
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
        unsetenv(name);
    }
    int listens = 0;
    socklen_t size = sizeof(listens);
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
        throw Misconfigured(
            "no listening socket: systemd or ventanilla-supervisor starts handlers");
    }
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    return descriptor;
}

Renderer load_templates(const Settings& settings, const Handler& handler) {
    Renderer renderer(settings.templates_dir);
    renderer.load_pages("errors");
    for (const auto folder : handler.page_folders) {
        renderer.load_pages(std::string(folder));
    }
    return renderer;
}

int check(const Handler& handler) {
    const Settings settings = Settings::from_environment();
    const Renderer renderer = load_templates(settings, handler);
    if (handler.check != nullptr) {
        handler.check(settings);
    }
    db::Connection database({settings.database_url, settings.database_pooler, "ventanilla-check"});
    if (!db::pending_migrations(database, settings.sql_dir + "/migrations").empty()) {
        throw Misconfigured(
            "the database's schema is older than this version: run ventanilla migrar");
    }
    return exit_fine;
}

std::size_t max_body(const Handler& handler) {
    std::size_t most = max_form_bytes;
    for (const auto& route : handler.routes) {
        most = std::max(most, max_bytes(route.body));
    }
    return most;
}

void serve_as_child(const Handler& handler,
                    const Settings& settings,
                    const Renderer& renderer,
                    int socket,
                    int signal_descriptor,
                    Activity& activity) {
    const SystemClock clock;
    Services services(settings, clock, renderer, std::string(handler.name));
    ServerOptions options;
    options.listening_socket = socket;
    options.signal_descriptor = signal_descriptor;
    options.secure_cookies = settings.is_https();
    options.max_requests = settings.max_requests;
    options.max_body_bytes = max_body(handler);
    options.busy = [&activity] { activity.busy(); };
    options.idle = [&activity] { activity.idle(); };
    serve(options, [&](Request& request) { return answer_request(handler, services, request); });
}

int run(const Handler& handler) {
    const Settings settings = Settings::from_environment();
    const int socket = listening_socket();
    const Renderer renderer = load_templates(settings, handler);
    (void)std::signal(SIGPIPE, SIG_IGN);  // a provider that hangs up is an answer that did not come
    mallopt(M_MMAP_THRESHOLD, mmap_threshold_bytes);
    mallopt(M_ARENA_MAX, 1);
    return prefork({settings.worker_count(), std::chrono::seconds(settings.idle_exit)},
                   [&](int signal_descriptor, Activity& activity) {
                       serve_as_child(
                           handler, settings, renderer, socket, signal_descriptor, activity);
                   });
}

}  // namespace

int run_handler(int argc, char** argv, const Handler& handler) {
    const std::string argument = argc > 1 ? argv[1] : "";
    try {
        if (argument == "--help") {
            std::cout << handler.manual;
            return exit_fine;
        }
        if (argument == "--check") {
            return check(handler);
        }
        if (!argument.empty()) {
            std::cerr << handler.name << ": fatal: unknown argument " << argument << '\n';
            return exit_usage;
        }
        return run(handler);
    } catch (const Misconfigured& error) {
        std::cerr << handler.name << ": fatal: " << error.what() << '\n';
        return exit_misconfigured;
    } catch (const std::exception& error) {
        std::cerr << handler.name << ": fatal: " << error.what() << '\n';
        return argument == "--check" ? exit_misconfigured : exit_system;
    }
}

}  // namespace ventanilla
