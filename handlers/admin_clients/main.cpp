#include "admin_clients/admin_clients.h"
#include "app/run_handler.h"

constexpr std::string_view manual = R"(admin_clients - the staff's pages: clients one by one

Routes
  GET      /admin/                                  how things stand
  GET      /admin/clientes/cliente/                 the list: q, portal, eliminados, orden, page (POST: admin_bulk_action)
  GET      /admin/clientes/cliente/exportar.csv     the same list as a file
  GET/POST /admin/clientes/cliente/add/             full_name, email, phone, address, notes
  GET/POST /admin/clientes/cliente/<id>/change/     the same, and version
  POST     /admin/clientes/cliente/<id>/delete/     softly
  POST     /admin/clientes/cliente/<id>/restore/
  POST     /admin/clientes/cliente/<id>/acceso/     accion, enviar_email
  GET/POST /admin/clientes/cliente/<id>/servicios/  servicio; accion, name, monthly_amount, started_on; service, new_amount
  GET/POST /admin/clientes/cliente/<id>/cargos/     cargo, page; accion, concept, amount, due_on, service, charge, reason, until, note
  GET/POST /admin/clientes/cliente/<id>/pagos/      page; amount, medio, reference, charge, note, currency
  GET/POST /admin/clientes/cliente/<id>/recibo/     pago; POST takes the payment back: reason
  GET/POST /admin/caja/                             the day's closing: counted, currency, note, con_diferencia
  GET/POST /admin/perfiles/                         profile changes that wait: wish, accion, reason
  GET      /admin/cobranza/                         who owes, what came in: ver, page
  GET      /admin/correos/                          mails that failed
  GET/POST /admin/clientes/importar/                archivo, codificacion
  GET/POST /admin/clientes/importar/<id>/           the dry run; accion
  GET      /admin/auditoria/                        quien, accion, sujeto, desde, hasta, page
  GET      /admin/auditoria/exportar.csv

Outcomes
  200; 303 to the login without a session; 403 without the right (README.md has the table of roles); 404; 413 a file
  over 5 MiB; 422 the form again.

Tables    client, service, charge, payment, ledger_entry, cash_closing, payment_promise, profile_change, client_import,
          account, session, bulk_job, bulk_job_item, audit_log, mail_outbox, archived_user, archived_record, claim
Settings  see ventanilla ajustes: PHONE_REGION, CREDENTIALS_*, MADE_PASSWORD_DAYS, STAFF_*, CURRENCY, PROMISE_MAX_DAYS
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    namespace pages = ventanilla::admin_clients;
    using enum Access;
    return run_handler(
        argc,
        argv,
        {"admin_clients",
         manual,
         {{"/admin/", pages::overview, nullptr, Reader},
          {"/admin/clientes/cliente/", pages::list, nullptr, Reader},
          {"/admin/clientes/cliente/exportar.csv", pages::export_list, nullptr, Operator},
          {"/admin/clientes/cliente/add/", pages::add_form, pages::add, Operator},
          {"/admin/clientes/cliente/<id>/change/",
           pages::change_form,
           pages::change,
           Reader,
           Operator},
          {"/admin/clientes/cliente/<id>/delete/", nullptr, pages::remove, Operator},
          {"/admin/clientes/cliente/<id>/restore/", nullptr, pages::restore, Operator},
          {"/admin/clientes/cliente/<id>/acceso/", nullptr, pages::access, Operator},
          {"/admin/clientes/cliente/<id>/servicios/",
           pages::service_list,
           pages::change_services,
           Reader,
           Operator},
          {"/admin/clientes/cliente/<id>/cargos/",
           pages::charge_list,
           pages::change_charges,
           Reader,
           Operator},
          {"/admin/clientes/cliente/<id>/pagos/",
           pages::payment_list,
           pages::take_payment,
           Reader,
           Operator},
          {"/admin/clientes/cliente/<id>/recibo/",
           pages::receipt,
           pages::take_back,
           Reader,
           Operator},
          {"/admin/caja/", pages::drawer, pages::close_day, Reader, Operator},
          {"/admin/perfiles/", pages::profile_list, pages::decide_profiles, Reader, Operator},
          {"/admin/cobranza/", pages::collection, nullptr, Reader},
          {"/admin/correos/", pages::mails, nullptr, Reader},
          {"/admin/clientes/importar/",
           pages::import_form,
           pages::upload,
           Operator,
           std::nullopt,
           BodyKind::FieldsAndFile},
          {"/admin/clientes/importar/<id>/", pages::dry_run, pages::carry_out_import, Operator},
          {"/admin/auditoria/", pages::audit, nullptr, Reader},
          {"/admin/auditoria/exportar.csv", pages::export_audit, nullptr, Administrator}},
         {"admin_clients"}});
}
