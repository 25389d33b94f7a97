// The audit log.
#include "accounts/audit_trail.h"
#include "admin_clients/admin_clients.h"
#include "app/paths.h"
#include "app/staff_pages.h"
#include "core/csv.h"
#include "core/text.h"
#include "core/web_address.h"
#include "http/form.h"

namespace ventanilla::admin_clients {
namespace {

AuditFilter wanted_filter(const Fields& query) {
    AuditFilter filter;
    filter.who = trimmed(query.get("quien"));
    filter.action = query.get("accion");
    filter.subject = trimmed(query.get("sujeto"));
    filter.from = local_midnight(query.get("desde"));
    filter.until = local_midnight(query.get("hasta"), 1);
    return filter;
}

std::string kept_query(const Fields& query) {
    std::string kept;
    for (const char* name : {"quien", "accion", "sujeto", "desde", "hasta"}) {
        if (!query.get(name).empty()) {
            kept += (kept.empty() ? "" : "&") + std::string(name) + '='
                    + percent_encoded(query.get(name));
        }
    }
    return kept;
}

std::string action_text(const Renderer& renderer, const std::string& action) {
    const std::string key = "audit_" + action;
    return renderer.has_text(key) ? renderer.text(key) : action;
}

Model line_model(Visit& visit, const AuditLine& line) {
    const bool is_client = line.subject.starts_with("client:");
    const bool is_job = line.subject.starts_with("job:");
    const std::string number = line.subject.substr(line.subject.find(':') + 1);
    Model item;
    item.set("at", date_time_text(line.at))
        .set("actor", line.actor)
        .set("action_text", action_text(visit.services().renderer, line.action))
        .set("client_id", is_client ? number : "")
        .set("job_id", is_job ? number : "")
        .set("subject", line.subject_name.empty() ? line.subject : line.subject_name)
        .set("network", line.network)
        .set("details", line.details);
    return item;
}

std::vector<Model> action_choices(Visit& visit, const std::string& chosen) {
    std::vector<Model> choices;
    for (const auto& action : audit_actions(visit.services().database)) {
        Model choice;
        choice.set("value", action)
            .set("label", action_text(visit.services().renderer, action))
            .set("is_chosen", action == chosen);
        choices.push_back(std::move(choice));
    }
    return choices;
}

}  // namespace

Response audit(Visit& visit) {
    const Fields& query = visit.request().query;
    const AuditFilter filter = wanted_filter(query);
    const std::int64_t page = page_number(visit);
    const AuditPage found = audit_page(visit.services().database, filter, page);
    std::vector<Model> lines;
    for (const auto& line : found.lines) {
        lines.push_back(line_model(visit, line));
    }
    const std::string kept = kept_query(query);
    Model model;
    model.set("at_audit", true)
        .set("none", lines.empty())
        .set("actions", action_choices(visit, filter.action))
        .set("quien", filter.who)
        .set("sujeto", filter.subject)
        .set("desde", filter.from ? query.get("desde") : "")
        .set("hasta", filter.until ? query.get("hasta") : "")
        .set("export_query", kept.empty() ? "" : "?" + kept)
        .set("lines", std::move(lines));
    set_pager(model, page, found.has_more ? page + 1 : page, kept);
    model.set("pages", "");  // of a long log nobody counts them
    return visit.page("admin_clients/audit", std::move(model));
}

Response export_audit(Visit& visit) {
    std::string text(csv_byte_order_mark);
    text += csv_line({"cuando", "quien", "accion", "sujeto", "nombre", "red", "detalles"});
    for (const auto& line :
         audit_export(visit.services().database, wanted_filter(visit.request().query))) {
        text += csv_line({iso_text(line.at),
                          line.actor,
                          line.action,
                          line.subject,
                          line.subject_name,
                          line.network,
                          line.details});
    }
    return file_response("auditoria.csv", "text/csv; charset=utf-8", std::move(text));
}

}  // namespace ventanilla::admin_clients
