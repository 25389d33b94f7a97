// Adding and changing one client.
#include <charconv>

#include "admin_clients/admin_clients.h"
#include "admin_clients/client_model.h"
#include "clients/client_form.h"
#include "clients/client_store.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

ClientData typed_client(Visit& visit) {
    return {visit.field("full_name"),
            visit.field("email"),
            visit.field("phone"),
            visit.field("address"),
            visit.field("notes")};
}

CheckedClient checked(Visit& visit, FormErrors& errors) {
    CheckedClient client =
        checked_client(typed_client(visit), visit.services().settings.phone_region);
    for (const auto& problem : client.problems) {
        errors.add(problem.field, problem.text_key);
    }
    return client;
}

void set_similar(Visit& visit, Model& model, const ClientData& data, std::int64_t except_id) {
    std::vector<Model> items;
    for (const auto& other : similar_clients(visit.services().database, data, except_id)) {
        Model item;
        item.set("id", other.id).set("other_name", other.data.full_name);
        items.push_back(std::move(item));
    }
    model.set("has_similar", !items.empty()).set("similar", std::move(items));
}

Response show(Visit& visit, const ClientDetail& detail) {
    Model model;
    model.set("at_clients", true);
    set_detail(visit, model, detail);
    set_data(model, detail.client.data);
    model.set("version", detail.client.version);
    return visit.page(client_form_page, std::move(model));
}

// Somebody else was faster: the page shows what is there now beside what was typed, and saving
// again writes over it knowingly.
Response changed_meanwhile(Visit& visit, const ClientData& typed) {
    const auto now_there = wanted_client(visit);
    if (!now_there) {
        return visit.not_found();
    }
    const ClientData& data = now_there->client.data;
    FormErrors errors(visit.services().renderer);
    errors.add("", "client_changed_meanwhile");
    Model model;
    model.set("at_clients", true);
    set_detail(visit, model, *now_there);
    set_data(model, typed);
    model.set("version", now_there->client.version)
        .set("is_conflict", true)
        .set("other_name", data.full_name)
        .set("other_email", data.email)
        .set("other_phone", data.phone)
        .set("other_address", data.address)
        .set("other_notes", data.notes);
    return visit.refused(client_form_page, std::move(model), errors);
}

std::int64_t typed_version(Visit& visit) {
    const std::string& text = visit.field("version");
    std::int64_t version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

}  // namespace

Response add_form(Visit& visit) {
    Model model;
    model.set("at_clients", true);
    model.set("is_new", true);
    return visit.page(client_form_page, std::move(model));
}

// A client who looks like one that is there is asked about once; pressing again adds it.
Response add(Visit& visit) {
    FormErrors errors(visit.services().renderer);
    const CheckedClient client = checked(visit, errors);
    Model model;
    model.set("at_clients", true);
    model.set("is_new", true);
    if (errors.empty() && visit.field("de_todos_modos") != "1") {
        set_similar(visit, model, client.data, 0);
        if (model.has("has_similar")) {
            errors.add("", "client_looks_known");
        }
    }
    if (!errors.empty()) {
        set_data(model, client.data);
        return visit.refused(client_form_page, std::move(model), errors);
    }
    Services& services = visit.services();
    const std::int64_t id =
        add_client(services.database, client.data, visit.actor(), services.clock.now());
    return visit.see_other(client_path(id), "notice_client_added", Model());
}

Response change_form(Visit& visit) {
    const auto detail = wanted_client(visit);
    return detail ? show(visit, *detail) : visit.not_found();
}

Response change(Visit& visit) {
    const auto detail = wanted_client(visit);
    if (!detail) {
        return visit.not_found();
    }
    FormErrors errors(visit.services().renderer);
    const CheckedClient client = checked(visit, errors);
    if (!errors.empty()) {
        return show_again(visit, *detail, client.data, typed_version(visit), errors);
    }
    Services& services = visit.services();
    switch (change_client(services.database,
                          visit.path_id,
                          typed_version(visit),
                          client.data,
                          visit.actor(),
                          services.clock.now())) {
        case ClientChange::Done:
            return visit.see_other(client_path(visit.path_id), "notice_client_changed", Model());
        case ClientChange::Missing:
            return visit.not_found();
        case ClientChange::ChangedMeanwhile:
            return changed_meanwhile(visit, client.data);
    }
    unreachable();
}

Response remove(Visit& visit) {
    Services& services = visit.services();
    const auto detail = wanted_client(visit);
    if (!detail) {
        return visit.not_found();
    }
    (void)delete_client(services.database, visit.path_id, visit.actor(), services.clock.now());
    return visit.see_other(client_path(visit.path_id), "notice_client_deleted", Model());
}

Response restore(Visit& visit) {
    Services& services = visit.services();
    const auto detail = wanted_client(visit);
    if (!detail) {
        return visit.not_found();
    }
    (void)restore_client(services.database, visit.path_id, visit.actor(), services.clock.now());
    return visit.see_other(client_path(visit.path_id), "notice_client_restored", Model());
}

}  // namespace ventanilla::admin_clients
