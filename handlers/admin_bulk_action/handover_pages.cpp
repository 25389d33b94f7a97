// Credentials on paper and as a file.
#include "admin_bulk_action/admin_bulk_action.h"
#include "admin_bulk_action/qr_path.h"
#include "app/staff_pages.h"
#include "jobs/credentials.h"

namespace ventanilla::admin_bulk_action {
namespace {

constexpr std::int64_t slips_per_page = 400;

// Calls `take` with each client whose password is left; 0: none.
std::int64_t each_left(Visit& visit,
                       const std::function<void(const JobItem&, std::int64_t)>& take) {
    std::int64_t count = 0;
    each_credential(visit.services().database,
                    visit.services().credentials,
                    visit.path_id,
                    [&](const JobItem& item) { take(item, count++); });
    return count;
}

void note(Visit& visit, const char* how) {
    note_handling(
        visit.services().database, how, visit.path_id, visit.actor(), visit.services().clock.now());
}

Model slip_model(const JobItem& item) {
    Model model;
    model.set("full_name", item.full_name)
        .set("username", item.username)
        .set("password", item.password);
    return model;
}

// How people type an address.
std::string without_scheme(const std::string& url) {
    const auto at = url.find("://");
    return at == std::string::npos ? url : url.substr(at + 3);
}

void set_login_address(Model& model, const Settings& settings) {
    const std::string url = client_login_url(settings);
    const QrPath code = qr_svg_path(url);
    model.set("login_address", without_scheme(url))
        .set("qr_view_box", code.view_box)
        .set("qr_path", code.path);
}

}  // namespace

Response download(Visit& visit) {
    std::string text = credentials_file_head();
    const std::int64_t count = each_left(
        visit, [&](const JobItem& item, std::int64_t) { text += credentials_file_entry(item); });
    if (count == 0) {
        return visit.not_found();
    }
    note(visit, "credentials_downloaded");
    return file_response("credenciales_clientes.txt", "text/plain; charset=utf-8", std::move(text));
}

Response slips(Visit& visit) {
    const std::int64_t page = page_number(visit);
    const std::int64_t first = (page - 1) * slips_per_page;
    std::vector<Model> items;
    std::vector<std::int64_t> ids;
    const std::int64_t count = each_left(visit, [&](const JobItem& item, std::int64_t number) {
        if (number >= first && number < first + slips_per_page) {
            items.push_back(slip_model(item));
            ids.push_back(item.id);
        }
    });
    if (items.empty()) {
        return visit.not_found();
    }
    note(visit, "credentials_printed");
    note_printed(visit.services().database, visit.path_id, ids, visit.services().clock.now());
    Model model;
    set_login_address(model, visit.services().settings);
    set_pager(model, page, (count + slips_per_page - 1) / slips_per_page, "");
    model.set("job_id", visit.path_id)
        .set("at_jobs", true)
        .set("count", count)
        .set("is_one", count == 1)
        .set("slips", std::move(items));
    return visit.page("admin_bulk_action/slips", std::move(model));
}

}  // namespace ventanilla::admin_bulk_action
