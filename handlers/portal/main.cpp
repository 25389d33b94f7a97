#include "app/run_handler.h"
#include "portal/portal.h"

constexpr std::string_view manual = R"(portal - the pages of somebody who is logged in

Routes
  GET  /clientes/portal/                       who I am, my account, my sessions
  GET  /clientes/portal/cambiar-contrasena/    the form; ?primera=1 offers to skip it
  POST /clientes/portal/cambiar-contrasena/    old_password, password1, password2; or omitir
  GET  /clientes/portal/sesiones/              where I am logged in
  POST /clientes/portal/sesiones/              session (ends that one), or all=1 (ends all others)

Outcomes
  200; 303 to the login without a session; 422 the form again; 404 a session that is not mine; 429; 503.

Tables    session, account, archived_user, archived_record, mail_outbox, audit_log
Settings  see ventanilla ajustes: SESSION_*, STAFF_*, PASSWORD_MIN_LENGTH, HASH_SLOTS
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(
        argc,
        argv,
        {"portal",
         manual,
         {{"/clientes/portal/", portal::overview, nullptr},
          {"/clientes/portal/cambiar-contrasena/",
           portal::password_form,
           portal::change,
           Access::Account},
          {"/clientes/portal/sesiones/", portal::sessions, portal::end_sessions, Access::Account}},
         {"portal"}});
}
