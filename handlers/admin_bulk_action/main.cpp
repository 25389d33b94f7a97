#include "admin_bulk_action/admin_bulk_action.h"
#include "app/run_handler.h"

constexpr std::string_view manual =
    R"(admin_bulk_action - what staff do with many clients at once, and handing over credentials

Routes
  POST /admin/clientes/cliente/              action, _selected_action, select_across, q, portal, eliminados
                                             (GET: admin_clients; nginx chooses by the method)
  GET  /admin/acciones/                      the newest jobs
  GET  /admin/acciones/<id>/                 draft, progress or result: filtro, page, quieto
  POST /admin/acciones/<id>/confirmar/       enviar_email
  POST /admin/acciones/<id>/cancelar/        a draft is dropped, a running job stops
  POST /admin/acciones/<id>/reintentar/      those that failed, again
  POST /admin/acciones/<id>/enviar/          by mail: item (one client), solo_fallidos
  POST /admin/acciones/<id>/entregada/       item
  POST /admin/acciones/<id>/descartar/       the passwords go now
  GET  /admin/acciones/<id>/imprimir/        slips to cut, 400 a page: page
  GET  /admin/acciones/<id>/credenciales_clientes.txt

Outcomes
  200; 303 after each POST, with a line that says what happened; 303 to the login without a session; 403 without the
  right: readers see everything but passwords and do nothing; 404 no such job, or no password left.

Tables    bulk_job, bulk_job_item, client, service, account, session, mail_outbox, audit_log
Settings  see ventanilla ajustes: CREDENTIALS_*, PHONE_REGION, BASE_URL, STAFF_*
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    namespace pages = ventanilla::admin_bulk_action;
    using enum Access;
    return run_handler(
        argc,
        argv,
        {"admin_bulk_action",
         manual,
         {{"/admin/clientes/cliente/", nullptr, pages::start, Operator},
          {"/admin/acciones/", pages::jobs, nullptr, Reader},
          {"/admin/acciones/<id>/", pages::job, nullptr, Reader},
          {"/admin/acciones/<id>/confirmar/", nullptr, pages::confirm, Operator},
          {"/admin/acciones/<id>/cancelar/", nullptr, pages::cancel, Operator},
          {"/admin/acciones/<id>/reintentar/", nullptr, pages::retry, Operator},
          {"/admin/acciones/<id>/enviar/", nullptr, pages::send, Operator},
          {"/admin/acciones/<id>/entregada/", nullptr, pages::mark_handed_over, Operator},
          {"/admin/acciones/<id>/descartar/", nullptr, pages::discard, Operator},
          {"/admin/acciones/<id>/imprimir/", pages::slips, nullptr, Operator},
          {"/admin/acciones/<id>/credenciales_clientes.txt", pages::download, nullptr, Operator}},
         {"admin_bulk_action"}});
}
