#include "admin_clients/client_model.h"

#include "app/paths.h"
#include "clients/phone.h"
#include "jobs/credentials.h"

namespace ventanilla::admin_clients {
namespace {

void set_access(Model& model, const ClientAccess& access) {
    model.set("username", access.username)
        .set("is_disabled", !access.is_active)
        .set("has_made_password", access.asks_own_password)
        .set("live_sessions", access.live_sessions)
        .set("last_login_at", access.last_login_at ? date_time_text(*access.last_login_at) : "")
        .set("password_expires_at",
             access.password_expires_at ? date_text(*access.password_expires_at) : "");
}

// What the job made for this client, while it may be seen. Seeing it is written down.
void set_credential(Visit& visit, Model& model, std::int64_t client_id) {
    Services& services = visit.services();
    const auto credential = client_credential(services.database, services.credentials, client_id);
    if (!credential) {
        return;
    }
    note_handling(services.database,
                  "credentials_seen",
                  credential->job_id,
                  visit.actor(),
                  services.clock.now());
    model.set("has_credential", true)
        .set("job_id", credential->job_id)
        .set("item_id", credential->item.id)
        .set("made_password", credential->item.password)
        .set("spelled_password", spelled_out(credential->item.password))
        .set("whatsapp_link", whatsapp_link(services.settings, credential->item))
        .set("credential_until", date_time_text(credential->expires_at))
        .set("login_url", services.settings.base_url + "/clientes/portal/login/")
        .set("mail_waiting", credential->item.mail == MailState::Waiting)
        .set("mail_sent", credential->item.mail == MailState::Sent)
        .set("mail_failed",
             credential->item.mail == MailState::Failed
                 || credential->item.mail == MailState::Expired)
        .set("mail_error", credential->item.mail_error);
}

}  // namespace

std::string client_path(std::int64_t id) {
    return paths::clients + std::to_string(id) + "/change/";
}

std::optional<ClientDetail> wanted_client(Visit& visit) {
    return client_detail(visit.services().database, visit.path_id, visit.services().clock.now());
}

void set_data(Model& model, const ClientData& data) {
    model.set("full_name", data.full_name)
        .set("email", data.email)
        .set("phone", data.phone)
        .set("address", data.address)
        .set("notes", data.notes);
}

// Everything but the form's fields, which may be typed ones.
void set_detail(Visit& visit, Model& model, const ClientDetail& detail) {
    const auto phone = read_phone(detail.client.data.phone, visit.services().settings.phone_region);
    model.set("at_client", true)
        .set("id", detail.client.id)
        .set("stored_name", detail.client.data.full_name)
        .set("shown_phone", phone ? phone->shown : "")
        .set("has_email", !detail.client.data.email.empty())
        .set("has_contact", !detail.client.data.email.empty() || !detail.client.data.phone.empty())
        .set("is_deleted", detail.client.is_deleted)
        .set("created_at", date_text(detail.created_at))
        .set("has_access", detail.access.has_value());
    if (detail.access) {
        set_access(model, *detail.access);
    }
    if (visit.may(Role::Operator)) {
        set_credential(visit, model, detail.client.id);
    }
}

// The form again, with what was typed.
Response show_again(Visit& visit,
                    const ClientDetail& detail,
                    const ClientData& typed,
                    std::int64_t version,
                    const FormErrors& errors) {
    Model model;
    model.set("at_clients", true);
    set_detail(visit, model, detail);
    set_data(model, typed);
    model.set("version", version);
    return visit.refused(client_form_page, std::move(model), errors);
}

}  // namespace ventanilla::admin_clients
