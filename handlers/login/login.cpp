#include "login/login.h"

#include "accounts/password_policy.h"
#include "app/paths.h"
#include "claims/login_chain.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla::login {
namespace {

constexpr std::size_t max_name_characters = 254;

Model form_model(Visit& visit, const std::string& username, const std::string& next) {
    Model model;
    model.set("action", visit.request().path)
        .set("username", username)
        .set("next", local_path(next, ""))
        .set("demo_hint", visit.services().settings.demo_hint);
    return model;
}

Response again(Visit& visit, const std::string& name, const FormErrors& errors) {
    Response response =
        visit.refused("login/login", form_model(visit, name, visit.field("next")), errors);
    response.hold = std::chrono::milliseconds(visit.services().settings.login_failure_ms);
    return response;
}

Response inside(Visit& visit, const LoggedIn& logged_in) {
    const std::string home = logged_in.is_staff ? paths::staff : paths::portal;
    const std::string target = logged_in.first_with_made_password && !logged_in.is_staff
                                   ? paths::first_password
                                   : local_path(visit.field("next"), home);
    Model values;
    if (logged_in.reactivated) {
        values.set("username", logged_in.reactivated->username)
            .set("old_username", logged_in.reactivated->old_username);
    }
    Response response =
        logged_in.reactivated ? visit.see_other(
            target,
            logged_in.reactivated->renamed() ? "notice_account_renamed" : "notice_account_ready",
            values)
                              : visit.see_other(target);
    visit.enter(response, logged_in.session_token, logged_in.account_id);
    return response;
}

Response refusal(Visit& visit, const std::string& name, LoginRefusal reason) {
    FormErrors errors(visit.services().renderer);
    switch (reason) {
        case LoginRefusal::Wrong:
            errors.add("password", "login_failed");
            break;
        case LoginRefusal::Inactive:
            errors.add("", "account_inactive");
            break;
        case LoginRefusal::MadePasswordEnded:
            errors.add("", "made_password_ended");
            break;
        case LoginRefusal::NoFreeUsername:
            errors.add("", "username_none_free");
            break;
    }
    return again(visit, name, errors);
}

}  // namespace

Response form(Visit& visit) {
    const std::string& next = visit.request().query.get("next");
    if (visit.find_session()) {
        const bool is_staff = visit.session().account.is_staff;
        return visit.see_other(local_path(next, is_staff ? paths::staff : paths::portal));
    }
    return visit.page("login/login", form_model(visit, "", next));
}

Response enter(Visit& visit) {
    const std::string name = trimmed(visit.field("username"));
    const std::string& password = visit.field("password");
    FormErrors errors(visit.services().renderer);
    if (name.empty()) {
        errors.add("username", "login_required");
    } else if (character_count(name) > max_name_characters) {
        errors.add("username", "username_too_long");
    }
    if (password.empty()) {
        errors.add("password", "password_required");
    } else if (password.size() > max_password_bytes) {
        errors.add("password", "password_too_long");
    }
    if (!errors.empty()) {
        return again(visit, name, errors);
    }
    const auto outcome = log_in(visit.services().claims, name, password, visit.visitor());
    if (const auto* logged_in = std::get_if<LoggedIn>(&outcome)) {
        return inside(visit, *logged_in);
    }
    if (const auto* throttled = std::get_if<LoginThrottled>(&outcome)) {
        return visit.throttled("reason_login", throttled->retry_at, visit.request().path);
    }
    return refusal(visit, name, std::get<LoginRefusal>(outcome));
}

Response leave(Visit& visit) {
    if (!visit.session_token().empty()) {
        visit.services().sessions.end(visit.session_token());
    }
    Response response = visit.see_other(paths::login, "notice_logged_out", Model());
    visit.leave(response);
    return response;
}

}  // namespace ventanilla::login
