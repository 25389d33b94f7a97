// What I get every month, and what happened to my account.
#include "accounts/audit_trail.h"
#include "portal/portal.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

constexpr std::int64_t events_shown = 20;

// An action of the audit log in the words for the account's owner. What staff did themselves is
// told as the audit log tells it.
std::string event_text(Visit& visit, const OwnEvent& event) {
    const Renderer& renderer = visit.services().renderer;
    const bool as_staff = event.is_mine && visit.session().account.is_staff;
    const std::string key = (as_staff ? "audit_" : "activity_") + event.action;
    if (renderer.has_text(key)) {
        return renderer.text(key);
    }
    return renderer.text(event.is_mine ? "activity_mine" : "activity_of_staff");
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
            .set("what", event_text(visit, event))
            .set("is_mine", event.is_mine)
            .set("network", event.network);
        items.push_back(std::move(item));
    }
    Model model;
    model.set("at_activity", true).set("none", items.empty()).set("events", std::move(items));
    return visit.page("portal/activity", std::move(model));
}

}  // namespace ventanilla::portal
