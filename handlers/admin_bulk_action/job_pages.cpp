// A job to look at: the list of them, and one as a draft, on its way, and with its result.
#include <algorithm>
#include <array>

#include "admin_bulk_action/admin_bulk_action.h"
#include "admin_bulk_action/job_model.h"
#include "app/staff_pages.h"
#include "core/unreachable.h"
#include "jobs/credentials.h"

namespace ventanilla::admin_bulk_action {
namespace {

constexpr std::int64_t jobs_shown = 50;
constexpr std::int64_t refresh_seconds = 2;

struct FilterName {
    ItemFilter filter;
    const char* name;  // of `filtro`
    const char* text;  // of texts.txt
};
constexpr std::array<FilterName, 6> filters = {{
    {ItemFilter::All, "todos", "filter_all"},
    {ItemFilter::Done, "hechos", "filter_done"},
    {ItemFilter::Failed, "errores", "filter_failed"},
    {ItemFilter::LeftOut, "omitidos", "filter_left_out"},
    {ItemFilter::NeverCameIn, "sin_entrar", "filter_never_came_in"},
    {ItemFilter::MailFailed, "correo_fallido", "filter_mail_failed"},
}};

const FilterName& wanted_filter(Visit& visit) {
    const std::string& wanted = visit.request().query.get("filtro");
    const auto* found = std::find_if(
        filters.begin(), filters.end(), [&](const FilterName& one) { return wanted == one.name; });
    return found == filters.end() ? filters.front() : *found;
}

std::int64_t count_of(const JobSummary& job, ItemFilter filter) {
    switch (filter) {
        case ItemFilter::All:
            return job.taking_part() + job.left_out;
        case ItemFilter::Done:
            return job.done;
        case ItemFilter::Failed:
            return job.failed;
        case ItemFilter::LeftOut:
            return job.left_out;
        case ItemFilter::NeverCameIn:
            return job.never_came_in;
        case ItemFilter::MailFailed:
            return job.mail_failed;
    }
    unreachable();
}

// Links to the filters that show somebody, and to the one that is on.
std::vector<Model> filter_models(Visit& visit, const JobSummary& job, const FilterName& chosen) {
    std::vector<Model> models;
    for (const auto& one : filters) {
        const std::int64_t count = count_of(job, one.filter);
        const bool is_chosen = one.filter == chosen.filter;
        if (count > 0 || is_chosen) {
            Model model;
            model.set("filter_path", std::string("?filtro=") + one.name)
                .set("label", visit.services().renderer.text(one.text))
                .set("count", count)
                .set("is_chosen", is_chosen);
            models.push_back(std::move(model));
        }
    }
    return models;
}

// The page of clients that the query asks for, and links to the others.
JobItemPage set_items(Visit& visit, Model& model, const JobSummary& job, bool opened) {
    const FilterName& filter = wanted_filter(visit);
    const Services& services = visit.services();
    JobItemPage page = job_items(visit.services().database,
                                 services.credentials,
                                 job.id,
                                 filter.filter,
                                 page_number(visit),
                                 opened);
    std::vector<Model> items;
    for (const auto& item : page.items) {
        items.push_back(item_model(visit, job, item));
    }
    set_pager(model, page.page, page.pages, std::string("filtro=") + filter.name);
    model.set("filters", filter_models(visit, job, filter))
        .set("filter_name", filter.name)
        .set("no_items", page.items.empty())
        .set("items", std::move(items));
    return page;
}

Response draft(Visit& visit, Model model, const JobSummary& job) {
    set_items(visit, model, job, false);
    model.set("reasons", reason_models(visit, job));
    return visit.page("admin_bulk_action/draft", std::move(model));
}

Response progress(Visit& visit, Model model) {
    // Asked to keep still: somebody reads the page, or listens to it.
    const bool keeps_still = visit.request().query.get("quieto") == "1";
    model.set("refresh_seconds", keeps_still ? "" : std::to_string(refresh_seconds));
    return visit.page("admin_bulk_action/progress", std::move(model));
}

Response result(Visit& visit, Model model, const JobSummary& job) {
    const bool opened =
        visit.may(Role::Operator) && has_credentials(job, visit.services().clock.now());
    const JobItemPage page = set_items(visit, model, job, opened);
    const bool shows_passwords =
        std::any_of(page.items.begin(), page.items.end(), [](const JobItem& item) {
            return !item.password.empty();
        });
    if (shows_passwords) {
        note_handling(visit.services().database,
                      "credentials_seen",
                      job.id,
                      visit.actor(),
                      visit.services().clock.now());
    }
    model.set("reasons", reason_models(visit, job))
        .set("login_url", client_login_url(visit.services().settings));
    return visit.page("admin_bulk_action/result", std::move(model));
}

}  // namespace

Response jobs(Visit& visit) {
    std::vector<Model> models;
    for (const auto& job : recent_jobs(visit.services().database, jobs_shown)) {
        Model model;
        set_job(model, job, visit.services().clock.now());
        models.push_back(std::move(model));
    }
    Model model;
    model.set("at_jobs", true).set("none", models.empty()).set("jobs", std::move(models));
    return visit.page("admin_bulk_action/jobs", std::move(model));
}

Response job(Visit& visit) {
    const auto found = job_summary(visit.services().database, visit.path_id);
    if (!found) {
        return visit.not_found();
    }
    Model model;
    set_job(model, *found, visit.services().clock.now());
    switch (found->status) {
        case JobStatus::Draft:
            return draft(visit, std::move(model), *found);
        case JobStatus::Queued:
            return progress(visit, std::move(model));
        case JobStatus::Done:
        case JobStatus::Cancelled:
            return result(visit, std::move(model), *found);
    }
    unreachable();
}

}  // namespace ventanilla::admin_bulk_action
