#include "verify_code/verify_code.h"

#include "app/code_pages.h"
#include "app/form_checks.h"
#include "app/paths.h"
#include "claims/code_check.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla::verify_code {
namespace {

constexpr int unprocessable = 422;
constexpr const char* code_page = "verify_code/code";

// What all pages of the flow may show.
Model flow_model(Visit& visit, Flow flow) {
    const FlowPaths flow_paths = paths_of(flow);
    Model model;
    model.set("action", flow_paths.code)
        .set("resend_action", flow_paths.resend)
        .set("restart_path", flow_paths.start)
        .set("minutes", visit.services().settings.code_minutes)
        .set("recovering_password", flow == Flow::Recovery);
    const auto pending = pending_code(visit.services().claims, flow, visit.visitor());
    if (pending) {
        model.set("email", pending->email)
            .set("digits", std::int64_t{pending->digits})
            .set("step_up", pending->is_step_up)
            .set("valid_until", clock_text(pending->expires_at));
        if (pending->resend_from > visit.services().clock.now()) {
            const Timestamp shown = std::chrono::ceil<std::chrono::minutes>(pending->resend_from);
            model.set("resend_from", clock_text(shown));
        }
    }
    return model;
}

// Where the right code has led; empty when none was typed in this browser, or it was too long ago.
std::string next_step(Visit& visit, Flow flow) {
    const auto claim = verified_claim(visit.services().claims, flow, visit.visitor());
    if (!claim) {
        return "";
    }
    if (flow == Flow::Recovery) {
        return paths::recovery_password;
    }
    return claim->dato_id ? paths::choose_password + std::to_string(*claim->dato_id) + '/'
                          : paths::search;
}

Response form(Visit& visit, Flow flow) {
    Model model = flow_model(visit, flow);
    if (model.has("email")) {
        return visit.page(code_page, std::move(model));
    }
    const std::string next = next_step(visit, flow);
    return next.empty() ? visit.page("verify_code/foreign", std::move(model))
                        : visit.see_other(next);
}

Response again(Visit& visit, Flow flow, const FormErrors& errors) {
    Model model = flow_model(visit, flow);
    model.set("code", first_characters(visit.field("code"), 40));
    return visit.refused(code_page, std::move(model), errors);
}

// The code was right and something else stands in the way.
Response in_the_way(Visit& visit, Flow flow, const char* key) {
    FormErrors errors(visit.services().renderer);
    errors.add("", key);
    return again(visit, flow, errors);
}

Response problem_page(Visit& visit, Flow flow, const char* name) {
    return visit.page(name, flow_model(visit, flow), unprocessable);
}

// The answer to the right code may have been lost on the way: the page leads on to where it would
// have led.
Response used_page(Visit& visit, Flow flow) {
    Model model = flow_model(visit, flow);
    model.set("continue_path", next_step(visit, flow));
    return visit.page("verify_code/used", std::move(model), unprocessable);
}

Response accepted(Visit& visit, Flow flow, const CodeAccepted& outcome) {
    if (outcome.opened) {
        Model values;
        values.set("username", outcome.opened->username)
            .set("old_username", outcome.opened->old_username);
        Response response = visit.see_other(
            paths::portal,
            outcome.opened->renamed() ? "notice_account_renamed" : "notice_account_ready",
            values);
        visit.enter(response, outcome.opened->session_token, outcome.opened->account_id);
        return response;
    }
    if (flow == Flow::Recovery) {
        return visit.see_other(paths::recovery_password);
    }
    if (outcome.proves_mailbox) {
        return visit.see_other(paths::search);
    }
    return visit.see_other(paths::choose_password + std::to_string(outcome.dato_id.value_or(0))
                           + '/');
}

Response refused(Visit& visit, Flow flow, CodeRefusal refusal) {
    switch (refusal) {
        case CodeRefusal::Expired:
            return problem_page(visit, flow, "verify_code/expired");
        case CodeRefusal::Exhausted:
            return problem_page(visit, flow, "verify_code/exhausted");
        case CodeRefusal::LongerNeeded:
            return problem_page(visit, flow, "verify_code/longer_code");
        case CodeRefusal::Used:
            return used_page(visit, flow);
        case CodeRefusal::NoClaim:
            return problem_page(visit, flow, "verify_code/foreign");
        case CodeRefusal::AlreadyClaimed:
            return in_the_way(visit, flow, "already_claimed");
        case CodeRefusal::NoFreeUsername:
            return in_the_way(visit, flow, "username_none_free");
    }
    unreachable();
}

Response wrong(Visit& visit, Flow flow, const CodeWrong& outcome) {
    Model values;
    values.set("tries_left", std::int64_t{outcome.tries_left});
    FormErrors errors(visit.services().renderer);
    errors.add("code", outcome.tries_left == 1 ? "code_wrong_one" : "code_wrong", values);
    return again(visit, flow, errors);
}

Response replaced(Visit& visit, Flow flow, const CodeReplaced& outcome) {
    Model model = flow_model(visit, flow);
    model.set("replaced_at", clock_text(outcome.replaced_at));
    return visit.page("verify_code/replaced", std::move(model), unprocessable);
}

Response try_code(Visit& visit, Flow flow) {
    const ClaimServices& claims = visit.services().claims;
    const auto digits = expected_digits(claims, flow, visit.visitor());
    if (!digits) {
        return refused(visit, flow, CodeRefusal::NoClaim);
    }
    FormErrors errors(visit.services().renderer);
    const std::string code = check_code(visit, errors, *digits);
    if (!errors.empty()) {
        return again(visit, flow, errors);
    }
    const auto outcome = use_code(claims, flow, code, visit.visitor());
    if (const auto* right = std::get_if<CodeAccepted>(&outcome)) {
        return accepted(visit, flow, *right);
    }
    if (const auto* not_right = std::get_if<CodeWrong>(&outcome)) {
        return wrong(visit, flow, *not_right);
    }
    if (const auto* older = std::get_if<CodeReplaced>(&outcome)) {
        return replaced(visit, flow, *older);
    }
    if (const auto* throttled = std::get_if<CodeNetworkThrottled>(&outcome)) {
        return visit.throttled("reason_network_codes", throttled->retry_at, paths_of(flow).code);
    }
    return refused(visit, flow, std::get<CodeRefusal>(outcome));
}

}  // namespace

Response search_form(Visit& visit) {
    return form(visit, Flow::Search);
}
Response reclaim_form(Visit& visit) {
    return form(visit, Flow::Form);
}
Response recovery_form(Visit& visit) {
    return form(visit, Flow::Recovery);
}

Response search_code(Visit& visit) {
    return try_code(visit, Flow::Search);
}
Response reclaim_code(Visit& visit) {
    return try_code(visit, Flow::Form);
}
Response recovery_code(Visit& visit) {
    return try_code(visit, Flow::Recovery);
}

}  // namespace ventanilla::verify_code
