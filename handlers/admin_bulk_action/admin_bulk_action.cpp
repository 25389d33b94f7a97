#include "admin_bulk_action/admin_bulk_action.h"

#include "admin_bulk_action/job_model.h"
#include "app/paths.h"
#include "app/staff_pages.h"
#include "clients/client_export.h"
#include "core/web_address.h"
#include "http/form.h"
#include "jobs/job_runner.h"

namespace ventanilla::admin_bulk_action {
namespace {

constexpr const char* export_action = "exportar_csv";

Timestamp now(Visit& visit) {
    return visit.services().clock.now();
}

// The list as it was: its filters, order and page travel with its form.
std::string list_path(Visit& visit) {
    std::string path = paths::clients;
    for (const char* name : {"q", "portal", "eliminados", "orden", "page"}) {
        if (const std::string& value = visit.field(name); !value.empty()) {
            path +=
                (path.back() == '/' ? "?" : "&") + std::string(name) + '=' + percent_encoded(value);
        }
    }
    return path;
}

Selection selected(Visit& visit) {
    Selection selection;
    const Fields& form = visit.request().form;
    if (form.get("select_across") == "1") {
        selection.all_matching = client_filter(form);
        return selection;
    }
    for (const auto& text : form.all("_selected_action")) {
        if (const auto id = id_of(text)) {
            selection.ids.push_back(*id);
        }
    }
    return selection;
}

Response exported(Visit& visit, const Selection& selection) {
    db::Connection& database = visit.services().database;
    return file_response("clientes.csv",
                         "text/csv; charset=utf-8",
                         selection.all_matching
                             ? exported_clients(database, *selection.all_matching)
                             : exported_clients(database, selection.ids));
}

// Back to the job's page as it was, at this client if there is one.
std::string same_page(Visit& visit, std::optional<std::int64_t> item) {
    std::string path = job_path(visit.path_id);
    for (const char* name : {"filtro", "page"}) {
        if (const std::string& value = visit.field(name); !value.empty()) {
            path +=
                (path.back() == '/' ? "?" : "&") + std::string(name) + '=' + percent_encoded(value);
        }
    }
    return item ? path + "#c" + std::to_string(*item) : path;
}

Model counted(std::int64_t count) {
    Model model;
    model.set("count", count);
    return model;
}

}  // namespace

Response start(Visit& visit) {
    const std::string& name = visit.field("action");
    const auto action = job_action(name);
    if (!action && name != export_action) {
        return visit.see_other(list_path(visit), "notice_no_action_chosen", Model());
    }
    const Selection selection = selected(visit);
    if (!selection.all_matching && selection.ids.empty()) {
        return visit.see_other(list_path(visit), "notice_nobody_chosen", Model());
    }
    if (!action) {
        return exported(visit, selection);
    }
    const auto id =
        draft_job(visit.services().database, *action, selection, visit.actor(), now(visit));
    return id ? visit.see_other(job_path(*id))
              : visit.see_other(list_path(visit), "notice_nobody_chosen", Model());
}

Response confirm(Visit& visit) {
    db::Connection& database = visit.services().database;
    if (!job_summary(database, visit.path_id)) {
        return visit.not_found();
    }
    const bool sends_mail = visit.field("enviar_email") == "1";
    // Two clicks: the second finds the job on its way, which is what both wanted.
    (void)confirm_job(database, visit.path_id, sends_mail, visit.actor(), now(visit));
    return visit.see_other(job_path(visit.path_id));
}

Response cancel(Visit& visit) {
    db::Connection& database = visit.services().database;
    const auto job = job_summary(database, visit.path_id);
    if (!job) {
        return visit.not_found();
    }
    const bool stopped = cancel_job(database, visit.path_id, visit.actor(), now(visit));
    if (job->status == JobStatus::Draft && stopped) {
        return visit.see_other(paths::clients, "notice_draft_dropped", Model());
    }
    return visit.see_other(job_path(visit.path_id),
                           stopped ? "notice_job_cancelled" : "notice_job_had_ended",
                           Model());
}

Response retry(Visit& visit) {
    db::Connection& database = visit.services().database;
    if (!job_summary(database, visit.path_id)) {
        return visit.not_found();
    }
    const std::int64_t again = retry_failed(database, visit.path_id, visit.actor(), now(visit));
    return visit.see_other(job_path(visit.path_id),
                           again > 0 ? "notice_failed_again" : "notice_nothing_failed",
                           counted(again));
}

Response discard(Visit& visit) {
    db::Connection& database = visit.services().database;
    if (!job_summary(database, visit.path_id)) {
        return visit.not_found();
    }
    discard_credentials(database, visit.path_id, visit.actor(), now(visit));
    return visit.see_other(job_path(visit.path_id), "notice_credentials_discarded", Model());
}

Response send(Visit& visit) {
    Services& services = visit.services();
    if (!job_summary(services.database, visit.path_id)) {
        return visit.not_found();
    }
    const auto item = id_of(visit.field("item"));
    if (!item && !visit.field("item").empty()) {
        return visit.not_found();
    }
    const std::int64_t queued = send_credentials({services.database,
                                                  services.settings,
                                                  services.outbox,
                                                  services.credentials,
                                                  services.clock},
                                                 visit.path_id,
                                                 item,
                                                 visit.field("solo_fallidos") == "1",
                                                 visit.actor());
    return visit.see_other(same_page(visit, item),
                           queued > 0 ? "notice_mails_queued" : "notice_no_mail_queued",
                           counted(queued));
}

Response mark_handed_over(Visit& visit) {
    const auto item = id_of(visit.field("item"));
    if (!item
        || !note_shared(
            visit.services().database, visit.path_id, *item, visit.actor(), now(visit))) {
        return visit.not_found();
    }
    return visit.see_other(same_page(visit, item), "notice_handed_over", Model());
}

}  // namespace ventanilla::admin_bulk_action
