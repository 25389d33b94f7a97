#include "claims/password_choice.h"

#include <nlohmann/json.hpp>

#include "accounts/account_store.h"
#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "claims/archive_search.h"

namespace ventanilla {
namespace {

constexpr db::Statement find_recoverable{"find_recoverable", R"sql(
    SELECT id, username, coalesce(email, ''), is_staff
    FROM account WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND is_active ORDER BY id LIMIT 50
)sql"};

std::string hashed(const ClaimServices& services, const std::string& password) {
    const auto pass = hash_pass(services.hash_gate);
    return hash_password(password);
}

db::Call changed_mail(const ClaimServices& services,
                      const std::string& username,
                      const std::string& email,
                      std::int64_t sessions_ended) {
    const Timestamp now = services.clock.now();
    const nlohmann::json model = {{"username", username},
                                  {"changed_at", date_time_text(now)},
                                  {"sessions_ended", std::to_string(sessions_ended)}};
    return services.outbox.queue(Message::PasswordChanged, email, model, now);
}

// In the caller's transaction: the new hash, no session but a new one, the mail and the trail.
PasswordReplaced replace(db::Transaction& transaction,
                         const ClaimServices& services,
                         const RecoverableAccount& account,
                         const std::string& hash,
                         const Visitor& visitor,
                         EnteredBy how) {
    const auto ended = transaction.run_all({chosen_password(account.id, hash, services.clock.now()),
                                            services.sessions.ending_others(account.id, 0)});
    PasswordReplaced replaced{"", std::get<0>(ended[1].at<std::int64_t>(0))};
    const bool is_present_session_among_them = how == EnteredBy::Password;
    if (is_present_session_among_them && replaced.sessions_ended > 0) {
        --replaced.sessions_ended;
    }
    SessionOpening session = services.sessions.opening(account.id, how, visitor);
    replaced.session_token = session.token;
    std::vector<db::Call> calls = {
        std::move(session.store),
        audited({account.id, "password_changed", "", visitor.network}, services.clock.now())};
    if (!account.email.empty()) {
        calls.push_back(
            changed_mail(services, account.username, account.email, replaced.sessions_ended));
    }
    transaction.run_all(std::move(calls));
    return replaced;
}

}  // namespace

std::variant<AccountToOpen, OpeningRefusal> account_to_open(const ClaimServices& services,
                                                            const VerifiedClaim& claim) {
    auto archived = unclaimed_account(services.database, claim.dato_id.value_or(0));
    if (!archived) {
        return OpeningRefusal::AlreadyClaimed;
    }
    const auto username = free_username(services.database, archived->username);
    if (!username) {
        return OpeningRefusal::NoFreeUsername;
    }
    return AccountToOpen{std::move(*archived), *username};
}

OpeningOutcome open_chosen_account(const ClaimServices& services,
                                   const VerifiedClaim& claim,
                                   const ArchivedAccount& archived,
                                   const std::string& password,
                                   const Visitor& visitor) {
    const std::string hash = hashed(services, password);
    db::Transaction transaction(services.database);
    OpeningOutcome outcome = open_account(transaction,
                                          services,
                                          {archived,
                                           archived.first_name,
                                           archived.last_name,
                                           archived.email,
                                           hash,
                                           false,
                                           EnteredBy::Code},
                                          visitor);
    if (std::holds_alternative<OpenedAccount>(outcome)) {
        transaction.run_all({finishing_claim(claim.id, services.clock.now())});
        transaction.commit();
    }
    return outcome;
}

std::vector<RecoverableAccount> recoverable_accounts(const ClaimServices& services,
                                                     const VerifiedClaim& claim) {
    const auto rows = services.database.run(find_recoverable, claim.email);
    std::vector<RecoverableAccount> accounts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [id, username, email, is_staff] =
            rows.at<std::int64_t, std::string, std::string, bool>(i);
        accounts.push_back({id, username, email, is_staff});
    }
    return accounts;
}

std::optional<PasswordReplaced> replace_forgotten_password(const ClaimServices& services,
                                                           const VerifiedClaim& claim,
                                                           const RecoverableAccount& account,
                                                           const std::string& password,
                                                           const Visitor& visitor) {
    const std::string hash = hashed(services, password);
    db::Transaction transaction(services.database);
    const auto finished = transaction.run_all({finishing_claim(claim.id, services.clock.now())});
    if (finished.front().affected() == 0) {
        return std::nullopt;
    }
    PasswordReplaced replaced =
        replace(transaction, services, account, hash, visitor, EnteredBy::Code);
    transaction.commit();
    return replaced;
}

PasswordReplaced change_password(const ClaimServices& services,
                                 const Session& session,
                                 const std::string& new_password,
                                 const Visitor& visitor) {
    const std::string hash = hashed(services, new_password);
    const RecoverableAccount account{session.account.id,
                                     session.account.username,
                                     session.account.email,
                                     session.account.is_staff};
    db::Transaction transaction(services.database);
    PasswordReplaced replaced =
        replace(transaction, services, account, hash, visitor, EnteredBy::Password);
    transaction.commit();
    return replaced;
}

}  // namespace ventanilla
