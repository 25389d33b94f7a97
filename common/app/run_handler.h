// The skeleton of every handler: settings and their check, templates, prefork, accept loop, body
// limits, form tokens, the session, the one catch and the log line. A handler's main.cpp declares
// its routes and calls run_handler.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/visit.h"
#include "http/form.h"

namespace ventanilla {

// Who may come to a page. The others: nobody logged in, 303 to the login; with too few rights, 403.
enum class Access {
    Anyone,  // the page looks for a session itself if it wants one
    Account,
    Reader,  // staff, by role (accounts/account.h)
    Operator,
    Administrator,
};

using Page = Response (*)(Visit&);

struct Route {
    // BodyKind::Raw is for other programs, who have no form of ours: the page itself finds out who
    // sent it. As in SPEC.md, with <id> for one number and <token> for one of ours (43 characters
    // of base64url): "/datos-archivados/iniciar-reclamacion/<id>/".
    std::string_view path;
    Page get = nullptr;   // GET and HEAD; null: 405
    Page post = nullptr;  // null: 405
    Access access = Access::Anyone;
    std::optional<Access> post_access = std::nullopt;  // when it is another one
    BodyKind body = BodyKind::Fields;
};

struct Handler {
    std::string_view name;    // of the program
    std::string_view manual;  // what --help prints
    std::vector<Route> routes;
    std::vector<std::string_view> page_folders;  // under templates/pages/, besides errors/
    // What else --check looks at; throws Misconfigured with the setting that is wrong.
    void (*check)(const Settings&) = nullptr;
};

// Runs until asked to leave. `--help` prints the manual; `--check` verifies settings, templates and
// database and says what is wrong. Returns an exit code of core/errors.h.
int run_handler(int argc, char** argv, const Handler& handler);

// One request through the skeleton, without any socket: for the loop and for tests. Never throws.
[[nodiscard]] Response answer_request(const Handler& handler, Services& services, Request& request);

}  // namespace ventanilla
