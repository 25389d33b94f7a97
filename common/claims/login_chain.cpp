#include "claims/login_chain.h"

#include <algorithm>

#include "accounts/account_store.h"
#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "accounts/password_policy.h"
#include "claims/login_tries.h"
#include "core/digest.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

struct Candidate {
    bool is_live = false;
    std::int64_t account_id = 0;  // live ones
    std::string password_hash;
    bool is_active = true;
    bool is_staff = false;
    std::optional<Timestamp> made_password_ends;  // present: made by the system, never used
    ArchivedAccount archived;                     // the others
};

// An email may belong to a family; the username's owner comes first. At most five of each kind are
// tried.
constexpr db::Statement find_live_accounts{"find_live_accounts", R"sql(
    SELECT id, password_hash, is_active, is_staff, password_expires_at
    FROM account
    WHERE lower(username) = lower($1) OR lower(email COLLATE "C") = lower($1 COLLATE "C")
    ORDER BY lower(username) = lower($1) DESC, id
    LIMIT 5
)sql"};

constexpr db::Statement find_archived_credentials{"find_archived_credentials", R"sql(
    SELECT id, source, coalesce(username, ''), coalesce(email, ''), coalesce(password_hash, ''), first_name,
           last_name, is_active
    FROM archived_account
    WHERE (lower(username) = lower($1) OR lower(email COLLATE "C") = lower($1 COLLATE "C")) AND claimed_at IS NULL
    ORDER BY lower(username) = lower($1) DESC, id
    LIMIT 5
)sql"};

std::vector<Candidate> candidates_from(const db::Rows& live, const db::Rows& archived) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < live.size(); ++i) {
        const auto [id, hash, is_active, is_staff, ends] =
            live.at<std::int64_t, std::string, bool, bool, std::optional<Timestamp>>(i);
        candidates.push_back({true, id, hash, is_active, is_staff, ends, {}});
    }
    for (std::size_t i = 0; i < archived.size(); ++i) {
        const auto [id, source, username, email, hash, first_name, last_name, is_active] =
            archived.at<std::int64_t,
                        std::string,
                        std::string,
                        std::string,
                        std::string,
                        std::string,
                        std::string,
                        bool>(i);
        candidates.push_back(
            {false,
             0,
             hash,
             is_active,
             false,
             std::nullopt,
             {id, source, username, email, hash, first_name, last_name, is_active}});
    }
    return candidates;
}

constexpr db::Statement find_password_hash{"find_password_hash", R"sql(
    SELECT password_hash FROM account WHERE id = $1
)sql"};

constexpr db::Statement note_login{"note_login", R"sql(
    UPDATE account SET last_login_at = $2, password_expires_at = NULL WHERE id = $1
)sql"};

// The live account that an archived one has become.
constexpr db::Statement find_successor{"find_successor", R"sql(
    SELECT account.id, account.password_hash, account.is_active, account.is_staff
    FROM archived_account JOIN account ON account.id = archived_account.claimed_account_id
    WHERE archived_account.id = $1
)sql"};

class LoginTry {
  public:
    LoginTry(const ClaimServices& services,
             const std::string& name,
             const std::string& password,
             const Visitor& visitor)
        : services_(services),
          name_(name),
          // Hashed, because people type their password into this box too.
          person_(hex(services.code_keys.sign("login " + folded(name)))),
          password_(password),
          visitor_(visitor) {}

    LoginOutcome run() {
        find_candidates();
        const CountedTry counted = count();
        if (!counted.id) {
            return LoginThrottled{counted.retry_at};
        }
        const auto pass = pass_for(services_, *counted.id);
        LoginOutcome outcome = look_at_password();
        if (std::holds_alternative<LoginRefusal>(outcome)) {
            settle_try(services_, *counted.id);
        }
        return outcome;
    }

  private:
    void find_candidates() {
        const auto rows =
            services_.database.run_all({{&find_live_accounts, db::Params(name_)},
                                        {&find_archived_credentials, db::Params(name_)}});
        candidates_ = candidates_from(rows[0], rows[1]);
    }

    CountedTry count() {
        const bool is_device =
            visitor_.known_device
            && std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& candidate) {
                   return candidate.is_live
                          && candidate.account_id == visitor_.known_device->account_id;
               });
        place_ = is_device ? "device:" + visitor_.known_device->device_id : visitor_.network;
        return count_try(services_, person_, place_, is_device);
    }

    LoginOutcome look_at_password() {
        std::optional<LoginRefusal> right_but;
        bool worked = false;
        for (const auto& candidate : candidates_) {
            worked = worked || can_verify(hash_format(candidate.password_hash));
            if (!verify_password(candidate.password_hash, password_)) {
                continue;
            }
            if (!candidate.is_active) {
                right_but = LoginRefusal::Inactive;
                continue;
            }
            if (candidate.made_password_ends
                && *candidate.made_password_ends <= services_.clock.now()) {
                right_but = LoginRefusal::MadePasswordEnded;
                continue;
            }
            return candidate.is_live ? enter(candidate) : reactivate(candidate);
        }
        if (!worked) {
            spend_hash_time(password_);
        }
        return right_but.value_or(LoginRefusal::Wrong);
    }

    LoginOutcome enter(const Candidate& candidate) {
        const Timestamp now = services_.clock.now();
        SessionOpening session =
            services_.sessions.opening(candidate.account_id, EnteredBy::Password, visitor_);
        std::vector<db::Call> calls = {
            std::move(session.store),
            {&note_login, db::Params(candidate.account_id, now)},
            forgotten_failures(person_, place_),
            audited({candidate.account_id, "login", "", visitor_.network}, now)};
        if (needs_rehash(candidate.password_hash)) {
            calls.push_back(rehashed_password(
                candidate.account_id, hash_password(password_), candidate.password_hash));
        }
        services_.database.run_all(calls);
        return LoggedIn{candidate.account_id,
                        candidate.is_staff,
                        candidate.made_password_ends.has_value(),
                        std::move(session.token),
                        std::nullopt};
    }

    LoginOutcome reactivate(const Candidate& candidate) {
        const OpeningOutcome outcome = open(candidate.archived);
        if (const auto* opened = std::get_if<OpenedAccount>(&outcome)) {
            return LoggedIn{opened->account_id, false, false, opened->session_token, *opened};
        }
        switch (std::get<OpeningRefusal>(outcome)) {
            case OpeningRefusal::NoFreeUsername:
                return LoginRefusal::NoFreeUsername;
            case OpeningRefusal::AlreadyClaimed:
                return enter_successor(candidate.archived);
        }
        unreachable();
    }

    OpeningOutcome open(const ArchivedAccount& archived) {
        const bool is_weak = password_problem(password_,
                                              services_.settings.password_min_length,
                                              {archived.username, archived.email})
                                 .has_value();
        const OpeningRequest request{archived,
                                     archived.first_name,
                                     archived.last_name,
                                     archived.email,
                                     hash_password(password_),
                                     is_weak,
                                     EnteredBy::Archived};
        db::Transaction transaction(services_.database);
        transaction.run_all({forgotten_failures(person_, place_)});
        OpeningOutcome outcome = open_account(transaction, services_, request, visitor_);
        if (std::holds_alternative<OpenedAccount>(outcome)) {
            transaction.commit();
        }
        return outcome;
    }

    // The same person was faster in another window: that account has the same password now.
    LoginOutcome enter_successor(const ArchivedAccount& archived) {
        const auto row = services_.database.run(find_successor, archived.id)
                             .first<std::int64_t, std::string, bool, bool>();
        if (!row) {
            return LoginRefusal::Wrong;
        }
        const auto& [id, hash, is_active, is_staff] = *row;
        if (!is_active || !verify_password(hash, password_)) {
            return is_active ? LoginRefusal::Wrong : LoginRefusal::Inactive;
        }
        return enter({true, id, hash, is_active, is_staff, std::nullopt, {}});
    }

    const ClaimServices& services_;
    const std::string& name_;
    std::string person_;
    const std::string& password_;
    const Visitor& visitor_;
    std::string place_;
    std::vector<Candidate> candidates_;
};

}  // namespace

LoginOutcome log_in(const ClaimServices& services,
                    const std::string& name,
                    const std::string& password,
                    const Visitor& visitor) {
    return LoginTry(services, name, password, visitor).run();
}

PasswordCheck check_password(const ClaimServices& services,
                             const Account& account,
                             const std::string& password,
                             const Visitor& visitor) {
    const std::string person = "account:" + std::to_string(account.id);
    const CountedTry counted = count_try(services, person, visitor.network, false);
    if (!counted.id) {
        return {false, counted.retry_at};
    }
    const auto row = services.database.run(find_password_hash, account.id).first<std::string>();
    const auto pass = pass_for(services, *counted.id);
    if (!row || !verify_password(std::get<0>(*row), password)) {
        settle_try(services, *counted.id);
        return {};
    }
    services.database.run_all({forgotten_failures(person, visitor.network)});
    return {true, std::nullopt};
}

}  // namespace ventanilla
