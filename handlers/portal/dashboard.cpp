// The portal's first page: what I owe comes first.
#include "app/month_picture.h"
#include "portal/portal.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

void set_account(Visit& visit, Model& model, const Overview& overview) {
    const Account& account = overview.session.account;
    model.set("username", account.username)
        .set("full_name", account.full_name())
        .set("email", account.email)
        .set("created_at", date_text(account.created_at))
        .set("weak_password", account.weak_password)
        .set("from_archive", overview.archived_username.has_value())
        .set("legacy_username", overview.archived_username.value_or(""));
    if (account.last_login_at) {
        model.set("last_login_at", date_time_text(*account.last_login_at));
    }
    for (const auto& line : overview.sessions) {
        if (line.id == overview.session.id) {
            model.set("entered_by", entered_by_text(visit, line.entered_by));
        }
    }
}

void set_client(Visit& visit, Model& model, const PortalView& view) {
    model.set("has_client", true)
        .set("full_name", view.full_name)
        .set("client_number", view.client_id)
        .set("has_services", !view.services.empty())
        .set("services", service_items(visit, view.services))
        .set("has_payments", !view.payments.empty())
        .set("payments", payment_items(visit, view.payments));
    set_debt(visit, model, view);
    set_month_picture(model, view.months, visit.services().settings.currency);
}

}  // namespace

Response overview(Visit& visit) {
    if (visit.session_token().empty()) {
        return visit.ask_login();
    }
    Services& services = visit.services();
    services.sessions.look_ahead_overview(visit.session_token());
    const auto view =
        portal_view(services.database, services.settings, whose(visit), services.clock.now());
    auto overview = services.sessions.overview_found_ahead();
    if (!overview) {
        return visit.ask_login();
    }
    const Account& account = overview->session.account;
    Model model;
    model.set("at_home", true)
        .set("display_name", view ? view->full_name : account.display_name())
        .set("no_client", !view && !account.is_staff);
    set_account(visit, model, *overview);
    if (view) {
        set_client(visit, model, *view);
    }
    set_sessions(visit, model, overview->sessions, overview->session.id);
    visit.set_session(std::move(overview->session));
    return visit.page("portal/overview", std::move(model));
}

}  // namespace ventanilla::portal
