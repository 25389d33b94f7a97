// Pages of the program `admin_clients` (SPEC.md 3): the staff's first page, clients one by one,
// their files, and the audit log.
#pragma once

#include "app/visit.h"

namespace ventanilla::admin_clients {

// What is owed and paid, who has access, what came back from the archive, whether mails go out.
Response overview(Visit& visit);

// collection_pages.cpp: the lists behind those numbers. ver = deben, vencidos, pagos, suspendidos.
Response collection(Visit& visit);
Response mails(Visit& visit);

// client_list_page.cpp: q, portal, eliminados, orden, page. The file has the same filters.
Response list(Visit& visit);
Response export_list(Visit& visit);

// client_page.cpp. 404 for an unknown id. POST: 303 to the client's page; 422 the form again, also
// when somebody else changed the client meanwhile.
Response add_form(Visit& visit);
Response add(Visit& visit);
Response change_form(Visit& visit);
Response change(Visit& visit);
Response remove(Visit& visit);
Response restore(Visit& visit);
// POST accion = crear, nueva_contrasena, desactivar, activar, cerrar_sesiones; enviar_email=1: 303.
Response access(Visit& visit);

// The money of one client. 404 for an unknown id; 422 the page again with what was typed; 303 else.
// service_pages.cpp: GET servicio; POST accion = agregar, monto, suspender, reactivar, cancelar.
Response service_list(Visit& visit);
Response change_services(Visit& visit);
// charge_pages.cpp: GET cargo; POST accion = agregar, cancelar, promesa.
Response charge_list(Visit& visit);
Response change_charges(Visit& visit);
// payment_pages.cpp: POST leads to the receipt, the same form sent twice to the same one.
Response payment_list(Visit& visit);
Response take_payment(Visit& visit);
// GET and POST pago; POST takes the payment back.
Response receipt(Visit& visit);
Response take_back(Visit& visit);

// closing_pages.cpp: the day's closing. POST: 303; 422 also once when the count differs.
Response drawer(Visit& visit);
Response close_day(Visit& visit);

// profile_approval_pages.cpp: POST wish (repeated), accion = aprobar, rechazar: 303 or 422.
Response profile_list(Visit& visit);
Response decide_profiles(Visit& visit);

// import_pages.cpp. POST of a file: 303 to its dry run; POST there: accion = importar, descartar.
Response import_form(Visit& visit);
Response upload(Visit& visit);
Response dry_run(Visit& visit);
Response carry_out_import(Visit& visit);

// audit_pages.cpp: quien, accion, sujeto, desde, hasta, page.
Response audit(Visit& visit);
Response export_audit(Visit& visit);

}  // namespace ventanilla::admin_clients
