#include "payments/settling.h"

#include <nlohmann/json.hpp>

#include "core/random.h"
#include "core/unreachable.h"
#include "payments/giving_back.h"
#include "payments/quarantine.h"

namespace ventanilla {
namespace {

constexpr db::Statement approve_try{"approve_payment_try", R"sql(
    WITH known AS (
        UPDATE online_payment SET stage = 'paid', money_ref = nullif($2, ''), reason = '', next_ask_at = NULL,
               to_close = false, voucher_url = NULL, revision = revision + 1
        WHERE payment_id = $1)
    UPDATE payment SET status = 'approved', approved_at = $3, receipt_number = nextval('receipt_number_seq'),
           provider_ref = coalesce(nullif($2, ''), provider_ref)
    WHERE id = $1
    RETURNING receipt_number
)sql"};

// A second payment that carries the reference of one that is paid: a row of its own, so that it can
// be given back.
constexpr db::Statement insert_extra{"insert_extra_payment", R"sql(
    WITH extra AS (
        INSERT INTO payment (client_id, provider, provider_ref, amount, currency, status, receipt_number, created_at, approved_at)
        VALUES ($1, $2, $3, $4, $5, 'approved', nextval('receipt_number_seq'), $6, $6)
        ON CONFLICT DO NOTHING
        RETURNING id, receipt_number
    ), known AS (
        INSERT INTO online_payment (payment_id, reference, expires_at, stage, money_ref)
        SELECT id, $7, $6, 'paid', $3 FROM extra)
    SELECT id, receipt_number FROM extra
)sql"};

// The charges that it pays are not owed any more: what else would pay them shall be closed.
constexpr db::Statement close_rivals{"close_rival_tries", R"sql(
    UPDATE online_payment SET stage = 'replaced', to_close = true, next_ask_at = NULL, revision = revision + 1
    FROM payment
    WHERE payment.id = online_payment.payment_id AND payment.client_id = $1 AND payment.id <> $2
      AND payment.status = 'pending' AND stage IN ('made', 'open', 'replaced')
      AND EXISTS (SELECT FROM online_payment_charge JOIN charge ON charge.id = charge_id
                  WHERE payment_id = payment.id AND charge.status <> 'pending')
)sql"};

constexpr db::Statement record_stage{"record_try_stage", R"sql(
    UPDATE online_payment
    SET stage = $2, reason = $3, voucher_url = nullif($4, ''), voucher_until = $5,
        money_ref = coalesce(nullif($6, ''), money_ref),
        next_ask_at = CASE WHEN $7::boolean THEN NULL ELSE next_ask_at END, revision = revision + 1
    WHERE payment_id = $1
)sql"};

constexpr db::Statement record_failed{"record_try_failed", R"sql(
    UPDATE payment SET status = 'failed' WHERE id = $1 AND status = 'pending'
)sql"};

// Unless staff have decided about this money before: then it is told again, and nothing waits for
// them.
constexpr db::Statement mark_quarantined{"mark_payment_quarantined", R"sql(
    WITH waiting AS (
        SELECT payment_id FROM payment_quarantine WHERE payment_id = $1 AND decided_at IS NULL
    ), known AS (
        UPDATE online_payment SET reason = $2, next_ask_at = NULL, revision = revision + 1,
               money_ref = coalesce(money_ref, nullif($3, ''))
        WHERE payment_id IN (SELECT payment_id FROM waiting))
    UPDATE payment SET status = 'quarantined'
    WHERE id IN (SELECT payment_id FROM waiting) AND status IN ('pending', 'failed')
)sql"};

// Absent when the money is what the try asked for. The order is that of how much it would matter.
const char* misfit(const PaymentTry& payment, const MoneyReport& report) {
    if (!report.is_ours) {
        return "account";
    }
    if (report.reference != payment.reference) {
        return "reference";
    }
    if (!report.amount) {
        return "amount";
    }
    if (report.amount->currency() != payment.amount.currency()) {
        return "currency";
    }
    return *report.amount == payment.amount ? nullptr : "amount";
}

}  // namespace

Settling::Settling(db::Transaction& transaction,
                   const Billing& billing,
                   const LockedClient& client,
                   const PaymentTry& payment,
                   const MoneyReport& report)
    : transaction_(transaction),
      billing_(billing),
      client_(client),
      payment_(payment),
      report_(report) {}

Settled Settling::run(std::optional<std::int64_t> revision) {
    switch (report_.state) {
        case MoneyState::Open:
        case MoneyState::Agreed:
            return Settled::Nothing;
        case MoneyState::Processing:
            return on_its_way("processing");
        case MoneyState::Waiting:
            return on_its_way("waiting");
        case MoneyState::Failed:
            return failed();
        case MoneyState::Expired:
            return over("expired");
        case MoneyState::Paid:
            return paid(revision);
    }
    unreachable();
}

bool Settling::is_settled() const {
    return payment_.status == "approved" || payment_.status == "refunded";
}

Settled Settling::on_its_way(const char* stage) {
    const bool is_news = payment_.stage != stage || payment_.voucher_url != report_.voucher_url;
    if (payment_.status != "pending" || !is_news) {
        return Settled::Nothing;
    }
    record(stage, false);
    return Settled::Noted;
}

// One payment of several that a checkout takes: the checkout stays open, and money may still
// come.
Settled Settling::failed() {
    if (payment_.provider == ProviderName::MercadoPago) {
        const bool is_other_on_its_way =
            (payment_.stage == "waiting" || payment_.stage == "processing")
            && payment_.money_ref != report_.money_ref;
        if (payment_.status != "pending" || payment_.reason == report_.reason
            || is_other_on_its_way) {
            return Settled::Nothing;
        }
        record("open", false);
        return Settled::Noted;
    }
    return over("failed");
}

Settled Settling::over(const char* stage) {
    if (payment_.status != "pending") {
        return Settled::Nothing;
    }
    record(stage, true);
    transaction_.run(record_failed, payment_.payment_id);
    return Settled::Noted;
}

void Settling::record(const char* stage, bool is_over) {
    transaction_.run(record_stage,
                     payment_.payment_id,
                     payment_.stage == "replaced" && !is_over ? "replaced" : stage,
                     report_.reason,
                     report_.voucher_url,
                     report_.voucher_until,
                     report_.state == MoneyState::Failed ? "" : report_.money_ref,
                     is_over);
}

Settled Settling::paid(std::optional<std::int64_t> revision) {
    if (payment_.status == "quarantined") {
        return Settled::Nothing;  // staff decide
    }
    const bool is_another = is_settled() && !report_.money_ref.empty()
                            && !payment_.money_ref.empty()
                            && payment_.money_ref != report_.money_ref;
    if (is_settled() && !is_another) {
        return given_back(payment_, revision);
    }
    if (const char* reason = misfit(payment_, report_)) {
        return put_aside(reason);
    }
    return is_another ? book_extra() : book_try(revision);
}

Settled Settling::put_aside(const char* reason) {
    std::vector<db::Call> calls = {
        quarantining(billing_, payment_.provider, report_, payment_.payment_id, reason)};
    if (!is_settled()) {
        calls.push_back(
            {&mark_quarantined, db::Params(payment_.payment_id, reason, report_.money_ref)});
    }
    transaction_.run_all(std::move(calls));
    return Settled::Quarantined;
}

Settled Settling::book_try(std::optional<std::int64_t> revision) {
    const auto [receipt] =
        transaction_.run(approve_try, payment_.payment_id, report_.money_ref, billing_.clock.now())
            .at<std::int64_t>(0);
    enter(payment_.payment_id, receipt, "online_payment_booked");
    PaymentTry now_booked = payment_;
    now_booked.status = "approved";
    static_cast<void>(given_back(now_booked, revision));
    return Settled::Booked;
}

Settled Settling::book_extra() {
    const auto rows = transaction_.run(insert_extra,
                                       payment_.client_id,
                                       provider_text(payment_.provider),
                                       report_.money_ref,
                                       payment_.amount.plain(),
                                       payment_.amount.currency(),
                                       billing_.clock.now(),
                                       random_token());
    if (rows.empty()) {
        return Settled::Nothing;
    }
    const auto [id, receipt] = rows.at<std::int64_t, std::int64_t>(0);
    enter(id, receipt, "online_payment_repeated");
    return Settled::Booked;
}

void Settling::enter(std::int64_t id, std::int64_t receipt, const char* action) {
    const Timestamp now = billing_.clock.now();
    const Booking booking =
        spread(payment_.amount, owed_by(transaction_, client_.id, Day::of(now)), payment_.charges);
    book(transaction_,
         billing_,
         client_,
         {id, receipt, payment_.amount, provider_text(payment_.provider), report_.money_ref},
         booking,
         Actor{});
    const nlohmann::json details = {{"payment", id},
                                    {"provider", provider_text(payment_.provider)},
                                    {"amount", payment_.amount.plain()},
                                    {"currency", payment_.amount.currency()},
                                    {"to_credit", booking.to_credit.plain()}};
    transaction_.run_all(
        {{&close_rivals, db::Params(client_.id, id)},
         audited({std::nullopt, action, "client:" + std::to_string(client_.id), "", details.dump()},
                 now)});
}

// Only an answer that nothing overtook may say that less is held than before.
Settled Settling::given_back(const PaymentTry& payment, std::optional<std::int64_t> revision) {
    if (!revision) {
        return Settled::Nothing;
    }
    const Money refunded = report_.refunded.value_or(payment.refunded);
    const Money disputed = report_.disputed.value_or(payment.disputed);
    if (refunded.currency() != payment.amount.currency()
        || disputed.currency() != payment.amount.currency()) {
        return Settled::Nothing;
    }
    if (*revision != payment.revision
        && (refunded < payment.refunded || disputed < payment.disputed)) {
        return Settled::Outdated;
    }
    return give_back(transaction_, billing_, client_, payment, refunded, disputed)
               ? Settled::GivenBack
               : Settled::Nothing;
}

}  // namespace ventanilla
