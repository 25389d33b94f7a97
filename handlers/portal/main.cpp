#include "app/run_handler.h"
#include "portal/documents.h"
#include "portal/portal.h"

constexpr std::string_view manual = R"(portal - the pages of somebody who is logged in

Routes
  GET  /clientes/portal/                            what I owe, my services, payments and sessions
  GET  /clientes/portal/pagos/                      my payments; page
  GET  /clientes/portal/pagos/<id>/                 one payment's receipt
  GET  /clientes/portal/pagos/<id>/recibo.pdf       the same to keep
  GET  /clientes/portal/estado-de-cuenta/           charges and payments; desde, hasta
  GET  /clientes/portal/estado-de-cuenta/estado.pdf the same to keep
  GET  /clientes/portal/estado-de-cuenta/estado.csv the same for a spreadsheet
  GET  /clientes/portal/servicios/                  what I get every month
  GET  /clientes/portal/perfil/                     my contact data
  POST /clientes/portal/perfil/                     full_name, email, phone, address
  GET  /clientes/portal/perfil/correo/              asks for the code that proves the new address
  POST /clientes/portal/perfil/correo/              code; or email with reenviar
  GET  /clientes/portal/actividad/                  the last things that happened to my account
  GET  /clientes/portal/cambiar-contrasena/         the form; ?primera=1 offers to skip it
  POST /clientes/portal/cambiar-contrasena/         old_password, password1, password2; or omitir
  GET  /clientes/portal/sesiones/                   where I am logged in
  POST /clientes/portal/sesiones/                   session (ends that one), or all=1 (all others)

Outcomes
  200; 303 to the login without a session; 422 the form again; 404 what is not mine; 429; 503.

Tables    session, account, client, service, charge, payment, ledger_entry, profile_change, email_change, archived_user, archived_record, mail_outbox, audit_log
Settings  see ventanilla ajustes: SESSION_*, STAFF_*, PASSWORD_MIN_LENGTH, HASH_SLOTS, CURRENCY, PROFILE_APPROVAL, PAY_AT_OFFICE, PDF_FONT_DIR
Options   --check verifies settings, templates, fonts and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    using namespace ventanilla::portal;
    return run_handler(
        argc,
        argv,
        {"portal",
         manual,
         {{"/clientes/portal/", overview, nullptr},
          {"/clientes/portal/pagos/", payments, nullptr, Access::Account},
          {"/clientes/portal/pagos/<id>/", receipt, nullptr, Access::Account},
          {"/clientes/portal/pagos/<id>/recibo.pdf", receipt_file, nullptr, Access::Account},
          {"/clientes/portal/estado-de-cuenta/", statement, nullptr, Access::Account},
          {"/clientes/portal/estado-de-cuenta/estado.pdf", statement_pdf, nullptr, Access::Account},
          {"/clientes/portal/estado-de-cuenta/estado.csv", statement_csv, nullptr, Access::Account},
          {"/clientes/portal/servicios/", services, nullptr, Access::Account},
          {"/clientes/portal/perfil/", profile_form, change_data, Access::Account},
          {"/clientes/portal/perfil/correo/", email_form, prove_email, Access::Account},
          {"/clientes/portal/actividad/", activity, nullptr, Access::Account},
          {"/clientes/portal/cambiar-contrasena/", password_form, change, Access::Account},
          {"/clientes/portal/sesiones/", sessions, end_sessions, Access::Anyone, Access::Account}},
         {"portal"},
         check_documents});
}
