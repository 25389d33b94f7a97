#include "claims/code_check.h"

#include "claims/archive_search.h"
#include "claims/code_tries.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

// DESIGN.md, security figures.
constexpr int tries_per_code = 5;
constexpr int consecutive_wrong_codes = 10;

constexpr db::Statement spend_code{"spend_code", R"sql(
    UPDATE verification_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND replaced_at IS NULL
)sql"};

constexpr db::Statement mark_right{"mark_right", R"sql(
    UPDATE code_attempt SET outcome = 'right' WHERE id = $1
)sql"};

constexpr db::Statement forgive_attempt{"forgive_attempt", R"sql(
    UPDATE code_attempt SET outcome = 'neutral' WHERE id = $1
)sql"};

constexpr db::Statement forgive_try{"forgive_try", R"sql(
    UPDATE verification_code SET tries = tries - 1 WHERE id = $1
)sql"};

constexpr db::Statement verify_claim{"verify_claim", R"sql(
    UPDATE claim SET verified_at = $2 WHERE id = $1
)sql"};

constexpr db::Statement end_step_up{"end_step_up", R"sql(
    DELETE FROM code_step_up WHERE mailbox = lower($1 COLLATE "C")
)sql"};

constexpr db::Statement begin_step_up{"begin_step_up", R"sql(
    INSERT INTO code_step_up (mailbox, since) VALUES (lower($1 COLLATE "C"), $2) ON CONFLICT DO NOTHING
)sql"};

constexpr db::Statement prove_mailbox{"prove_mailbox", R"sql(
    UPDATE archive_search SET proven_at = $3 WHERE browser_hash = $1 AND lower(email COLLATE "C") = lower($2 COLLATE "C")
)sql"};

struct CountedTry {
    std::int64_t attempt_id = 0;
    WrongTries before;
};

class CodeUse {
  public:
    CodeUse(const ClaimServices& services, Flow flow, std::string code, const Visitor& visitor)
        : services_(services), flow_(flow), typed_(std::move(code)), visitor_(visitor) {}

    CodeOutcome run() {
        auto counted = count();
        if (auto* outcome = std::get_if<CodeOutcome>(&counted)) {
            return std::move(*outcome);
        }
        const auto& attempt = std::get<CountedTry>(counted);
        if (!matches(newest())) {
            return wrong(attempt);
        }
        return accept(attempt);
    }

  private:
    const StoredCode& newest() const { return claim_.codes.front(); }

    bool matches(const StoredCode& code) const {
        return services_.code_keys.verify(code_message(claim_.id, typed_), code.hmac);
    }

    // Either why the code is not looked at, or the counted try; committed when this returns.
    std::variant<CodeOutcome, CountedTry> count() {
        const Timestamp now = services_.clock.now();
        db::Transaction transaction(services_.database);
        auto claim = locked_claim_in_question(transaction, flow_, visitor_, now);
        if (!claim) {
            return CodeOutcome(CodeRefusal::NoClaim);
        }
        claim_ = std::move(*claim);
        const WrongTries tries = wrong_tries(transaction,
                                             claim_.email,
                                             visitor_.network,
                                             services_.settings.network_wrong_codes,
                                             now);
        if (auto refusal = refusal_before_counting(tries, now)) {
            return std::move(*refusal);
        }
        const std::int64_t id = count_code_try(transaction, claim_, visitor_.network, now);
        transaction.commit();
        return CountedTry{id, tries};
    }

    std::optional<CodeOutcome> refusal_before_counting(const WrongTries& tries,
                                                       Timestamp now) const {
        if (claim_.is_verified || newest().is_used) {
            return CodeRefusal::Used;
        }
        if (tries.network_until && *tries.network_until > now) {
            return CodeNetworkThrottled{*tries.network_until};
        }
        // A replaced code opens nothing, so saying that it was replaced costs no try.
        for (const auto& code : claim_.codes) {
            if (code.replaced_at && matches(code)) {
                return CodeReplaced{*code.replaced_at};
            }
        }
        if (newest().expires_at <= now) {
            return CodeRefusal::Expired;
        }
        if (newest().tries >= tries_per_code) {
            return CodeRefusal::Exhausted;
        }
        if (newest().is_short() && needs_longer(tries)) {
            return CodeRefusal::LongerNeeded;
        }
        return std::nullopt;
    }

    [[nodiscard]] CodeAccepted accepted() const {
        return {claim_.archived_user_id ? claim_.archived_user_id : claim_.archived_record_id,
                claim_.purpose == "mailbox",
                std::nullopt};
    }

    [[nodiscard]] bool mailbox_needs_longer(const WrongTries& tries) const {
        return tries.is_stepped_up || tries.mailbox_day >= services_.settings.account_wrong_codes
               || tries.mailbox_consecutive >= consecutive_wrong_codes;
    }

    [[nodiscard]] bool needs_longer(const WrongTries& tries) const {
        return mailbox_needs_longer(tries) || tries.site_day >= services_.settings.site_wrong_codes;
    }

    CodeOutcome wrong(const CountedTry& attempt) const {
        WrongTries now_wrong = attempt.before;
        ++now_wrong.mailbox_day;
        ++now_wrong.mailbox_consecutive;
        now_wrong.site_day += newest().is_short() ? 1 : 0;
        if (mailbox_needs_longer(now_wrong)) {
            services_.database.run(begin_step_up, claim_.email, services_.clock.now());
        }
        const int tries_left = tries_per_code - newest().tries - 1;
        if (tries_left <= 0) {
            return CodeRefusal::Exhausted;
        }
        if (newest().is_short() && needs_longer(now_wrong)) {
            return CodeRefusal::LongerNeeded;
        }
        return CodeWrong{tries_left};
    }

    CodeOutcome accept(const CountedTry& attempt) const {
        CodeOutcome outcome = spend(attempt);
        // The code was right: what stood in the way is not to be paid with a try.
        if (!std::holds_alternative<CodeAccepted>(outcome)) {
            services_.database.run_all({{&forgive_attempt, db::Params(attempt.attempt_id)},
                                        {&forgive_try, db::Params(newest().id)}});
        }
        return outcome;
    }

    CodeOutcome spend(const CountedTry& attempt) const {
        const Timestamp now = services_.clock.now();
        db::Transaction transaction(services_.database);
        const auto spent = transaction.run_all({{&spend_code, db::Params(newest().id, now)},
                                                {&mark_right, db::Params(attempt.attempt_id)},
                                                {&verify_claim, db::Params(claim_.id, now)},
                                                {&end_step_up, db::Params(claim_.email)}});
        if (spent[0].affected() == 0) {
            return CodeRefusal::Used;
        }
        CodeAccepted outcome = accepted();
        if (outcome.proves_mailbox) {
            transaction.run(prove_mailbox, db::Bytes{visitor_.browser_hash}, claim_.email, now);
        } else if (claim_.purpose == "form") {
            auto opened = open_from_form(transaction);
            if (const auto* refusal = std::get_if<OpeningRefusal>(&opened)) {
                return refused(*refusal);
            }
            outcome.opened = std::get<OpenedAccount>(std::move(opened));
        }
        transaction.commit();
        return outcome;
    }

    OpeningOutcome open_from_form(db::Transaction& transaction) const {
        const auto archived = unclaimed_account(
            services_.database,
            claim_.archived_user_id.value_or(claim_.archived_record_id.value_or(0)));
        if (!archived) {
            return OpeningRefusal::AlreadyClaimed;
        }
        auto outcome = open_account(transaction,
                                    services_,
                                    {*archived,
                                     claim_.first_name,
                                     claim_.last_name,
                                     archived->email,
                                     claim_.password_hash,
                                     false,
                                     EnteredBy::Code},
                                    visitor_);
        transaction.run_all({finishing_claim(claim_.id, services_.clock.now())});
        return outcome;
    }

    static CodeOutcome refused(OpeningRefusal refusal) {
        switch (refusal) {
            case OpeningRefusal::AlreadyClaimed:
                return CodeRefusal::AlreadyClaimed;
            case OpeningRefusal::NoFreeUsername:
                return CodeRefusal::NoFreeUsername;
        }
        unreachable();
    }

    const ClaimServices& services_;
    Flow flow_;
    std::string typed_;
    const Visitor& visitor_;
    ClaimInQuestion claim_;
};

}  // namespace

std::optional<int> expected_digits(const ClaimServices& services,
                                   Flow flow,
                                   const Visitor& visitor) {
    const auto claim = claim_in_question(services.database, flow, visitor, services.clock.now());
    return claim ? std::optional(claim->codes.front().digits) : std::nullopt;
}

CodeOutcome use_code(const ClaimServices& services,
                     Flow flow,
                     const std::string& code,
                     const Visitor& visitor) {
    return CodeUse(services, flow, code, visitor).run();
}

}  // namespace ventanilla
