// How a page answers: with a template in the site's frame, or with an error.
#include "app/visit.h"
#include "core/log.h"

namespace ventanilla {
namespace {

std::string error_template(int status) {
    switch (status) {
        case 400:
            return "errors/bad_request";
        case 403:
            return "errors/forbidden";
        case 404:
            return "errors/not_found";
        case 405:
            return "errors/method_not_allowed";
        case 413:
            return "errors/too_large";
        case 429:
            return "errors/throttled";
        case 503:
            return "errors/unavailable";
        default:
            return "errors/internal";
    }
}

void set_site(Model& model, const Settings& settings) {
    model.set("organization", settings.organization_name)
        .set("portal_name", settings.portal_name)
        .set("help_text", settings.staff_contact);
}

}  // namespace

Response Visit::page(std::string_view name, Model model, int status) {
    set_site(model, services_.settings);
    model.set("csrf_token", form_token());
    take_notice(model);
    if (is_expected_ && !find_session()) {
        throw NobodyLoggedIn();
    }
    if (session_) {
        const Role role = session_->account.role;
        model.set("signed_in", true)
            .set("is_staff", session_->account.is_staff)
            .set("may_operate", role >= Role::Operator)
            .set("may_administer", role >= Role::Administrator)
            .set("account_name", session_->account.display_name());
    }
    Response response;
    response.status = status;
    response.body = services_.renderer.page(name, model);
    return response;
}

Response Visit::refused(std::string_view name, Model model, const FormErrors& errors) {
    constexpr int unprocessable = 422;
    errors.show(model);
    return page(name, std::move(model), unprocessable);
}

Response Visit::not_found() {
    constexpr int missing = 404;
    return error_page(services_, request_, missing);
}

Response Visit::throttled(std::string_view reason_key,
                          Timestamp retry_at,
                          const std::string& back_path) {
    constexpr int too_many = 429;
    const Timestamp now = services_.clock.now();
    const auto wait = std::chrono::ceil<std::chrono::seconds>(retry_at - now);
    constexpr std::chrono::hours soon{20};
    // A clock time is read to the minute: whoever comes then must not be too early.
    const Timestamp shown = std::chrono::ceil<std::chrono::minutes>(retry_at);
    Model model;
    set_site(model, services_.settings);
    model.set("reason", services_.renderer.text(reason_key))
        .set("retry_at", wait > soon ? date_time_text(shown) : clock_text(shown))
        .set("back_path", back_path);
    Response response;
    response.status = too_many;
    response.body = services_.renderer.page("errors/throttled", model);
    response.with_header("Retry-After", std::to_string(std::max<std::int64_t>(wait.count(), 1)));
    return response;
}

Response Visit::error_page(const Services& services, const Request& request, int status) {
    constexpr int unavailable = 503;
    Response response;
    response.status = status;
    try {
        Model model;
        set_site(model, services.settings);
        model.set("request_id", request.request_id).set("back_path", request.path);
        response.body = services.renderer.page(error_template(status), model);
    } catch (const std::exception& error) {
        log_error("error_page_failed", {{"reason", error.what()}});
        response.content_type = "text/plain; charset=utf-8";
        response.body = std::to_string(status) + "\n";
    }
    if (status == unavailable) {
        response.with_header("Retry-After", "5");
    }
    return response;
}

void Visit::add_security_headers(const Services& services, Response& response) {
    constexpr std::string_view own_forms = "form-action 'self'";
    std::string policy = services.renderer.content_security_policy();
    if (!response.form_targets.empty()) {
        policy.insert(policy.find(own_forms) + own_forms.size(), ' ' + response.form_targets);
    }
    response.with_header("Content-Security-Policy", policy)
        .with_header("X-Content-Type-Options", "nosniff")
        .with_header("X-Frame-Options", "DENY")
        .with_header("Referrer-Policy", "same-origin")
        .with_header("Cross-Origin-Opener-Policy", "same-origin")
        .with_header("Cache-Control", "no-store");
}

}  // namespace ventanilla
