// A client's services: what they get every month and what it costs.
#include <algorithm>

#include "admin_clients/admin_clients.h"
#include "admin_clients/client_money.h"
#include "billing/services.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* page_name = "admin_clients/services";
constexpr std::size_t max_name_characters = 200;

Model line_model(const ServiceLine& service, const std::string& own) {
    Model item;
    item.set("change_query", "?servicio=" + std::to_string(service.id) + "#cambiar")
        .set("service_name", service.name)
        .set("amount_text", service.monthly_amount.shown(own))
        .set("is_active", service.status == "active")
        .set("is_suspended", service.status == "suspended")
        .set("is_cancelled", service.status == "cancelled")
        .set("is_by_rule", service.is_suspended_by_rule)
        .set("started_on", service.started_on ? service.started_on->text() : "");
    return item;
}

const ServiceLine* find_service(const std::vector<ServiceLine>& services, std::int64_t id) {
    const auto found = std::find_if(
        services.begin(), services.end(), [&](const ServiceLine& line) { return line.id == id; });
    return found == services.end() || found->status == "cancelled" ? nullptr : &*found;
}

// The list, and beside it one service to change, or the form for a new one.
void set_services(Visit& visit,
                  Model& model,
                  const std::vector<ServiceLine>& services,
                  const ServiceLine* chosen) {
    const Settings& settings = visit.services().settings;
    std::vector<Model> items;
    items.reserve(services.size());
    for (const auto& service : services) {
        items.push_back(line_model(service, settings.currency));
    }
    model.set("none", items.empty()).set("services", std::move(items));
    if (chosen != nullptr) {
        model.set("chosen_id", chosen->id)
            .set("chosen_name", chosen->name)
            .set("chosen_amount", chosen->monthly_amount.shown(settings.currency))
            .set("chosen_suspended", chosen->status == "suspended");
    }
}

// What was typed, for a form shown again.
void set_typed(Visit& visit, Model& model) {
    for (const char* field : {"name", "monthly_amount", "new_amount", "currency", "started_on"}) {
        model.set(field, visit.field(field));
    }
}

Response refused(Visit& visit,
                 const ClientMoney& money,
                 const std::vector<ServiceLine>& services,
                 const ServiceLine* chosen,
                 const FormErrors& errors) {
    Model model;
    model.set("at_services", true);
    set_head(visit, model, money);
    set_services(visit, model, services, chosen);
    set_typed(visit, model);
    return visit.refused(page_name, std::move(model), errors);
}

Response add(Visit& visit, const ClientMoney& money, const std::vector<ServiceLine>& services) {
    FormErrors errors(visit.services().renderer);
    const std::string name =
        typed_text(visit, errors, "name", "service_name_required", max_name_characters);
    const auto currency = typed_currency(visit, errors);
    const auto amount = typed_amount(
        visit, errors, "monthly_amount", currency.value_or(visit.services().settings.currency));
    std::optional<Day> started_on = Day::of(visit.services().clock.now());
    if (!visit.field("started_on").empty()) {
        started_on = typed_day(visit, errors, "started_on");
    }
    if (errors.empty()
        && !add_service(
            billing_of(visit), {visit.path_id, name, *amount, *started_on}, visit.actor())) {
        errors.add("", "client_is_deleted");
    }
    if (!errors.empty()) {
        return refused(visit, money, services, nullptr, errors);
    }
    return visit.see_other(
        client_path(visit.path_id, "servicios"), "notice_service_added", Model());
}

Response answered(Visit& visit, ServiceChange outcome, std::string_view notice) {
    switch (outcome) {
        case ServiceChange::Done:
            return visit.see_other(client_path(visit.path_id, "servicios"), notice, Model());
        case ServiceChange::Unchanged:
            return visit.see_other(
                client_path(visit.path_id, "servicios"), "notice_service_unchanged", Model());
        case ServiceChange::Missing:
            return visit.not_found();
    }
    unreachable();
}

Response change_price(Visit& visit,
                      const ClientMoney& money,
                      const std::vector<ServiceLine>& services,
                      std::int64_t service_id) {
    const ServiceLine* chosen = find_service(services, service_id);
    if (chosen == nullptr) {
        return visit.not_found();
    }
    FormErrors errors(visit.services().renderer);
    const auto amount =
        typed_amount(visit, errors, "new_amount", chosen->monthly_amount.currency());
    if (!amount) {
        return refused(visit, money, services, chosen, errors);
    }
    return answered(
        visit,
        change_amount(billing_of(visit), visit.path_id, service_id, *amount, visit.actor()),
        "notice_service_amount");
}

}  // namespace

Response service_list(Visit& visit) {
    const auto money = client_money(visit);
    if (!money) {
        return visit.not_found();
    }
    const auto services = services_of(visit.services().database, visit.path_id);
    const ServiceLine* chosen =
        find_service(services, typed_id(visit.request().query.get("servicio")));
    Model model;
    model.set("at_services", true);
    set_head(visit, model, *money);
    set_services(visit, model, services, chosen);
    if (chosen != nullptr) {
        model.set("new_amount", chosen->monthly_amount.plain());
    } else {
        model.set("started_on", Day::of(visit.services().clock.now()).iso());
    }
    return visit.page(page_name, std::move(model));
}

Response change_services(Visit& visit) {
    const auto money = client_money(visit);
    if (!money) {
        return visit.not_found();
    }
    const auto services = services_of(visit.services().database, visit.path_id);
    const std::int64_t service_id = typed_id(visit.field("service"));
    const std::string& wanted = visit.field("accion");
    const Billing billing = billing_of(visit);
    if (wanted.empty() || wanted == "agregar") {
        return add(visit, *money, services);
    }
    if (wanted == "monto") {
        return change_price(visit, *money, services, service_id);
    }
    if (wanted == "suspender") {
        return answered(visit,
                        suspend_service(billing, visit.path_id, service_id, visit.actor()),
                        "notice_service_suspended");
    }
    if (wanted == "reactivar") {
        return answered(visit,
                        resume_service(billing, visit.path_id, service_id, visit.actor()),
                        "notice_service_resumed");
    }
    if (wanted == "cancelar") {
        return answered(visit,
                        cancel_service(billing, visit.path_id, service_id, visit.actor()),
                        "notice_service_cancelled");
    }
    FormErrors errors(visit.services().renderer);
    errors.add("", "action_required");
    return refused(visit, *money, services, nullptr, errors);
}

}  // namespace ventanilla::admin_clients
