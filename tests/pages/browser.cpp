#include "pages/browser.h"

#include <stdexcept>

#include "account_search/account_search.h"
#include "admin_bulk_action/admin_bulk_action.h"
#include "admin_clients/admin_clients.h"
#include "app/paths.h"
#include "claim/claim.h"
#include "core/digest.h"
#include "core/web_address.h"
#include "http/form.h"
#include "login/login.h"
#include "payments/payments.h"
#include "portal/portal.h"
#include "resend_code/resend_code.h"
#include "verify_code/verify_code.h"

namespace ventanilla::test {

const Handler& whole_site() {
    static const Handler site{
        "site",
        "",
        {{"/login/", login::form, login::enter},
         {"/clientes/portal/login/", login::form, login::enter},
         {"/logout/", nullptr, login::leave},
         {"/datos-archivados/buscar-usuario/", account_search::form, account_search::search},
         {"/datos-archivados/iniciar-reclamacion/<id>/", nullptr, account_search::choose},
         {"/datos-archivados/reclamar-usuario/", claim::reclaim_form, claim::reclaim},
         {"/datos-archivados/reclamar-usuario-dinamico/<id>/",
          claim::choose_password_form,
          claim::choose_password},
         {"/clientes/portal/recuperar/", claim::recover_form, claim::recover},
         {"/clientes/portal/recuperar/contrasena/", claim::new_password_form, claim::new_password},
         {"/datos-archivados/verificar-codigo-reclamacion/",
          verify_code::search_form,
          verify_code::search_code},
         {"/datos-archivados/verificar-codigo-reclamacion-tradicional/",
          verify_code::reclaim_form,
          verify_code::reclaim_code},
         {"/clientes/portal/recuperar/codigo/",
          verify_code::recovery_form,
          verify_code::recovery_code},
         {"/datos-archivados/reenviar-codigo-reclamacion/", nullptr, resend_code::for_search},
         {"/datos-archivados/reenviar-codigo-reclamacion-tradicional/",
          nullptr,
          resend_code::for_form},
         {"/clientes/portal/recuperar/reenviar/", nullptr, resend_code::for_recovery},
         {"/clientes/portal/", portal::overview, nullptr},
         {"/clientes/portal/pagos/", portal::payments, nullptr, Access::Account},
         {"/clientes/portal/pagos/como-pagar/", payment_pages::choose, nullptr, Access::Account},
         {"/clientes/portal/pagos/pagar/", nullptr, payment_pages::pay, Access::Account},
         {"/clientes/portal/pagos/retorno/stripe/", payment_pages::returned_from_stripe},
         {"/pagos/enlace/<token>/", payment_pages::link, payment_pages::pay_link},
         {"/pagos/webhook/stripe/",
          nullptr,
          payment_pages::notice_of_stripe,
          Access::Anyone,
          std::nullopt,
          BodyKind::Raw},
         {"/clientes/portal/pagos/<id>/", portal::receipt, nullptr, Access::Account},
         {"/clientes/portal/pagos/<id>/recibo.pdf", portal::receipt_file, nullptr, Access::Account},
         {"/clientes/portal/estado-de-cuenta/", portal::statement, nullptr, Access::Account},
         {"/clientes/portal/estado-de-cuenta/estado.pdf",
          portal::statement_pdf,
          nullptr,
          Access::Account},
         {"/clientes/portal/estado-de-cuenta/estado.csv",
          portal::statement_csv,
          nullptr,
          Access::Account},
         {"/clientes/portal/servicios/", portal::services, nullptr, Access::Account},
         {"/clientes/portal/perfil/", portal::profile_form, portal::change_data, Access::Account},
         {"/clientes/portal/perfil/correo/",
          portal::email_form,
          portal::prove_email,
          Access::Account},
         {"/clientes/portal/actividad/", portal::activity, nullptr, Access::Account},
         {"/clientes/portal/cambiar-contrasena/",
          portal::password_form,
          portal::change,
          Access::Account},
         {"/clientes/portal/sesiones/",
          portal::sessions,
          portal::end_sessions,
          Access::Anyone,
          Access::Account},
         {"/admin/", admin_clients::overview, nullptr, Access::Reader},
         {"/admin/clientes/cliente/",
          admin_clients::list,
          admin_bulk_action::start,
          Access::Reader,
          Access::Operator},
         {"/admin/clientes/cliente/<id>/servicios/",
          admin_clients::service_list,
          admin_clients::change_services,
          Access::Reader,
          Access::Operator},
         {"/admin/clientes/cliente/<id>/cargos/",
          admin_clients::charge_list,
          admin_clients::change_charges,
          Access::Reader,
          Access::Operator},
         {"/admin/clientes/cliente/<id>/pagos/",
          admin_clients::payment_list,
          admin_clients::take_payment,
          Access::Reader,
          Access::Operator},
         {"/admin/acciones/", admin_bulk_action::jobs, nullptr, Access::Reader},
         {"/admin/acciones/<id>/", admin_bulk_action::job, nullptr, Access::Reader},
         {"/admin/acciones/<id>/confirmar/", nullptr, admin_bulk_action::confirm, Access::Operator},
         {"/admin/acciones/<id>/cancelar/", nullptr, admin_bulk_action::cancel, Access::Operator},
         {"/admin/acciones/<id>/reintentar/", nullptr, admin_bulk_action::retry, Access::Operator},
         {"/admin/acciones/<id>/enviar/", nullptr, admin_bulk_action::send, Access::Operator},
         {"/admin/acciones/<id>/entregada/",
          nullptr,
          admin_bulk_action::mark_handed_over,
          Access::Operator},
         {"/admin/acciones/<id>/descartar/", nullptr, admin_bulk_action::discard, Access::Operator},
         {"/admin/acciones/<id>/imprimir/", admin_bulk_action::slips, nullptr, Access::Operator},
         {"/admin/acciones/<id>/credenciales_clientes.txt",
          admin_bulk_action::download,
          nullptr,
          Access::Operator}},
        {}};
    return site;
}

std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

Browser::Browser(Services& services, std::string address)
    : services_(services), address_(std::move(address)) {}

Request Browser::request(const std::string& method, const std::string& target) const {
    Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    request.query_string =
        target.size() > request.path.size() ? target.substr(request.path.size() + 1) : "";
    request.remote_address = address_;
    request.request_id = "0123456789abcdef";
    request.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    request.host = "127.0.0.1:8080";
    return request;
}

Request Browser::with_form(Request request, const FormFields& fields) {
    request.content_type = "application/x-www-form-urlencoded";
    for (const auto& [name, value] : fields) {
        request.body += (request.body.empty() ? "" : "&") + percent_encoded(name) + '='
                        + percent_encoded(value);
    }
    request.body_length = request.body.size();
    return request;
}

Response Browser::send(Request request) {
    for (const auto& [name, value] : cookies) {
        request.cookies.add(cookie_name(name, services_.settings.is_https()), value);
    }
    Response response = answer_request(whole_site(), services_, request);
    for (const auto& cookie : response.cookies) {
        if (cookie.max_age.count() < 0) {
            cookies.erase(cookie.name);
        } else {
            cookies[cookie.name] = cookie.value;
        }
    }
    return response;
}

Response Browser::get(const std::string& target) {
    return send(request("GET", target));
}

Response Browser::post(const std::string& target, FormFields fields) {
    fields.emplace_back("csrf_token", form_token());
    return send(with_form(request("POST", target), fields));
}

// A page that never redirects and asks the database for nothing. It would take a notice away: that
// is put back.
std::string Browser::form_token() {
    const auto kept = cookies;
    const std::string body = get(paths::recovery).body;
    const auto notice = kept.find("notice");
    if (notice != kept.end()) {
        cookies["notice"] = notice->second;
    }
    const std::string mark = "name=\"csrf_token\" value=\"";
    const auto at = body.find(mark);
    if (at == std::string::npos) {
        throw std::runtime_error("a form without a token");
    }
    return body.substr(at + mark.size(), body.find('"', at + mark.size()) - at - mark.size());
}

}  // namespace ventanilla::test
