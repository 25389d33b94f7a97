// Clients out of a file: upload, dry run, and doing it.
#include <algorithm>

#include "admin_clients/admin_clients.h"
#include "app/paths.h"
#include "app/staff_pages.h"
#include "clients/client_import.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* form_page = "admin_clients/import";
constexpr std::int64_t rows_per_page = 50;
constexpr std::size_t max_file_bytes = std::size_t{5} * 1024 * 1024;

const char* fate_name(RowFate fate) {
    switch (fate) {
        case RowFate::NewClient:
            return "fate_new_client";
        case RowFate::NewService:
            return "fate_new_service";
        case RowFate::Unchanged:
            return "fate_unchanged";
        case RowFate::Wrong:
            return "fate_wrong";
    }
    unreachable();
}

ImportOptions import_options(Visit& visit) {
    ImportOptions options;
    options.phone_region = visit.services().settings.phone_region;
    return options;
}

// The encodings that the form offers; absent for another one.
std::optional<std::string> chosen_encoding(const std::string& typed) {
    if (typed.empty() || typed == "utf-8") {
        return "UTF-8";
    }
    return typed == "latin1" ? std::optional<std::string>("WINDOWS-1252") : std::nullopt;
}

Response form_again(Visit& visit, const FormErrors& errors) {
    Model model;
    model.set("at_clients", true);
    model.set("is_latin1", visit.field("codificacion") == "latin1");
    return visit.refused(form_page, std::move(model), errors);
}

void add_problem(FormErrors& errors, ClientFileProblem problem, const std::string& detail) {
    Model values;
    values.set("detail", detail);
    errors.add("archivo", problem_text_key(problem), values);
}

Model row_model(Visit& visit, const ImportRow& row) {
    const Renderer& renderer = visit.services().renderer;
    std::string problems;
    for (const auto& key : row.problems) {
        problems += (problems.empty() ? "" : " ") + renderer.text(key);
    }
    Model item;
    item.set("line", row.line)
        .set("row_name", row.full_name)
        .set("fate", renderer.text(fate_name(row.fate)))
        .set("is_wrong", row.fate == RowFate::Wrong)
        .set("problems", problems);
    return item;
}

// Wrong rows first: they are what one looks for.
std::vector<const ImportRow*> in_order(const ImportPlan& plan) {
    std::vector<const ImportRow*> rows;
    rows.reserve(plan.rows.size());
    for (const auto& row : plan.rows) {
        rows.push_back(&row);
    }
    std::stable_partition(
        rows.begin(), rows.end(), [](const ImportRow* row) { return row->fate == RowFate::Wrong; });
    return rows;
}

void set_rows(Visit& visit, Model& model, const ImportPlan& plan) {
    const auto rows = in_order(plan);
    const std::int64_t pages =
        std::max<std::int64_t>(1, (std::ssize(rows) + rows_per_page - 1) / rows_per_page);
    const std::int64_t page = std::min(page_number(visit), pages);
    std::vector<Model> items;
    const auto begin = static_cast<std::size_t>((page - 1) * rows_per_page);
    const auto end = std::min(rows.size(), begin + static_cast<std::size_t>(rows_per_page));
    for (std::size_t i = begin; i < end; ++i) {
        items.push_back(row_model(visit, *rows[i]));
    }
    model.set("rows", std::move(items));
    set_pager(model, page, pages, "");
}

Response show_plan(Visit& visit, const KeptUpload& upload, const ImportPlan& plan) {
    Model model;
    model.set("at_clients", true);
    set_rows(visit, model, plan);
    model.set("id", visit.path_id)
        .set("file_name", upload.file_name)
        .set("row_count", std::ssize(plan.rows))
        .set("new_clients", plan.new_clients)
        .set("new_services", plan.new_services)
        .set("unchanged", plan.unchanged)
        .set("wrong", plan.wrong)
        .set("has_wrong", plan.wrong > 0)
        .set("has_work", plan.new_clients + plan.new_services > 0);
    return visit.page("admin_clients/import_plan", std::move(model));
}

}  // namespace

Response import_form(Visit& visit) {
    Model model;
    model.set("at_clients", true);
    return visit.page(form_page, std::move(model));
}

Response upload(Visit& visit) {
    FormErrors errors(visit.services().renderer);
    const auto encoding = chosen_encoding(visit.field("codificacion"));
    const auto& files = visit.request().files;
    if (files.empty() || files.front().content.empty()) {
        errors.add("archivo", "import_file_required");
    } else if (files.front().content.size() > max_file_bytes) {
        errors.add("archivo", "import_file_too_large");
    } else if (!encoding) {
        errors.add("codificacion", "import_encoding_required");
    }
    if (!errors.empty()) {
        return form_again(visit, errors);
    }
    const auto text = as_utf8(files.front().content, *encoding);
    if (!text) {
        add_problem(errors, ClientFileProblem::NotText, "");
        return form_again(visit, errors);
    }
    Services& services = visit.services();
    const ImportPlan plan = planned_import(services.database, *text, import_options(visit));
    if (plan.problem) {
        add_problem(errors, *plan.problem, plan.detail);
        return form_again(visit, errors);
    }
    const std::int64_t id = keep_upload(services.database,
                                        files.front().name,
                                        *text,
                                        visit.session().account.id,
                                        services.clock.now());
    return visit.see_other(paths::import_clients + std::to_string(id) + '/');
}

Response dry_run(Visit& visit) {
    Services& services = visit.services();
    const auto upload = kept_upload(services.database, visit.path_id, visit.session().account.id);
    if (!upload) {
        return visit.not_found();
    }
    return show_plan(
        visit, *upload, planned_import(services.database, upload->text, import_options(visit)));
}

Response carry_out_import(Visit& visit) {
    Services& services = visit.services();
    const std::int64_t account_id = visit.session().account.id;
    const auto upload = kept_upload(services.database, visit.path_id, account_id);
    if (!upload) {
        return visit.not_found();
    }
    const std::string& action = visit.field("accion");
    if (action == "descartar") {
        drop_upload(services.database, visit.path_id, account_id);
        return visit.see_other(paths::import_clients, "notice_import_dropped", Model());
    }
    const bool skip_wrong = action == "importar_correctas";
    if (!skip_wrong && action != "importar") {
        return visit.see_other(visit.request().path, "notice_import_choose", Model());
    }
    const ImportPlan done = import_clients(services.database,
                                           upload->text,
                                           import_options(visit),
                                           skip_wrong,
                                           visit.actor(),
                                           services.clock.now(),
                                           [](std::int64_t, std::int64_t) {});
    if (done.problem || (done.wrong > 0 && !skip_wrong)) {
        return visit.see_other(visit.request().path, "notice_import_wrong_rows", Model());
    }
    drop_upload(services.database, visit.path_id, account_id);
    Model values;
    values.set("clients", done.new_clients)
        .set("services", done.new_services)
        .set("unchanged", done.unchanged)
        .set("wrong", done.wrong);
    return visit.see_other(paths::clients, "notice_import_done", values);
}

}  // namespace ventanilla::admin_clients
