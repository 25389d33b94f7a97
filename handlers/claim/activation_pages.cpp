// The first password, set by the link of a mail.
#include "app/form_checks.h"
#include "app/paths.h"
#include "claim/claim.h"
#include "core/unreachable.h"
#include "jobs/activation.h"

namespace ventanilla::claim {
namespace {

constexpr const char* page_name = "claim/activate";

Response dead_link(Visit& visit, ActivationRefusal refusal) {
    constexpr int unprocessable = 422;
    Model model;
    switch (refusal) {
        case ActivationRefusal::Unknown:
            return visit.not_found();
        case ActivationRefusal::Inactive:
            model.set("is_inactive", true);
            break;
        case ActivationRefusal::Expired:
            model.set("is_expired", true);
            break;
        case ActivationRefusal::Used:
            model.set("is_used", true);
            break;
    }
    return visit.page("claim/dead_link", std::move(model), unprocessable);
}

Model form_model(Visit& visit, const Activation& activation) {
    Model model;
    model.set("username", activation.username)
        .set("full_name", activation.full_name)
        .set("action", visit.request().path)
        .set("password_min_length", visit.services().settings.password_min_length);
    return model;
}

}  // namespace

Response activation_form(Visit& visit) {
    const auto found =
        find_activation(visit.services().database, visit.path_token, visit.services().clock.now());
    if (const auto* refusal = std::get_if<ActivationRefusal>(&found)) {
        return dead_link(visit, *refusal);
    }
    return visit.page(page_name, form_model(visit, std::get<Activation>(found)));
}

Response activate(Visit& visit) {
    const auto found =
        find_activation(visit.services().database, visit.path_token, visit.services().clock.now());
    if (const auto* refusal = std::get_if<ActivationRefusal>(&found)) {
        return dead_link(visit, *refusal);
    }
    const auto& activation = std::get<Activation>(found);
    FormErrors errors(visit.services().renderer);
    check_new_password(
        visit, errors, {activation.username, activation.email, activation.full_name});
    if (!errors.empty()) {
        return visit.refused(page_name, form_model(visit, activation), errors);
    }
    const auto outcome = ventanilla::activate(
        visit.services().claims, visit.path_token, visit.field("password1"), visit.visitor());
    if (const auto* refusal = std::get_if<ActivationRefusal>(&outcome)) {
        return dead_link(visit, *refusal);
    }
    const auto& activated = std::get<Activated>(outcome);
    Response response = visit.see_other(paths::portal, "notice_activated", Model());
    visit.enter(response, activated.session_token, activated.account_id);
    return response;
}

}  // namespace ventanilla::claim
