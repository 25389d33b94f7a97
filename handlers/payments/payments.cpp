// What staff see of the payments online: how each provider does, money that fits nothing, and every
// try.
#include "payments/payments.h"

#include <array>

#include "app/staff_pages.h"
#include "core/text.h"
#include "core/unreachable.h"
#include "payments/health.h"
#include "payments/quarantine.h"
#include "payments/shown.h"
#include "payments/talk.h"
#include "payments/try_list.h"

namespace ventanilla::payment_pages {
namespace {

constexpr const char* page_name = "payments/console";
constexpr const char* console_path = "/admin/pagos-en-linea/";
constexpr std::int64_t max_note_characters = 500;
// A state of payment, and what the page's filter calls it.
constexpr std::array<std::pair<const char*, const char*>, 5> status_filters = {
    {{"pending", "filter_pending"},
     {"approved", "filter_approved"},
     {"failed", "filter_failed"},
     {"refunded", "filter_refunded"},
     {"quarantined", "filter_quarantined"}}};
// Somebody should have heard of a payment by then.
constexpr std::chrono::minutes quiet_after{60};

std::vector<Model> health_items(Visit& visit) {
    std::vector<ProviderName> names;
    for (const auto& provider : talk(visit).providers()) {
        names.push_back(provider->name());
    }
    const Timestamp now = visit.services().clock.now();
    std::vector<Model> items;
    for (const auto& health : provider_health(visit.services().database, names)) {
        Model item;
        item.set("provider_name", provider_label(visit, health.provider))
            .set("last_event_at", time_or_nothing(health.last_event_at))
            .set("last_answer_at", time_or_nothing(health.last_answer_at))
            .set("open_tries", health.open_tries)
            .set("oldest_open_at", time_or_nothing(health.oldest_open_at))
            .set("unhandled_events",
                 health.unhandled_events > 0 ? std::to_string(health.unhandled_events) : "")
            .set("refused_events",
                 health.refused_events > 0 ? std::to_string(health.refused_events) : "")
            .set("in_trouble", health.is_in_trouble())
            .set("last_trouble", health.last_trouble)
            .set("last_trouble_at", time_or_nothing(health.last_trouble_at))
            .set("is_quiet", health.is_quiet(now, quiet_after));
        items.push_back(std::move(item));
    }
    return items;
}

std::vector<Model> quarantine_items(Visit& visit) {
    const std::string& own = visit.services().settings.currency;
    const std::string& chosen = visit.field("cuarentena");
    std::vector<Model> items;
    for (const auto& money : quarantined_money(visit.services().database)) {
        const bool is_chosen = chosen == std::to_string(money.id);
        Model item;
        item.set("quarantine_id", money.id)
            .set("provider_name", provider_label(visit, money.provider))
            .set("money_ref", money.money_ref)
            .set("their_reference", money.reference)
            .set("attempt_id", money.payment_id > 0 ? std::to_string(money.payment_id) : "")
            .set("client_id",
                 is_chosen && !visit.field("cliente").empty() ? visit.field("cliente")
                 : money.client_id > 0                        ? std::to_string(money.client_id)
                                                              : "")
            .set("client_name", money.client_name)
            .set("came", money.amount ? money.amount->shown(own) : money.amount_text)
            .set("asked", money.expected ? money.expected->shown(own) : "")
            .set("why_text", visit.services().renderer.text("quarantine_" + money.reason))
            .set("found_at", date_time_text(money.found_at))
            .set("can_book", money.amount.has_value() && money.reason != "account")
            .set("is_chosen", is_chosen)
            // What is wrong leads to the fields of the form that was sent.
            .set("client_field", is_chosen ? "cliente" : "cliente-" + std::to_string(money.id))
            .set("note_field", is_chosen ? "nota" : "nota-" + std::to_string(money.id))
            .set("typed_note", is_chosen ? visit.field("nota") : "");
        items.push_back(std::move(item));
    }
    return items;
}

TryFilter wanted_tries(Visit& visit) {
    const Fields& query = visit.request().query;
    TryFilter filter;
    for (const auto& [status, name] : status_filters) {
        if (query.get("estado") == status) {
            filter.status = status;
        }
    }
    if (const auto provider = provider_named(query.get("proveedor"))) {
        filter.provider = provider_text(*provider);
    }
    filter.client_id = number_or_zero(query.get("cliente"));
    return filter;
}

std::string filter_text(const TryFilter& filter) {
    std::string text;
    if (!filter.status.empty()) {
        text += "&estado=" + filter.status;
    }
    if (!filter.provider.empty()) {
        text += "&proveedor=" + filter.provider;
    }
    if (filter.client_id > 0) {
        text += "&cliente=" + std::to_string(filter.client_id);
    }
    return text.empty() ? text : text.substr(1);
}

void set_tries(Visit& visit, Model& model) {
    const TryFilter filter = wanted_tries(visit);
    const std::int64_t page = page_number(visit);
    const auto shown = list_tries(visit.services().database, filter, page);
    std::vector<Model> items;
    for (const auto& line : shown.tries) {
        Model item;
        set_try(visit, item, line);
        items.push_back(std::move(item));
    }
    model.set("no_tries", items.empty()).set("page", page).set("filter_all", filter.status.empty());
    for (const auto& [status, name] : status_filters) {
        model.set(name, filter.status == status);
    }
    model.set("tries", std::move(items));
    set_pager(model, page, shown.has_more ? page + 1 : page, filter_text(filter));
    model.set("pages", "");  // nobody counts them
}

Model console_model(Visit& visit) {
    Model model;
    auto health = health_items(visit);
    auto quarantine = quarantine_items(visit);
    model.set("at_online", true)
        .set("may_operate", visit.may(Role::Operator))
        .set("none_configured", health.empty())
        .set("has_quarantine", !quarantine.empty());
    model.set("health", std::move(health));
    model.set("quarantine", std::move(quarantine));
    set_tries(visit, model);
    return model;
}

const char* outcome_key(DecisionOutcome outcome) {
    switch (outcome) {
        case DecisionOutcome::Done:
            return nullptr;
        case DecisionOutcome::Missing:
            return "quarantine_gone";
        case DecisionOutcome::NoClient:
            return "quarantine_no_client";
        case DecisionOutcome::NoAmount:
            return "quarantine_no_amount";
        case DecisionOutcome::NotOurs:
            return "quarantine_not_ours";
    }
    unreachable();
}

DecisionOutcome decided(Visit& visit, bool books, const std::string& note) {
    const auto id = number_or_zero(visit.field("cuarentena"));
    const Billing billing = payments(visit).billing;
    return books ? book_quarantined(
               billing, id, number_or_zero(visit.field("cliente")), note, visit.actor())
                 : dismiss_quarantined(billing, id, note, visit.actor());
}

}  // namespace

Response console(Visit& visit) {
    return visit.page(page_name, console_model(visit));
}

Response decide(Visit& visit) {
    const bool books = visit.field("accion") == "reservar";
    const std::string note = trimmed(visit.field("nota"));
    FormErrors errors(visit.services().renderer);
    if (!books && visit.field("accion") != "descartar") {
        errors.add("", "quarantine_action_missing");
    } else if (note.empty()) {
        errors.add("nota", "quarantine_note_required");
    } else if (character_count(note) > static_cast<std::size_t>(max_note_characters)) {
        Model values;
        values.set("most", max_note_characters);
        errors.add("nota", "text_too_long", values);
    } else {
        const auto outcome = decided(visit, books, note);
        if (const char* key = outcome_key(outcome)) {
            errors.add(outcome == DecisionOutcome::NoClient ? "cliente" : "", key);
        }
    }
    if (!errors.empty()) {
        return visit.refused(page_name, console_model(visit), errors);
    }
    return visit.see_other(
        console_path, books ? "notice_quarantine_booked" : "notice_quarantine_dismissed", Model());
}

}  // namespace ventanilla::payment_pages
