#include "portal/portal.h"

#include <charconv>

#include "app/form_checks.h"
#include "app/paths.h"
#include "claims/login_chain.h"
#include "claims/password_choice.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

constexpr const char* password_page = "portal/change_password";

bool is_first_time(Visit& visit) {
    return visit.request().query.get("primera") == "1";
}

Model password_model(Visit& visit) {
    Model model;
    model.set("username", visit.session().account.username)
        .set("first_time", is_first_time(visit))
        .set("password_min_length", visit.services().settings.password_min_length);
    return model;
}

}  // namespace

Response password_form(Visit& visit) {
    return visit.page(password_page, password_model(visit));
}

Response change(Visit& visit) {
    if (!visit.field("omitir").empty()) {
        return visit.see_other(paths::portal);
    }
    const Account& account = visit.session().account;
    const ClaimServices& claims = visit.services().claims;
    FormErrors errors(visit.services().renderer);
    const std::string& old_password = visit.field("old_password");
    if (old_password.empty()) {
        errors.add("old_password", "old_password_required");
    }
    check_new_password(visit, errors, {account.username, account.email, account.first_name});
    if (errors.empty() && old_password == visit.field("password1")) {
        errors.add("password1", "password_same_as_old");
    }
    if (errors.empty()) {
        const auto check = check_password(claims, account, old_password, visit.visitor());
        if (check.retry_at) {
            return visit.throttled("reason_login", *check.retry_at, visit.request().path);
        }
        if (!check.is_right) {
            errors.add("old_password", "old_password_wrong");
        }
    }
    if (!errors.empty()) {
        return visit.refused(password_page, password_model(visit), errors);
    }
    const auto replaced =
        change_password(claims, visit.session(), visit.field("password1"), visit.visitor());
    Model values;
    values.set("sessions_ended", replaced.sessions_ended);
    Response response = visit.see_other(paths::portal, "notice_password_changed", values);
    visit.enter(response, replaced.session_token, account.id);
    return response;
}

Response sessions(Visit& visit) {
    if (visit.session_token().empty()) {
        return visit.ask_login();
    }
    auto overview = visit.services().sessions.overview(visit.session_token());
    if (!overview) {
        return visit.ask_login();
    }
    Model model;
    set_sessions(visit, model, overview->sessions, overview->session.id);
    visit.set_session(std::move(overview->session));
    return visit.page("portal/sessions", std::move(model));
}

Response end_sessions(Visit& visit) {
    SessionStore& store = visit.services().sessions;
    const Session& mine = visit.session();
    if (visit.field("all") == "1") {
        Model values;
        values.set("count", std::to_string(store.end_others(mine.account.id, mine.id)));
        return visit.see_other(paths::sessions, "notice_sessions_ended", values);
    }
    const std::string& wanted = visit.field("session");
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), id);
    if (error != std::errc() || end != wanted.data() + wanted.size()
        || !store.end_one(mine.account.id, id)) {
        return visit.not_found();
    }
    if (id == mine.id) {
        Response response = visit.see_other(paths::login, "notice_logged_out", Model());
        visit.leave(response);
        return response;
    }
    return visit.see_other(paths::sessions, "notice_session_ended", Model());
}

}  // namespace ventanilla::portal
