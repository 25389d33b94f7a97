// Contact data that clients want changed and staff has to look at first (PROFILE_APPROVAL=1).
#include <algorithm>
#include <map>

#include "admin_clients/admin_clients.h"
#include "admin_clients/client_money.h"
#include "app/paths.h"
#include "clients/phone.h"
#include "clients/profile.h"
#include "core/text.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* page_name = "admin_clients/approvals";

ProfileServices profile_services(Visit& visit) {
    Services& services = visit.services();
    return {
        services.database, services.settings, services.clock, services.outbox, services.code_keys};
}

std::vector<std::int64_t> typed_wishes(Visit& visit) {
    std::vector<std::int64_t> ids;
    for (const auto& text : visit.request().form.all("wish")) {
        if (const std::int64_t id = typed_id(text); id > 0) {
            ids.push_back(id);
        }
    }
    return ids;
}

std::string label_of(const Renderer& renderer, const std::string& field) {
    static const std::map<std::string, std::string, std::less<>> keys = {
        {"full_name", "profile_full_name"},
        {"email", "profile_email"},
        {"phone", "profile_phone"},
        {"address", "profile_address"}};
    return renderer.text(keys.at(field));
}

std::string shown_value(Visit& visit, const std::string& field, const std::string& value) {
    if (field != "phone") {
        return value;
    }
    const auto phone = read_phone(value, visit.services().settings.phone_region);
    return phone ? phone->shown : value;
}

std::vector<Model> field_models(Visit& visit, const ProfileWish& wish) {
    std::vector<Model> items;
    for (const auto& change : wish.fields) {
        Model item;
        item.set("label", label_of(visit.services().renderer, change.field))
            .set("before", shown_value(visit, change.field, change.before))
            .set("after", shown_value(visit, change.field, change.after));
        items.push_back(std::move(item));
    }
    return items;
}

Model page_model(Visit& visit) {
    const auto chosen = typed_wishes(visit);
    std::vector<Model> items;
    const auto wishes = waiting_wishes(visit.services().database);
    for (const auto& wish : wishes) {
        Model item;
        item.set("wish_id", wish.id)
            .set("client_id", wish.client_id)
            .set("client_name", wish.client_name)
            .set("asked_at", date_time_text(wish.asked_at))
            .set("is_chosen",
                 wishes.size() == 1
                     || std::find(chosen.begin(), chosen.end(), wish.id) != chosen.end())
            .set("fields", field_models(visit, wish));
        items.push_back(std::move(item));
    }
    Model model;
    model.set("at_profiles", true)
        .set("count", std::ssize(wishes))
        .set("is_one", wishes.size() == 1)
        .set("approval_is_on", visit.services().settings.profile_approval)
        .set("none", items.empty())
        .set("wishes", std::move(items));
    return model;
}

Response decided(Visit& visit, const DecisionCount& count, const char* notice) {
    Model values;
    values.set("count", count.decided).set("gone", count.gone);
    return visit.see_other(
        paths::profiles, count.gone > 0 ? "notice_profiles_partly" : notice, values);
}

}  // namespace

Response profile_list(Visit& visit) {
    return visit.page(page_name, page_model(visit));
}

Response decide_profiles(Visit& visit) {
    FormErrors errors(visit.services().renderer);
    const auto ids = typed_wishes(visit);
    const std::string reason = typed_note(visit, errors, "reason");
    const std::string& wanted = visit.field("accion");
    if (ids.empty()) {
        errors.add("", "wish_required");
    }
    if (wanted != "aprobar" && wanted != "rechazar") {
        errors.add("", "action_required");
    }
    if (wanted == "rechazar" && reason.empty()) {
        errors.add("reason", "refusal_reason_required");
    }
    if (!errors.empty()) {
        Model model = page_model(visit);
        model.set("reason", reason);
        return visit.refused(page_name, std::move(model), errors);
    }
    if (wanted == "aprobar") {
        return decided(visit,
                       approve_wishes(profile_services(visit), ids, visit.actor()),
                       "notice_profiles_approved");
    }
    return decided(visit,
                   refuse_wishes(profile_services(visit), ids, reason, visit.actor()),
                   "notice_profiles_refused");
}

}  // namespace ventanilla::admin_clients
