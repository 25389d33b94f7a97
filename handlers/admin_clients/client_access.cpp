// What staff do with one client's access: make it, a new password, off, on, end its sessions.
#include "admin_clients/admin_clients.h"
#include "admin_clients/client_model.h"
#include "claims/services.h"
#include "core/unreachable.h"
#include "jobs/job_runner.h"

namespace ventanilla::admin_clients {
namespace {

std::optional<JobAction> access_action(const std::string& name) {
    if (name == "crear") {
        return JobAction::CreateUsers;
    }
    if (name == "nueva_contrasena") {
        return JobAction::NewPassword;
    }
    if (name == "desactivar") {
        return JobAction::DisableAccess;
    }
    if (name == "activar") {
        return JobAction::EnableAccess;
    }
    return std::nullopt;
}

const char* done_notice(JobAction action) {
    switch (action) {
        case JobAction::CreateUsers:
            return "notice_access_created";
        case JobAction::NewPassword:
            return "notice_password_made";
        case JobAction::DisableAccess:
            return "notice_access_disabled";
        case JobAction::EnableAccess:
            return "notice_access_enabled";
        case JobAction::SendCredentials:
            return "notice_credentials_sent";
    }
    unreachable();
}

Response end_client_sessions(Visit& visit, const ClientDetail& detail) {
    if (detail.access) {
        visit.services().sessions.end_all(
            detail.access->account_id, "client:" + std::to_string(detail.client.id), visit.actor());
    }
    return visit.see_other(client_path(detail.client.id), "notice_client_sessions_ended", Model());
}

}  // namespace

Response access(Visit& visit) {
    const auto detail = wanted_client(visit);
    if (!detail) {
        return visit.not_found();
    }
    const std::string& wanted = visit.field("accion");
    if (wanted == "cerrar_sesiones") {
        return end_client_sessions(visit, *detail);
    }
    FormErrors errors(visit.services().renderer);
    const auto action = access_action(wanted);
    if (!action) {
        errors.add("", "action_required");
        return show_again(visit, *detail, detail->client.data, detail->client.version, errors);
    }
    Services& services = visit.services();
    std::optional<HashGate::Pass> pass;
    if (*action == JobAction::CreateUsers || *action == JobAction::NewPassword) {
        pass.emplace(hash_pass(services.hash_gate));
    }
    const SingleResult result = run_for_one({services.database,
                                             services.settings,
                                             services.outbox,
                                             services.credentials,
                                             services.clock},
                                            *action,
                                            visit.path_id,
                                            visit.field("enviar_email") == "1",
                                            std::nullopt,
                                            visit.actor());
    if (result.item.status != ItemStatus::Done) {
        errors.add("", "reason_" + result.item.reason);
        return show_again(visit, *detail, detail->client.data, detail->client.version, errors);
    }
    return visit.see_other(client_path(visit.path_id), done_notice(*action), Model());
}

}  // namespace ventanilla::admin_clients
