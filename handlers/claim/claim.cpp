#include "claim/claim.h"

#include "app/code_pages.h"
#include "app/form_checks.h"
#include "app/paths.h"
#include "claims/archive_search.h"
#include "claims/claim.h"
#include "claims/password_choice.h"
#include "core/unreachable.h"

namespace ventanilla::claim {
namespace {

constexpr int unprocessable = 422;

Model password_model(Visit& visit) {
    Model model;
    model.set("password_min_length", visit.services().settings.password_min_length);
    return model;
}

Response over_page(Visit& visit, Flow flow) {
    Model model;
    model.set("restart_path", paths_of(flow).start)
        .set("minutes", visit.services().settings.code_minutes);
    return visit.page("claim/expired", std::move(model), unprocessable);
}

// The recovery's last step without a verified claim: done already, or too late.
Response recovery_over(Visit& visit) {
    if (was_finished_here(visit.services().claims, Flow::Recovery, visit.visitor())) {
        return visit.see_other(paths::login, "notice_already_done", Model());
    }
    return over_page(visit, Flow::Recovery);
}

Model reclaim_model(Visit& visit, const FormClaim& form) {
    Model model = password_model(visit);
    model.set("username", form.username)
        .set("email", form.email)
        .set("first_name", form.first_name)
        .set("last_name", form.last_name);
    return model;
}

// The verified claim for the account in the path, if this browser has one.
std::optional<VerifiedClaim> claim_for_path(Visit& visit) {
    auto claim = verified_claim(visit.services().claims, Flow::Search, visit.visitor());
    return claim && claim->dato_id == visit.path_id ? std::move(claim) : std::nullopt;
}

// No verified claim: an account that the search lists only lacks its code; any other is none of the
// visitor's business.
Response without_claim(Visit& visit) {
    if (was_finished_here(visit.services().claims, Flow::Search, visit.visitor())) {
        return visit.see_other(paths::login, "notice_already_done", Model());
    }
    const auto listed = listed_account(visit.services().claims, visit.path_id, visit.visitor());
    return listed ? over_page(visit, Flow::Search) : visit.not_found();
}

Model choice_model(Visit& visit, const AccountToOpen& account) {
    Model model = password_model(visit);
    model.set("action", visit.request().path)
        .set("username", account.username)
        .set("renamed", account.username != account.archived.username)
        .set("old_username", account.archived.username);
    return model;
}

Response opened_response(Visit& visit, const OpenedAccount& opened) {
    Model values;
    values.set("username", opened.username).set("old_username", opened.old_username);
    Response response =
        visit.see_other(paths::portal,
                        opened.renamed() ? "notice_account_renamed" : "notice_account_ready",
                        values);
    visit.enter(response, opened.session_token, opened.account_id);
    return response;
}

const char* refusal_key(OpeningRefusal refusal) {
    switch (refusal) {
        case OpeningRefusal::AlreadyClaimed:
            return "already_claimed";
        case OpeningRefusal::NoFreeUsername:
            return "username_none_free";
    }
    unreachable();
}

// The code was right, but there is nothing to choose a password for.
Response cannot_open(Visit& visit, OpeningRefusal refusal) {
    Model model;
    model.set("reason", visit.services().renderer.text(refusal_key(refusal)));
    return visit.page("claim/cannot_open", std::move(model), unprocessable);
}

Model recovery_model(Visit& visit,
                     const std::vector<RecoverableAccount>& accounts,
                     const std::string& chosen) {
    Model model = password_model(visit);
    std::vector<Model> items;
    for (const auto& account : accounts) {
        Model item;
        item.set("id", account.id)
            .set("username", account.username)
            .set("checked", std::to_string(account.id) == chosen);
        items.push_back(std::move(item));
    }
    model.set("several", accounts.size() > 1).set("accounts", std::move(items));
    if (accounts.size() == 1) {
        model.set("username", accounts.front().username);
    }
    return model;
}

const RecoverableAccount* chosen_account(const std::vector<RecoverableAccount>& accounts,
                                         const std::string& chosen) {
    if (accounts.size() == 1) {
        return &accounts.front();
    }
    for (const auto& account : accounts) {
        if (std::to_string(account.id) == chosen) {
            return &account;
        }
    }
    return nullptr;
}

}  // namespace

Response reclaim_form(Visit& visit) {
    return visit.page("claim/reclaim", password_model(visit));
}

Response reclaim(Visit& visit) {
    FormErrors errors(visit.services().renderer);
    FormClaim form;
    form.username = check_name(visit, errors, "username", "username_required");
    form.email = check_email(visit, errors);
    form.first_name = check_name(visit, errors, "first_name", "first_name_required");
    form.last_name = check_name(visit, errors, "last_name", "last_name_required");
    form.password = visit.field("password1");
    check_new_password(visit, errors, {form.username, form.email, form.first_name, form.last_name});
    if (!errors.empty()) {
        return visit.refused("claim/reclaim", reclaim_model(visit, form), errors);
    }
    return code_sent_or_throttled(
        visit, Flow::Form, start_form(visit.services().claims, form, visit.visitor()), paths::form);
}

Response choose_password_form(Visit& visit) {
    const auto claim = claim_for_path(visit);
    if (!claim) {
        return without_claim(visit);
    }
    const auto found = account_to_open(visit.services().claims, *claim);
    if (const auto* refusal = std::get_if<OpeningRefusal>(&found)) {
        return cannot_open(visit, *refusal);
    }
    return visit.page("claim/choose_password", choice_model(visit, std::get<AccountToOpen>(found)));
}

Response choose_password(Visit& visit) {
    const auto claim = claim_for_path(visit);
    if (!claim) {
        return without_claim(visit);
    }
    const ClaimServices& claims = visit.services().claims;
    const auto found = account_to_open(claims, *claim);
    if (const auto* refusal = std::get_if<OpeningRefusal>(&found)) {
        return cannot_open(visit, *refusal);
    }
    const auto& account = std::get<AccountToOpen>(found);
    FormErrors errors(visit.services().renderer);
    const ArchivedAccount& archived = account.archived;
    check_new_password(visit, errors, {archived.username, archived.email, archived.first_name});
    if (!errors.empty()) {
        return visit.refused("claim/choose_password", choice_model(visit, account), errors);
    }
    const auto outcome =
        open_chosen_account(claims, *claim, archived, visit.field("password1"), visit.visitor());
    if (const auto* opened = std::get_if<OpenedAccount>(&outcome)) {
        return opened_response(visit, *opened);
    }
    return cannot_open(visit, std::get<OpeningRefusal>(outcome));
}

Response recover_form(Visit& visit) {
    return visit.page("claim/recover", Model());
}

Response recover(Visit& visit) {
    FormErrors errors(visit.services().renderer);
    const std::string email = check_email(visit, errors);
    if (!errors.empty()) {
        Model model;
        model.set("email", email);
        return visit.refused("claim/recover", std::move(model), errors);
    }
    return code_sent_or_throttled(visit,
                                  Flow::Recovery,
                                  start_recovery(visit.services().claims, email, visit.visitor()),
                                  paths::recovery);
}

Response new_password_form(Visit& visit) {
    const ClaimServices& claims = visit.services().claims;
    const auto claim = verified_claim(claims, Flow::Recovery, visit.visitor());
    if (!claim) {
        return recovery_over(visit);
    }
    return visit.page("claim/new_password",
                      recovery_model(visit, recoverable_accounts(claims, *claim), ""));
}

Response new_password(Visit& visit) {
    const ClaimServices& claims = visit.services().claims;
    const auto claim = verified_claim(claims, Flow::Recovery, visit.visitor());
    if (!claim) {
        return recovery_over(visit);
    }
    const auto accounts = recoverable_accounts(claims, *claim);
    const RecoverableAccount* account = chosen_account(accounts, visit.field("account"));
    FormErrors errors(visit.services().renderer);
    if (account == nullptr) {
        errors.add("account", "account_choice_required");
    }
    check_new_password(visit, errors, {claim->email, account == nullptr ? "" : account->username});
    if (!errors.empty() || account == nullptr) {
        return visit.refused(
            "claim/new_password", recovery_model(visit, accounts, visit.field("account")), errors);
    }
    const auto replaced = replace_forgotten_password(
        claims, *claim, *account, visit.field("password1"), visit.visitor());
    if (!replaced) {
        return recovery_over(visit);
    }
    Response response = visit.see_other(
        account->is_staff ? paths::staff : paths::portal, "notice_password_reset", Model());
    visit.enter(response, replaced->session_token, account->id);
    return response;
}

}  // namespace ventanilla::claim
