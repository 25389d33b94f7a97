// What I get every month, and what happened to my account.
#include <map>

#include "accounts/audit_trail.h"
#include "portal/portal.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

constexpr std::int64_t events_shown = 20;

// How an action of the audit log is told to the account's owner; others get a general word.
const char* event_key(const OwnEvent& event) {
    static const std::map<std::string, const char*> keys = {
        {"login", "event_login"},
        {"claim_finished", "event_claim_finished"},
        {"password_changed", "event_password_changed"},
        {"account_activated", "event_account_activated"},
        {"client_added", "event_client_added"},
        {"client_changed", "event_client_changed"},
        {"client_deleted", "event_client_deleted"},
        {"client_restored", "event_client_restored"},
        {"client_sessions_ended", "event_client_sessions_ended"},
        {"credentials_made", "event_credentials_made"},
        {"credentials_sent", "event_credentials_sent"},
        {"credentials_shared", "event_credentials_shared"},
        {"profile_changed", "event_profile_changed"},
        {"profile_change_asked", "event_profile_change_asked"},
        {"profile_change_applied", "event_profile_change_applied"},
        {"profile_change_refused", "event_profile_change_refused"},
        {"email_change_asked", "event_email_change_asked"},
        {"email_changed", "event_email_changed"},
        {"charge_added", "event_charge_added"},
        {"charge_cancelled", "event_charge_cancelled"},
        {"payment_recorded", "event_payment_recorded"},
        {"payment_reversed", "event_payment_reversed"},
        {"promise_granted", "event_promise_granted"},
        {"service_added", "event_service_added"},
        {"service_amount_changed", "event_service_amount_changed"},
        {"service_suspended", "event_service_suspended"},
        {"service_resumed", "event_service_resumed"},
        {"service_suspended_by_rule", "event_service_suspended_by_rule"},
        {"service_resumed_by_rule", "event_service_resumed_by_rule"},
        {"service_cancelled", "event_service_cancelled"},
        {"access_enabled", "event_access_enabled"},
        {"access_disabled", "event_access_disabled"}};
    const auto found = keys.find(event.action);
    if (found != keys.end()) {
        return found->second;
    }
    return event.is_mine ? "event_mine" : "event_of_staff";
}

}  // namespace

Response services(Visit& visit) {
    const auto view = services_view(visit.services().database, whose(visit));
    Model model;
    model.set("at_services", true).set("has_client", view.has_value());
    if (view) {
        model.set("none", view->services.empty())
            .set("services", service_items(visit, view->services));
    }
    return visit.page("portal/services", std::move(model));
}

Response activity(Visit& visit) {
    std::vector<Model> items;
    for (const auto& event :
         own_events(visit.services().database, visit.session_token(), events_shown)) {
        Model item;
        item.set("at", date_time_text(event.at))
            .set("what", visit.services().renderer.text(event_key(event)))
            .set("is_mine", event.is_mine)
            .set("network", event.network);
        items.push_back(std::move(item));
    }
    Model model;
    model.set("at_activity", true).set("none", items.empty()).set("events", std::move(items));
    return visit.page("portal/activity", std::move(model));
}

}  // namespace ventanilla::portal
