// The skeleton of every handler: settings and their check, templates, prefork, accept loop, body
// limits, form tokens, the session, the one catch and the log line. A handler's main.cpp declares
// its routes and calls run_handler.
#pragma once

#include <string_view>
#include <vector>

#include "app/visit.h"

namespace ventanilla {

// Who may come to a page. The others: nobody logged in, 303 to the login; a client at a staff page,
// 403.
enum class Access {
    Anyone,  // the page looks for a session itself if it wants one
    Account,
    Staff,
};

using Page = Response (*)(Visit&);

struct Route {
    // As in SPEC.md, with <id> for one number: "/datos-archivados/iniciar-reclamacion/<id>/".
    std::string_view path;
    Page get = nullptr;   // GET and HEAD; null: 405
    Page post = nullptr;  // null: 405
    Access access = Access::Anyone;
};

struct Handler {
    std::string_view name;    // of the program
    std::string_view manual;  // what --help prints
    std::vector<Route> routes;
    std::vector<std::string_view> page_folders;  // under templates/pages/, besides errors/
};

// Runs until asked to leave. `--help` prints the manual; `--check` verifies settings, templates and
// database and says what is wrong. Returns an exit code of core/errors.h.
int run_handler(int argc, char** argv, const Handler& handler);

// One request through the skeleton, without any socket: for the loop and for tests. Never throws.
[[nodiscard]] Response answer_request(const Handler& handler, Services& services, Request& request);

}  // namespace ventanilla
