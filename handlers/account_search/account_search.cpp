#include "account_search/account_search.h"

#include "app/code_pages.h"
#include "app/form_checks.h"
#include "app/paths.h"
#include "claims/archive_search.h"

namespace ventanilla::account_search {
namespace {

constexpr const char* page_name = "account_search/search";

Model result_model(const SearchResult& result) {
    Model model;
    std::vector<Model> accounts;
    for (const auto& account : result.accounts) {
        Model item;
        item.set("id", account.id).set("masked_username", account.masked_username);
        accounts.push_back(std::move(item));
    }
    model.set("searched", true)
        .set("searched_email", result.email)
        .set("email", result.email)
        .set("found", !result.accounts.empty())
        .set("proven", result.is_proven)
        .set("accounts", std::move(accounts));
    return model;
}

}  // namespace

Response form(Visit& visit) {
    const auto result = search_result(visit.services().claims, visit.visitor());
    return visit.page(page_name, result ? result_model(*result) : Model());
}

Response search(Visit& visit) {
    FormErrors errors(visit.services().renderer);
    const std::string email = check_email(visit, errors);
    if (!errors.empty()) {
        Model model;
        model.set("email", email);
        return visit.refused(page_name, std::move(model), errors);
    }
    const ClaimServices& claims = visit.services().claims;
    remember_search(claims, email, visit.visitor());
    if (visit.services().settings.search_discloses) {
        return visit.see_other(paths::search);
    }
    return code_sent_or_throttled(
        visit, Flow::Search, start_mailbox_proof(claims, email, visit.visitor()), paths::search);
}

Response choose(Visit& visit) {
    const ClaimServices& claims = visit.services().claims;
    const auto listed = listed_account(claims, visit.path_id, visit.visitor());
    if (!listed) {
        return visit.not_found();
    }
    if (listed->is_proven) {
        start_proven_choice(claims, listed->account, listed->searched_email, visit.visitor());
        return visit.see_other(paths::choose_password + std::to_string(visit.path_id) + '/');
    }
    return code_sent_or_throttled(
        visit,
        Flow::Search,
        start_choice(claims, listed->account, listed->searched_email, visit.visitor()),
        paths::search);
}

}  // namespace ventanilla::account_search
