// The lists behind the numbers of the first page: who owes, what came in, what is suspended, and
// which mails failed.
#include <array>
#include <map>

#include "admin_clients/admin_clients.h"
#include "app/staff_pages.h"
#include "billing/collection.h"
#include "clients/phone.h"
#include "mail/failed_mails.h"

namespace ventanilla::admin_clients {
namespace {

enum class View { Owing, Overdue, Paid, Suspended };

struct ViewName {
    View view;
    const char* name;
    const char* text_key;
};
constexpr std::array<ViewName, 4> views = {
    {{View::Owing, "deben", "collection_owing"},
     {View::Overdue, "vencidos", "collection_overdue"},
     {View::Paid, "pagos", "collection_paid"},
     {View::Suspended, "suspendidos", "collection_suspended"}}};

const ViewName& wanted_view(const std::string& name) {
    for (const auto& view : views) {
        if (name == view.name) {
            return view;
        }
    }
    return views.front();
}

std::vector<Model> view_models(Visit& visit, View chosen) {
    std::vector<Model> items;
    for (const auto& view : views) {
        Model item;
        item.set("view_query", std::string("?ver=") + view.name)
            .set("label", visit.services().renderer.text(view.text_key))
            .set("is_chosen", view.view == chosen);
        items.push_back(std::move(item));
    }
    return items;
}

bool set_debtors(Visit& visit, Model& model, bool only_overdue, std::int64_t number) {
    const Settings& settings = visit.services().settings;
    const DebtorPage page =
        debtors(visit.services().database, only_overdue, number, visit.services().clock.now());
    std::vector<Model> items;
    for (const auto& debtor : page.debtors) {
        const auto phone = read_phone(debtor.phone, settings.phone_region);
        Model item;
        item.set("client_id", debtor.client_id)
            .set("client_name", debtor.full_name)
            .set("phone", phone ? phone->shown : debtor.phone)
            .set("owed", debtor.owed.shown(settings.currency))
            .set("overdue",
                 debtor.overdue.is_positive() ? debtor.overdue.shown(settings.currency) : "")
            .set("first_due", debtor.first_due_on.text())
            .set("charge_count", debtor.charges);
        items.push_back(std::move(item));
    }
    model.set("has_debtors", !items.empty()).set("debtors", std::move(items));
    return page.has_more;
}

bool set_moves(Visit& visit, Model& model, std::int64_t number) {
    Services& services = visit.services();
    const Day today = Day::of(services.clock.now());
    const MoneyMovePage page =
        money_moves(services.database, Month::of(today).first_day().midnight(), number);
    std::vector<Model> items;
    for (const auto& move : page.moves) {
        Model item;
        item.set("client_id", move.client_id)
            .set("client_name", move.full_name)
            .set("receipt_query",
                 move.payment_id ? "?pago=" + std::to_string(*move.payment_id) : "")
            .set("receipt_number", move.receipt_number ? std::to_string(*move.receipt_number) : "")
            .set("means",
                 move.provider.empty() ? "" : services.renderer.text("means_" + move.provider))
            .set("amount_text", move.amount.shown(services.settings.currency))
            .set("is_given_back", move.amount.is_negative())
            .set("moved_at", date_time_text(move.at));
        items.push_back(std::move(item));
    }
    model.set("month_text", Month::of(today).text())
        .set("has_moves", !items.empty())
        .set("moves", std::move(items));
    return page.has_more;
}

bool set_suspended(Visit& visit, Model& model, std::int64_t number) {
    const SuspendedPage page = suspended_services(visit.services().database, number);
    std::vector<Model> items;
    for (const auto& service : page.services) {
        Model item;
        item.set("client_id", service.client_id)
            .set("client_name", service.full_name)
            .set("service_name", service.service_name)
            .set("is_by_rule", service.is_by_rule);
        items.push_back(std::move(item));
    }
    model.set("has_suspended", !items.empty()).set("suspended", std::move(items));
    return page.has_more;
}

// What the messages of templates/mail/ are about.
std::string subject_text(const Renderer& renderer, const std::string& message) {
    static const std::map<std::string, std::string, std::less<>> keys = {
        {"verification_code", "mail_about_code"},
        {"verification_code_resent", "mail_about_code"},
        {"password_reset_code", "mail_about_reset"},
        {"account_reactivated", "mail_about_account"},
        {"password_changed", "mail_about_password"},
        {"portal_credentials", "mail_about_credentials"},
        {"payment_received", "mail_about_payment"},
        {"payment_reminder", "mail_about_reminder"},
        {"confirm_new_email", "mail_about_new_email"},
        {"email_changed", "mail_about_new_email"}};
    const auto key = keys.find(message);
    return key == keys.end() ? message : renderer.text(key->second);
}

}  // namespace

Response collection(Visit& visit) {
    const ViewName& chosen = wanted_view(visit.request().query.get("ver"));
    const std::int64_t number = page_number(visit);
    Model model;
    bool has_more = false;
    if (chosen.view == View::Paid) {
        has_more = set_moves(visit, model, number);
    } else if (chosen.view == View::Suspended) {
        has_more = set_suspended(visit, model, number);
    } else {
        has_more = set_debtors(visit, model, chosen.view == View::Overdue, number);
    }
    set_pager(model, number, has_more ? number + 1 : number, std::string("ver=") + chosen.name);
    model.set("pages", "")
        .set("has_pages", number > 1 || has_more)
        .set("at_home", true)
        .set("is_debts", chosen.view == View::Owing || chosen.view == View::Overdue)
        .set("is_paid", chosen.view == View::Paid)
        .set("is_suspended", chosen.view == View::Suspended)
        .set("views", view_models(visit, chosen.view));
    return visit.page("admin_clients/collection", std::move(model));
}

Response mails(Visit& visit) {
    const Renderer& renderer = visit.services().renderer;
    std::vector<Model> items;
    for (const auto& mail : failed_mails(visit.services().database)) {
        Model item;
        item.set("recipient", mail.recipient)
            .set("about", subject_text(renderer, mail.message))
            .set("made_at", date_time_text(mail.created_at))
            .set("attempts", mail.attempts)
            .set("problem", mail.last_error);
        items.push_back(std::move(item));
    }
    Model model;
    model.set("at_home", true).set("none", items.empty()).set("mails", std::move(items));
    return visit.page("admin_clients/mails", std::move(model));
}

}  // namespace ventanilla::admin_clients
