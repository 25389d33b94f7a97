// A client's charges: what was asked of them, what is left of it, and promises of payment.
#include <algorithm>

#include "admin_clients/admin_clients.h"
#include "admin_clients/client_money.h"
#include "app/staff_pages.h"
#include "billing/services.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* page_name = "admin_clients/charges";
constexpr std::size_t max_concept_characters = 200;
constexpr std::size_t max_reason_characters = 500;

// Empty: nobody could pay by it.
std::string link_path(const ChargeLine& charge, const Settings& settings) {
    return settings.takes_online_payments() && charge.status == "pending"
               ? "/admin/pagos-en-linea/enlaces/?cargo=" + std::to_string(charge.id)
               : "";
}

Model line_model(const ChargeLine& charge,
                 const Settings& settings,
                 const std::string& page_query) {
    const std::string& own = settings.currency;
    const bool is_pending = charge.status == "pending";
    Model item;
    item.set("link_path", link_path(charge, settings))
        .set("cancel_query", page_query + "&cargo=" + std::to_string(charge.id) + "#cancelar")
        .set("description", charge.description)
        .set("service_name",
             charge.description.starts_with(charge.service_name) ? "" : charge.service_name)
        .set("amount_text", charge.amount.shown(own))
        .set("left_text", is_pending ? charge.owed.shown(own) : "")
        .set("due_text", charge.due_on.text())
        .set("is_late_fee", charge.is_late_fee)
        .set("is_overdue", is_pending && charge.is_overdue)
        .set("is_pending", is_pending && !charge.is_overdue)
        .set("is_part_paid", is_pending && charge.owed != charge.amount)
        .set("is_paid", charge.status == "paid")
        .set("is_cancelled", charge.status == "cancelled")
        .set("cancel_reason", charge.cancel_reason);
    return item;
}

struct ChargesPage {
    ClientMoney money;
    ChargePage charges;
    std::vector<ServiceLine> services;
};

std::optional<ChargesPage> charges_page(Visit& visit) {
    db::Connection& database = visit.services().database;
    auto money = client_money(visit);
    if (!money) {
        return std::nullopt;
    }
    return ChargesPage{
        std::move(*money),
        charges_of(database, visit.path_id, page_number(visit), visit.services().clock.now()),
        services_of(database, visit.path_id)};
}

// Null: no such charge on this page, or it is cancelled already.
const ChargeLine* find_charge(const ChargePage& page, std::int64_t id) {
    const auto found =
        std::find_if(page.charges.begin(), page.charges.end(), [&](const ChargeLine& line) {
            return line.id == id && line.status != "cancelled";
        });
    return found == page.charges.end() ? nullptr : &*found;
}

std::vector<Model> service_choices(const std::vector<ServiceLine>& services,
                                   std::int64_t chosen_id) {
    std::vector<Model> choices;
    for (const auto& service : services) {
        if (service.status != "cancelled") {
            Model choice;
            choice.set("service_id", service.id)
                .set("service_name", service.name)
                .set("is_chosen", service.id == chosen_id);
            choices.push_back(std::move(choice));
        }
    }
    return choices;
}

void set_chosen(Model& model, const ChargeLine& charge, const std::string& own) {
    model.set("chosen_id", charge.id)
        .set("chosen_name", charge.description)
        .set("chosen_amount", charge.amount.shown(own))
        .set("chosen_due", charge.due_on.text())
        .set("chosen_paid",
             charge.owed == charge.amount ? "" : (charge.amount - charge.owed).shown(own));
}

Model page_model(Visit& visit, const ChargesPage& page, const ChargeLine* chosen) {
    const std::string& own = visit.services().settings.currency;
    const std::int64_t number = page_number(visit);
    const std::string page_query = "?page=" + std::to_string(number);
    std::vector<Model> items;
    for (const auto& charge : page.charges.charges) {
        items.push_back(line_model(charge, visit.services().settings, page_query));
    }
    auto choices = service_choices(page.services, typed_id(visit.field("service")));
    Model model;
    set_head(visit, model, page.money);
    set_request_key(visit, model);
    set_pager(model, number, page.charges.has_more ? number + 1 : number, "");
    model
        .set("pages", "")  // nobody counts them
        .set("has_pages", number > 1 || page.charges.has_more)
        .set("page_query", page_query)
        .set("at_charges", true)
        .set("none", items.empty())
        .set("promise_most", visit.services().settings.promise_max_days)
        .set("charges", std::move(items));
    model.set("has_services", !choices.empty()).set("services", std::move(choices));
    if (chosen != nullptr) {
        set_chosen(model, *chosen, own);
    }
    return model;
}

// The page again, with what was typed.
Response refused(Visit& visit,
                 const ChargesPage& page,
                 const ChargeLine* chosen,
                 const FormErrors& errors) {
    Model model = page_model(visit, page, chosen);
    for (const char* field :
         {"concept", "amount", "due_on", "currency", "reason", "until", "note"}) {
        model.set(field, visit.field(field));
    }
    return visit.refused(page_name, std::move(model), errors);
}

Response done(Visit& visit, std::string_view notice) {
    return visit.see_other(client_path(visit.path_id, "cargos"), notice, Model());
}

const char* problem_key(ChargeRefusal refusal) {
    switch (refusal) {
        case ChargeRefusal::NoClient:
            return "client_is_deleted";
        case ChargeRefusal::NoService:
            return "charge_service_unknown";
    }
    unreachable();
}

Response add(Visit& visit, const ChargesPage& page) {
    FormErrors errors(visit.services().renderer);
    NewCharge charge;
    charge.client_id = visit.path_id;
    charge.description =
        typed_text(visit, errors, "concept", "concept_required", max_concept_characters);
    const auto currency = typed_currency(visit, errors);
    const auto amount = typed_amount(
        visit, errors, "amount", currency.value_or(visit.services().settings.currency));
    const auto due_on = typed_day(visit, errors, "due_on");
    if (const std::string& service = visit.field("service"); !service.empty()) {
        charge.service_id = typed_id(service);
    }
    if (errors.empty()) {
        charge.amount = *amount;
        charge.due_on = *due_on;
        charge.request_key = typed_request_key(visit);
        const auto added = add_charge(billing_of(visit), charge, visit.actor());
        if (std::holds_alternative<std::int64_t>(added)) {
            return done(visit, "notice_charge_added");
        }
        const ChargeRefusal refusal = std::get<ChargeRefusal>(added);
        errors.add(refusal == ChargeRefusal::NoService ? "service" : "", problem_key(refusal));
    }
    return refused(visit, page, nullptr, errors);
}

Response cancel(Visit& visit, const ChargesPage& page) {
    FormErrors errors(visit.services().renderer);
    const std::int64_t id = typed_id(visit.field("charge"));
    const std::string reason =
        typed_text(visit, errors, "reason", "reason_missing", max_reason_characters);
    if (!errors.empty()) {
        const ChargeLine* chosen = find_charge(page.charges, id);
        return chosen == nullptr ? visit.not_found() : refused(visit, page, chosen, errors);
    }
    switch (cancel_charge(billing_of(visit), visit.path_id, id, reason, visit.actor())) {
        case CancelOutcome::Done:
            return done(visit, "notice_charge_cancelled");
        case CancelOutcome::AlreadyCancelled:
            return done(visit, "notice_charge_was_cancelled");
        case CancelOutcome::Missing:
            return visit.not_found();
    }
    unreachable();
}

void add_problem(Visit& visit, FormErrors& errors, PromiseRefusal refusal) {
    Model values;
    values.set("days", visit.services().settings.promise_max_days);
    switch (refusal) {
        case PromiseRefusal::NoClient:
            return errors.add("", "client_is_deleted");
        case PromiseRefusal::Past:
            return errors.add("until", "promise_past");
        case PromiseRefusal::TooFar:
            return errors.add("until", "promise_too_far", values);
    }
    unreachable();
}

Response promise(Visit& visit, const ChargesPage& page) {
    FormErrors errors(visit.services().renderer);
    const auto until = typed_day(visit, errors, "until");
    const std::string note = typed_note(visit, errors, "note");
    if (errors.empty()) {
        const auto granted =
            grant_promise(billing_of(visit), visit.path_id, *until, note, visit.actor());
        if (std::holds_alternative<std::int64_t>(granted)) {
            return done(visit, "notice_promise_granted");
        }
        add_problem(visit, errors, std::get<PromiseRefusal>(granted));
    }
    return refused(visit, page, nullptr, errors);
}

}  // namespace

Response charge_list(Visit& visit) {
    const auto page = charges_page(visit);
    if (!page) {
        return visit.not_found();
    }
    Model model = page_model(
        visit, *page, find_charge(page->charges, typed_id(visit.request().query.get("cargo"))));
    model.set("due_on", Day::of(visit.services().clock.now()).iso());
    return visit.page(page_name, std::move(model));
}

Response change_charges(Visit& visit) {
    const auto page = charges_page(visit);
    if (!page) {
        return visit.not_found();
    }
    const std::string& wanted = visit.field("accion");
    if (wanted.empty() || wanted == "agregar") {
        return add(visit, *page);
    }
    if (wanted == "cancelar") {
        return cancel(visit, *page);
    }
    if (wanted == "promesa") {
        return promise(visit, *page);
    }
    FormErrors errors(visit.services().renderer);
    errors.add("", "action_required");
    return refused(visit, *page, nullptr, errors);
}

}  // namespace ventanilla::admin_clients
