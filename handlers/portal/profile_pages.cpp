// My contact data. A new email counts once its code was typed; with PROFILE_APPROVAL everything
// else, and that email too, waits for staff.
#include "app/form_checks.h"
#include "clients/client_form.h"
#include "clients/phone.h"
#include "clients/profile.h"
#include "core/text.h"
#include "core/unreachable.h"
#include "portal/portal.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

constexpr int unprocessable = 422;
constexpr const char* profile_page = "portal/profile";
constexpr const char* code_page = "portal/email_code";
constexpr const char* dead_code_page = "portal/email_dead_code";
constexpr const char* profile_path = "/clientes/portal/perfil/";
constexpr const char* code_path = "/clientes/portal/perfil/correo/";

ProfileServices profile_services(Visit& visit) {
    Services& services = visit.services();
    return {
        services.database, services.settings, services.clock, services.outbox, services.code_keys};
}

std::string network(Visit& visit) {
    return visit.actor().network;
}

std::string shown_phone(Visit& visit, const std::string& stored) {
    const auto phone = read_phone(stored, visit.services().settings.phone_region);
    return phone ? phone->shown : stored;
}

// What waits for staff: a label of the field, and what it shall be.
void set_waiting(Visit& visit, Model& model, const WaitingChange& change) {
    model.set("is_waiting", true)
        .set("asked_at", date_text(change.asked_at))
        .set("waiting_full_name", change.full_name.value_or(""))
        .set("waiting_email", change.email.value_or(""))
        .set("waiting_phone", change.phone ? shown_phone(visit, *change.phone) : "")
        .set("waiting_address", change.address.value_or(""))
        .set("waiting_no_phone", change.phone == "")
        .set("waiting_no_address", change.address == "");
}

Model profile_model(Visit& visit, const Profile& profile) {
    Model model;
    model.set("at_profile", true)
        .set("has_client", profile.client_id.has_value())
        .set("needs_approval", visit.services().settings.profile_approval)
        .set("username", visit.session().account.username)
        .set("email_now", profile.email)
        .set("unproven_email", profile.unproven_email.value_or(""));
    if (profile.waiting) {
        set_waiting(visit, model, *profile.waiting);
    }
    return model;
}

// Empty only where there is none now: an address can be replaced, not taken away.
void check_new_email(Visit& visit, const Profile& profile, FormErrors& errors) {
    if (!profile.email.empty() || !trimmed(visit.field("email")).empty()) {
        (void)check_email(visit, errors);
    }
}

void add_problems(FormErrors& errors, const ProfileProblems& problems) {
    for (const auto& problem : problems) {
        if (!errors.has(problem.field)) {
            errors.add(problem.field, problem.text_key);
        }
    }
}

ProfileData typed_data(Visit& visit) {
    return {visit.field("full_name"), visit.field("phone"), visit.field("address")};
}

Response typed_again(Visit& visit, const Profile& profile, const FormErrors& errors) {
    Model model = profile_model(visit, profile);
    for (const char* name : {"full_name", "email", "phone", "address"}) {
        model.set(name, visit.field(name));
    }
    return visit.refused(profile_page, std::move(model), errors);
}

// Everything that is wrong, before anything is written.
void check_profile(Visit& visit, const Profile& profile, FormErrors& errors) {
    if (profile.client_id) {
        const ProfileData typed = typed_data(visit);
        add_problems(errors,
                     checked_client({typed.full_name, "", typed.phone, typed.address, ""},
                                    visit.services().settings.phone_region)
                         .problems);
    }
    check_new_email(visit, profile, errors);
}

const char* outcome_notice(ProfileOutcome outcome) {
    switch (outcome) {
        case ProfileOutcome::Changed:
            return "notice_profile_changed";
        case ProfileOutcome::Waiting:
            return "notice_profile_waits";
        case ProfileOutcome::Unchanged:
        case ProfileOutcome::NoClient:
            return "notice_profile_unchanged";
    }
    unreachable();
}

// A code on its way to the new address, or why there is none.
Response ask_code(Visit& visit, const std::string& email, const char* notice) {
    const auto outcome =
        ask_new_email(profile_services(visit), visit.session().account, email, network(visit));
    if (const auto* throttled = std::get_if<EmailCodeThrottled>(&outcome)) {
        return visit.throttled("reason_email_codes", throttled->retry_at, profile_path);
    }
    if (std::holds_alternative<EmailCodeSent>(outcome)) {
        Model values;
        values.set("email", email);
        return visit.see_other(code_path, notice, values);
    }
    return visit.see_other(profile_path, "notice_email_not_asked", Model());
}

Model code_model(const PendingEmail& pending) {
    Model model;
    model.set("at_profile", true)
        .set("email", pending.email)
        .set("digits", std::int64_t{pending.digits})
        .set("valid_until", clock_text(pending.expires_at));
    return model;
}

Response dead_code(Visit& visit, const char* reason) {
    Model model;
    model.set("at_profile", true)
        .set(reason, true)
        .set("email", trimmed(visit.field("email")))
        .set("minutes", visit.services().settings.code_minutes);
    return visit.page(dead_code_page, std::move(model), unprocessable);
}

Response refused_code(Visit& visit, EmailCodeRefusal refusal) {
    switch (refusal) {
        case EmailCodeRefusal::NoCode:
            return dead_code(visit, "is_missing");
        case EmailCodeRefusal::Expired:
            return dead_code(visit, "is_expired");
        case EmailCodeRefusal::Exhausted:
            return dead_code(visit, "is_exhausted");
    }
    unreachable();
}

Response code_again(Visit& visit, const PendingEmail& pending, const FormErrors& errors) {
    Model model = code_model(pending);
    model.set("code", first_characters(visit.field("code"), 40));
    return visit.refused(code_page, std::move(model), errors);
}

void add_wrong_code(FormErrors& errors, int tries_left) {
    Model values;
    values.set("tries_left", std::int64_t{tries_left});
    errors.add("code", tries_left == 1 ? "code_wrong_one" : "code_wrong", values);
}

Response email_changed(Visit& visit, const EmailChanged& changed) {
    Model values;
    values.set("email", changed.email);
    return visit.see_other(profile_path,
                           changed.waits_for_staff ? "notice_email_waits" : "notice_email_changed",
                           values);
}

}  // namespace

Response profile_form(Visit& visit) {
    const Profile profile = profile_of(profile_services(visit), visit.session_token());
    Model model = profile_model(visit, profile);
    model.set("full_name", profile.full_name)
        .set("email", profile.email)
        .set("phone", shown_phone(visit, profile.phone))
        .set("address", profile.address);
    return visit.page(profile_page, std::move(model));
}

Response change_data(Visit& visit) {
    const auto services = profile_services(visit);
    const Account& account = visit.session().account;
    const Profile profile = profile_of(services, visit.session_token());
    FormErrors errors(visit.services().renderer);
    check_profile(visit, profile, errors);
    if (!errors.empty()) {
        return typed_again(visit, profile, errors);
    }
    auto outcome = ProfileOutcome::NoClient;
    if (profile.client_id) {
        const auto changed = change_profile(services, account, typed_data(visit), network(visit));
        if (const auto* problems = std::get_if<ProfileProblems>(&changed)) {
            add_problems(errors, *problems);
            return typed_again(visit, profile, errors);
        }
        outcome = std::get<ProfileOutcome>(changed);
    }
    const std::string email = trimmed(visit.field("email"));
    if (folded(email) != folded(profile.email)) {
        return ask_code(visit, email, "notice_email_code_sent");
    }
    return visit.see_other(profile_path, outcome_notice(outcome), Model());
}

Response email_form(Visit& visit) {
    const auto pending = pending_email(profile_services(visit), visit.session_token());
    return pending ? visit.page(code_page, code_model(*pending)) : visit.see_other(profile_path);
}

Response prove_email(Visit& visit) {
    if (!visit.field("reenviar").empty()) {
        return ask_code(visit, trimmed(visit.field("email")), "notice_code_resent");
    }
    const auto services = profile_services(visit);
    const Account& account = visit.session().account;
    const auto pending = pending_email(services, visit.session_token());
    const auto usual_digits = static_cast<int>(visit.services().settings.code_length);
    FormErrors errors(visit.services().renderer);
    const std::string code = check_code(visit, errors, pending ? pending->digits : usual_digits);
    if (!errors.empty()) {
        return pending ? code_again(visit, *pending, errors) : dead_code(visit, "is_missing");
    }
    const auto outcome = use_email_code(services, account, code, network(visit));
    if (const auto* changed = std::get_if<EmailChanged>(&outcome)) {
        return email_changed(visit, *changed);
    }
    if (const auto* wrong = std::get_if<EmailCodeWrong>(&outcome); wrong != nullptr && pending) {
        add_wrong_code(errors, wrong->tries_left);
        return code_again(visit, *pending, errors);
    }
    const auto* refusal = std::get_if<EmailCodeRefusal>(&outcome);
    return refused_code(visit, refusal != nullptr ? *refusal : EmailCodeRefusal::NoCode);
}

}  // namespace ventanilla::portal
