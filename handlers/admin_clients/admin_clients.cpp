// The staff's first page.
#include "admin_clients/admin_clients.h"

#include <algorithm>

#include "app/month_picture.h"
#include "billing/overview.h"
#include "claims/archive_progress.h"
#include "clients/profile.h"

namespace ventanilla::admin_clients {
namespace {

constexpr std::int64_t picture_width = 320;

std::vector<Model> currency_models(const BillingOverview& overview, const std::string& own) {
    std::vector<Model> items;
    for (const auto& part : overview.currencies) {
        Model item;
        item.set("code", overview.currencies.size() > 1 ? part.owed.currency() : "")
            .set("owed", part.owed.shown(own))
            .set("overdue", part.overdue.shown(own))
            .set("paid_this_month", part.paid_this_month.shown(own))
            .set("credit", part.credit.is_positive() ? part.credit.shown(own) : "");
        items.push_back(std::move(item));
    }
    return items;
}

// One bar: with access, and the rest.
void set_access(Model& model, const BillingOverview& overview) {
    const std::int64_t with = overview.clients_with_access;
    const std::int64_t all = with + overview.clients_without_access;
    const std::int64_t width = all == 0 ? 0 : with * picture_width / all;
    model.set("clients_with_access", with)
        .set("clients_without_access", overview.clients_without_access)
        .set("has_clients", all > 0)
        .set("access_width", width)
        .set("no_access_x", width)
        .set("no_access_width", picture_width - width);
}

void set_money(Model& model, const BillingOverview& overview, const std::string& own) {
    Money charged(0, own);
    Money paid(0, own);
    for (const auto& month : overview.months) {
        charged += month.charged;
        paid += month.paid;
    }
    model.set("currencies", currency_models(overview, own))
        .set("overdue_clients", overview.overdue_clients)
        .set("suspended_services", overview.suspended_services)
        .set("year_charged", charged.shown(own))
        .set("year_paid", paid.shown(own));
    set_month_picture(model, overview.months, own);
}

// Empty when nobody waits.
std::string waiting_text(Visit& visit) {
    const auto count = std::ssize(waiting_wishes(visit.services().database));
    Model values;
    values.set("count", count);
    return count == 0 ? "" : visit.services().renderer.text("profiles_waiting", values);
}

}  // namespace

Response overview(Visit& visit) {
    constexpr int days_of_week = -7;
    Services& services = visit.services();
    const Timestamp now = services.clock.now();
    const BillingOverview billing = billing_overview(services.database, services.settings, now);
    const ArchiveProgress progress = archive_progress(services.database, now);
    Model model;
    set_money(model, billing, services.settings.currency);
    set_access(model, billing);
    model.set("at_home", true)
        .set("claims_week", billing.claims_this_week)
        .set("week_query", "?accion=claim_finished&desde=" + Day::of(now).plus(days_of_week).iso())
        .set("waiting_profiles_text", waiting_text(visit))
        .set("archive_total", progress.archived)
        .set("archive_claimed", progress.claimed)
        .set("archive_by_password", progress.with_password)
        .set("archive_by_code", progress.only_with_email)
        .set("archive_lost", progress.with_neither)
        .set("mail_pending", progress.mails_waiting)
        .set("mail_failed", billing.failed_mails);
    return visit.page("admin_clients/overview", std::move(model));
}

}  // namespace ventanilla::admin_clients
