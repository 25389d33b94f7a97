#include "claims/account_opening.h"

#include <nlohmann/json.hpp>

#include "accounts/account_store.h"
#include "accounts/audit.h"
#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::chrono::seconds gate_patience{2};

// Taking the row also locks it: a second one waits here, and then finds it taken.
constexpr db::Statement take_archived_user{"take_archived_user", R"sql(
    UPDATE archived_user SET claimed_at = $2 WHERE id = $1 AND claimed_at IS NULL RETURNING id
)sql"};

constexpr db::Statement take_archived_record{"take_archived_record", R"sql(
    UPDATE archived_record SET claimed_at = $2 WHERE id = $1 AND claimed_at IS NULL RETURNING id
)sql"};

constexpr db::Statement link_archived_user{"link_archived_user", R"sql(
    UPDATE archived_user SET claimed_account_id = $2 WHERE id = $1
)sql"};

constexpr db::Statement link_archived_record{"link_archived_record", R"sql(
    UPDATE archived_record SET claimed_account_id = $2 WHERE id = $1
)sql"};

constexpr db::Statement note_first_login{"note_first_login", R"sql(
    UPDATE account SET last_login_at = $2 WHERE id = $1
)sql"};

db::Call reactivation_mail(const ClaimServices& services,
                           const OpeningRequest& request,
                           const CreatedAccount& account,
                           Timestamp now) {
    const std::string& old_username = request.archived.username;
    const nlohmann::json model = {
        {"username", account.username},
        {"email", request.email},
        {"full_name",
         request.first_name + (request.last_name.empty() ? "" : " ") + request.last_name},
        {"created_at", date_time_text(now)},
        {"renamed", account.username != old_username},
        {"old_username", old_username},
        {"by_password", request.how == EnteredBy::Archived},
    };
    return services.outbox.queue(Message::AccountReactivated, request.email, model, now);
}

}  // namespace

HashGate::Pass hash_pass(HashGate& gate) {
    auto pass = gate.enter(gate_patience);
    if (!pass) {
        throw Unavailable("no hash slot was free in time");
    }
    return std::move(*pass);
}

OpeningOutcome open_account(db::Transaction& transaction,
                            const ClaimServices& services,
                            const OpeningRequest& request,
                            const Visitor& visitor) {
    const Timestamp now = services.clock.now();
    const ArchivedAccount& archived = request.archived;
    const auto& take = archived.is_user() ? take_archived_user : take_archived_record;
    if (transaction.run(take, archived.id, now).empty()) {
        return OpeningRefusal::AlreadyClaimed;
    }
    const auto account = create_account(transaction,
                                        {archived.username,
                                         request.email,
                                         request.first_name,
                                         request.last_name,
                                         request.password_hash,
                                         request.weak_password},
                                        now);
    if (!account) {
        return OpeningRefusal::NoFreeUsername;
    }
    SessionOpening session = services.sessions.opening(account->id, request.how, visitor);
    const auto& link = archived.is_user() ? link_archived_user : link_archived_record;
    std::vector<db::Call> calls = {
        {&link, db::Params(archived.id, account->id)},
        {&note_first_login, db::Params(account->id, now)},
        std::move(session.store),
        audited({account->id,
                 "claim_finished",
                 "archived:" + std::to_string(archived.id),
                 visitor.network,
                 nlohmann::json{{"how", entered_by_name(request.how)}}.dump()},
                now)};
    if (!request.email.empty()) {
        calls.push_back(reactivation_mail(services, request, *account, now));
    }
    transaction.run_all(std::move(calls));
    return OpenedAccount{
        account->id, account->username, archived.username, std::move(session.token), false};
}

}  // namespace ventanilla
