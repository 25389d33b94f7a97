#include "app/run_handler.h"
#include "login/login.h"

constexpr std::string_view manual = R"(login - the way in and out

Routes
  GET  /login/, /clientes/portal/login/   the form
  POST /login/, /clientes/portal/login/   username, password, next
  POST /logout/                           ends the session of this browser

Outcomes
  303 to next, /admin/ (staff) or /clientes/portal/; 422 the form again; 429 too many tries;
  503 when too many passwords are being checked at once.

Tables    account, session, login_failure, archived_user, archived_record, mail_outbox, audit_log
Settings  see ventanilla ajustes: LOGIN_*, HASH_SLOTS, SESSION_*, STAFF_*
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(argc,
                       argv,
                       {"login",
                        manual,
                        {{"/login/", login::form, login::enter},
                         {"/clientes/portal/login/", login::form, login::enter},
                         {"/logout/", nullptr, login::leave}},
                        {"login"}});
}
