#include "app/run_handler.h"
#include "claim/claim.h"

constexpr std::string_view manual =
    R"(claim - taking back an account: the form, the password, and a forgotten one

Routes (GET the form, POST its fields)
  /datos-archivados/reclamar-usuario/                   username, email, first_name, last_name, password1, password2
  /datos-archivados/reclamar-usuario-dinamico/<id>/     password1, password2, after the right code
  /clientes/portal/recuperar/                           email
  /clientes/portal/recuperar/contrasena/                account (with several), password1, password2
  /activar/<token>/                                     password1, password2, with the link of a mail

Outcomes
  303 to the code page or, logged in, to the portal; 422 the form again; 404 an account that this browser may not
  take; 429 too many codes asked for; 503 when too many passwords are being hashed at once.

Tables    claim, verification_code, archived_user, archived_record, account, session, activation_link,
          mail_outbox, audit_log
Settings  see ventanilla ajustes: CODE_*, PASSWORD_MIN_LENGTH, HASH_SLOTS, MAIL_GAP_SECONDS, MAIL_DAY_*, NETWORK_*
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(
        argc,
        argv,
        {"claim",
         manual,
         {{"/datos-archivados/reclamar-usuario/", claim::reclaim_form, claim::reclaim},
          {"/datos-archivados/reclamar-usuario-dinamico/<id>/",
           claim::choose_password_form,
           claim::choose_password},
          {"/clientes/portal/recuperar/", claim::recover_form, claim::recover},
          {"/clientes/portal/recuperar/contrasena/", claim::new_password_form, claim::new_password},
          {"/activar/<token>/", claim::activation_form, claim::activate}},
         {"claim"}});
}
