#include "claims/claim.h"

#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "claims/archive_search.h"
#include "claims/code_issuer.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

// A claim can be taken up again (a new code asked for) for so long.
constexpr std::chrono::hours claim_life{24};

struct NewClaim {
    CodeRequest code;
    std::optional<FormClaim> form;  // its password is not used: see password_hash
    std::optional<std::string> password_hash;
    bool is_verified = false;
};

constexpr db::Statement insert_claim{"insert_claim", R"sql(
    INSERT INTO claim (purpose, browser_hash, email, recipient, archived_user_id, archived_record_id, username,
                       first_name, last_name, password_hash, network, created_at, verified_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    RETURNING id
)sql"};

std::int64_t insert(db::Transaction& transaction,
                    const NewClaim& claim,
                    const Visitor& visitor,
                    Timestamp now) {
    const auto of_form = [&](std::string FormClaim::*member) {
        return claim.form ? std::optional((*claim.form).*member) : std::nullopt;
    };
    const auto rows = transaction.run(insert_claim,
                                      claim.code.purpose,
                                      db::Bytes{visitor.browser_hash},
                                      claim.code.email,
                                      claim.code.recipient,
                                      claim.code.archived_user_id,
                                      claim.code.archived_record_id,
                                      of_form(&FormClaim::username),
                                      of_form(&FormClaim::first_name),
                                      of_form(&FormClaim::last_name),
                                      claim.password_hash,
                                      visitor.network,
                                      now,
                                      claim.is_verified ? std::optional(now) : std::nullopt);
    return std::get<0>(rows.at<std::int64_t>(0));
}

AuditEvent started_event(const NewClaim& claim, std::int64_t id, const Visitor& visitor) {
    return {std::nullopt,
            "claim_started",
            "claim:" + std::to_string(id),
            visitor.network,
            R"({"purpose":")" + claim.code.purpose + "\"}"};
}

StartOutcome start(const ClaimServices& services, const NewClaim& claim, const Visitor& visitor) {
    const Timestamp now = services.clock.now();
    db::Transaction transaction(services.database);
    if (const auto throttled = code_limit(transaction, services, claim.code.email, visitor)) {
        return *throttled;
    }
    const std::int64_t id = insert(transaction, claim, visitor, now);
    issue_code(transaction, services, id, claim.code, visitor, Occasion::First);
    transaction.run_all({audited(started_event(claim, id, visitor), now)});
    transaction.commit();
    return CodeSent{};
}

CodeRequest request_for(const std::string& purpose,
                        const std::string& email,
                        const ArchivedAccount& archived) {
    CodeRequest request{
        purpose, email, archived.email, std::nullopt, std::nullopt, {archived.username}};
    (archived.is_user() ? request.archived_user_id : request.archived_record_id) = archived.id;
    return request;
}

constexpr db::Statement find_accounts_of_email{"find_accounts_of_email", R"sql(
    SELECT username, email FROM account WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND is_active ORDER BY id LIMIT 50
)sql"};

constexpr db::Statement find_running_claim{"find_running_claim", R"sql(
    SELECT id, purpose, email, recipient, archived_user_id, archived_record_id, verified_at IS NOT NULL
    FROM claim
    WHERE browser_hash = $1 AND $2::jsonb ? purpose AND created_at > $3
    ORDER BY id DESC LIMIT 1
)sql"};

struct RunningClaim {
    std::int64_t id = 0;
    CodeRequest code;
};

std::optional<RunningClaim> running_claim(db::Transaction& transaction,
                                          const ClaimServices& services,
                                          Flow flow,
                                          const Visitor& visitor) {
    using Id = std::optional<std::int64_t>;
    const auto row = transaction
                         .run(find_running_claim,
                              db::Bytes{visitor.browser_hash},
                              flow_purposes(flow),
                              services.clock.now() - claim_life)
                         .first<std::int64_t,
                                std::string,
                                std::string,
                                std::optional<std::string>,
                                Id,
                                Id,
                                bool>();
    if (!row || std::get<6>(*row)) {
        return std::nullopt;
    }
    const auto& [id, purpose, email, recipient, user_id, record_id, is_verified] = *row;
    return RunningClaim{id, {purpose, email, recipient, user_id, record_id, {}}};
}

constexpr db::Statement find_pending_code{"find_pending_code", R"sql(
    SELECT claim.email, code.digits, code.expires_at, code.created_at
    FROM (SELECT id, email, verified_at FROM claim
          WHERE browser_hash = $1 AND $2::jsonb ? purpose AND created_at > $3
          ORDER BY id DESC LIMIT 1) AS claim
    JOIN LATERAL (SELECT digits, expires_at, created_at FROM verification_code
                  WHERE claim_id = claim.id ORDER BY id DESC LIMIT 1) AS code ON true
    WHERE claim.verified_at IS NULL
)sql"};

constexpr db::Statement find_verified_claim{"find_verified_claim", R"sql(
    SELECT id, email, coalesce(archived_user_id, archived_record_id), purpose = 'mailbox'
    FROM claim
    WHERE browser_hash = $1 AND $2::jsonb ? purpose AND verified_at > $3 AND finished_at IS NULL
    ORDER BY id DESC LIMIT 1
)sql"};

constexpr db::Statement find_finished_claim{"find_finished_claim", R"sql(
    SELECT coalesce(finished_at > $3, false)
    FROM claim WHERE browser_hash = $1 AND $2::jsonb ? purpose ORDER BY id DESC LIMIT 1
)sql"};

constexpr db::Statement finish_claim{"finish_claim", R"sql(
    UPDATE claim SET finished_at = $2, password_hash = NULL WHERE id = $1 AND finished_at IS NULL
)sql"};

}  // namespace

const char* flow_purposes(Flow flow) {
    switch (flow) {
        case Flow::Search:
            return R"(["choice","mailbox"])";
        case Flow::Form:
            return R"(["form"])";
        case Flow::Recovery:
            return R"(["recovery"])";
    }
    unreachable();
}

StartOutcome start_choice(const ClaimServices& services,
                          const ArchivedAccount& listed,
                          const std::string& searched_email,
                          const Visitor& visitor) {
    return start(services, {request_for("choice", searched_email, listed), {}, {}, false}, visitor);
}

void start_proven_choice(const ClaimServices& services,
                         const ArchivedAccount& listed,
                         const std::string& searched_email,
                         const Visitor& visitor) {
    const Timestamp now = services.clock.now();
    const NewClaim claim{request_for("choice", searched_email, listed), {}, {}, true};
    db::Transaction transaction(services.database);
    const std::int64_t id = insert(transaction, claim, visitor, now);
    transaction.run_all({audited(started_event(claim, id, visitor), now)});
    transaction.commit();
}

StartOutcome start_mailbox_proof(const ClaimServices& services,
                                 const std::string& email,
                                 const Visitor& visitor) {
    CodeRequest request{"mailbox", email, std::nullopt, std::nullopt, std::nullopt, {}};
    for (const auto& account : unclaimed_accounts(services.database, email)) {
        request.recipient = request.recipient.value_or(account.email);
        request.usernames.push_back(account.username);
    }
    return start(services, {request, {}, {}, false}, visitor);
}

StartOutcome start_form(const ClaimServices& services,
                        const FormClaim& form,
                        const Visitor& visitor) {
    std::string password_hash;
    {
        const auto pass = hash_pass(services.hash_gate);
        password_hash = hash_password(form.password);
    }
    const auto archived = unclaimed_account(services.database, form.username, form.email);
    CodeRequest request{"form", form.email, std::nullopt, std::nullopt, std::nullopt, {}};
    if (archived) {
        request = request_for("form", form.email, *archived);
    }
    return start(services, {request, form, password_hash, false}, visitor);
}

StartOutcome start_recovery(const ClaimServices& services,
                            const std::string& email,
                            const Visitor& visitor) {
    CodeRequest request{"recovery", email, std::nullopt, std::nullopt, std::nullopt, {}};
    const auto rows = services.database.run(find_accounts_of_email, email);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [username, stored_email] = rows.at<std::string, std::string>(i);
        request.recipient = request.recipient.value_or(stored_email);
        request.usernames.push_back(std::move(username));
    }
    return start(services, {request, {}, {}, false}, visitor);
}

std::optional<StartOutcome> send_new_code(const ClaimServices& services,
                                          Flow flow,
                                          const Visitor& visitor) {
    db::Transaction transaction(services.database);
    const auto claim = running_claim(transaction, services, flow, visitor);
    if (!claim) {
        return std::nullopt;
    }
    if (const auto throttled = code_limit(transaction, services, claim->code.email, visitor)) {
        return *throttled;
    }
    issue_code(transaction, services, claim->id, claim->code, visitor, Occasion::Resend);
    transaction.commit();
    return CodeSent{};
}

std::optional<PendingCode> pending_code(const ClaimServices& services,
                                        Flow flow,
                                        const Visitor& visitor) {
    const auto row = services.database
                         .run(find_pending_code,
                              db::Bytes{visitor.browser_hash},
                              flow_purposes(flow),
                              services.clock.now() - claim_life)
                         .first<std::string, std::int64_t, Timestamp, Timestamp>();
    if (!row) {
        return std::nullopt;
    }
    const auto& [email, digits, expires_at, created_at] = *row;
    return PendingCode{email,
                       static_cast<int>(digits),
                       digits > services.settings.code_length,
                       expires_at,
                       created_at + std::chrono::seconds(services.settings.mail_gap_seconds)};
}

std::optional<VerifiedClaim> verified_claim(const ClaimServices& services,
                                            Flow flow,
                                            const Visitor& visitor) {
    const auto row = services.database
                         .run(find_verified_claim,
                              db::Bytes{visitor.browser_hash},
                              flow_purposes(flow),
                              services.clock.now() - services.settings.code_life())
                         .first<std::int64_t, std::string, std::optional<std::int64_t>, bool>();
    if (!row) {
        return std::nullopt;
    }
    const auto& [id, claimed_email, dato_id, proves_mailbox] = *row;
    return VerifiedClaim{id, claimed_email, dato_id, proves_mailbox};
}

bool was_finished_here(const ClaimServices& services, Flow flow, const Visitor& visitor) {
    const auto row = services.database
                         .run(find_finished_claim,
                              db::Bytes{visitor.browser_hash},
                              flow_purposes(flow),
                              services.clock.now() - services.settings.code_life())
                         .first<bool>();
    return row && std::get<0>(*row);
}

db::Call finishing_claim(std::int64_t claim_id, Timestamp now) {
    return {&finish_claim, db::Params(claim_id, now)};
}

}  // namespace ventanilla
