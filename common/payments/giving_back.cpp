#include "payments/giving_back.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "billing/suspension.h"
#include "clients/text_array.h"

namespace ventanilla {
namespace {

struct Part {
    std::int64_t charge_id = 0;  // 0: the client's credit
    Money amount;
};

// What this payment pays at this moment, in the order in which it is given back. What went to a
// charge that was cancelled since has become credit.
constexpr db::Statement list_paid_parts{"list_paid_parts", R"sql(
    SELECT part.charge_id, part.paid
    FROM (SELECT CASE WHEN charge.status <> 'cancelled' THEN charge.id ELSE 0 END AS charge_id, -sum(entry.amount) AS paid,
                 max(charge.due_on) AS due_on
          FROM ledger_entry AS entry LEFT JOIN charge ON charge.id = entry.charge_id
          WHERE entry.payment_id = $1
          GROUP BY 1) AS part
    WHERE part.paid > 0
    ORDER BY part.charge_id = 0 DESC, part.due_on DESC, part.charge_id DESC
)sql"};

constexpr db::Statement enter_parts{"enter_given_back", R"sql(
    INSERT INTO ledger_entry (client_id, charge_id, payment_id, kind, amount, currency, at)
    SELECT $1, nullif(part.charge_id, 0), $2, $3, part.amount, $4, $5
    FROM unnest($6::bigint[], $7::numeric[]) AS part(charge_id, amount)
)sql"};

constexpr db::Statement return_credit_of{"return_credit_of_client", R"sql(
    SELECT return_credit($1::bigint, $2)
)sql"};

constexpr db::Statement record_given_back{"record_given_back", R"sql(
    WITH changed AS (
        UPDATE online_payment SET refunded = $2, disputed = $3, revision = revision + 1 WHERE payment_id = $1)
    UPDATE payment SET status = CASE WHEN $2::numeric + $3::numeric >= amount THEN 'refunded' ELSE 'approved' END
    WHERE id = $1
)sql"};

db::Call entering(const PaymentTry& payment,
                  const char* kind,
                  const std::vector<Part>& parts,
                  Timestamp now) {
    std::vector<std::int64_t> charges;
    std::vector<std::string> amounts;
    for (const auto& part : parts) {
        charges.push_back(part.charge_id);
        amounts.push_back(part.amount.plain());
    }
    return {&enter_parts,
            db::Params(payment.client_id,
                       payment.payment_id,
                       kind,
                       payment.amount.currency(),
                       now,
                       id_array(charges),
                       text_array(amounts))};
}

std::vector<Part> parts_to_reopen(db::Transaction& transaction,
                                  const PaymentTry& payment,
                                  Money wanted) {
    const auto rows = transaction.run(list_paid_parts, payment.payment_id);
    std::vector<Part> parts;
    for (std::size_t i = 0; i < rows.size() && wanted.is_positive(); ++i) {
        const auto [charge_id, units] = rows.at<std::int64_t, MinorUnits>(i);
        const Money part = std::min(Money(units, payment.amount.currency()), wanted);
        parts.push_back({charge_id, part});
        wanted -= part;
    }
    return parts;
}

std::vector<Part> parts_to_pay(db::Transaction& transaction,
                               const PaymentTry& payment,
                               const Money& amount,
                               Timestamp now) {
    const Booking booking =
        spread(amount, owed_by(transaction, payment.client_id, Day::of(now)), payment.charges);
    std::vector<Part> parts;
    for (const auto& covered : booking.covered) {
        parts.push_back({covered.charge_id, -covered.covered});
    }
    if (booking.to_credit.is_positive()) {
        parts.push_back({0, -booking.to_credit});
    }
    return parts;
}

// One movement: more than 0 goes back to the provider, less comes again.
void move(db::Transaction& transaction,
          const PaymentTry& payment,
          const char* kind,
          const Money& change,
          Timestamp now) {
    const auto parts = change.is_positive() ? parts_to_reopen(transaction, payment, change)
                                            : parts_to_pay(transaction, payment, -change, now);
    std::vector<db::Call> calls;
    if (!parts.empty()) {
        calls.push_back(entering(payment, kind, parts, now));
    }
    calls.push_back({&return_credit_of, db::Params(payment.client_id, now)});
    calls.push_back(using_credit(payment.client_id, now));
    transaction.run_all(std::move(calls));
}

db::Call audited_change(const PaymentTry& payment,
                        const char* action,
                        const Money& refunded,
                        const Money& disputed,
                        Timestamp now) {
    const nlohmann::json details = {{"payment", payment.payment_id},
                                    {"provider", provider_text(payment.provider)},
                                    {"refunded", refunded.plain()},
                                    {"disputed", disputed.plain()},
                                    {"currency", payment.amount.currency()}};
    return audited(
        {std::nullopt, action, "client:" + std::to_string(payment.client_id), "", details.dump()},
        now);
}

}  // namespace

bool give_back(db::Transaction& transaction,
               const Billing& billing,
               const LockedClient& client,
               const PaymentTry& payment,
               const Money& refunded,
               const Money& disputed) {
    // A dispute that ends in a refund holds nothing twice.
    const Money total_refunded = std::min(refunded, payment.amount);
    const Money total_disputed = std::min(disputed, payment.amount - total_refunded);
    const Money refund = total_refunded - payment.refunded;
    const Money dispute = total_disputed - payment.disputed;
    if (refund.is_zero() && dispute.is_zero()) {
        return false;
    }
    const Timestamp now = billing.clock.now();
    // What comes again comes first: the rest of the same change may take it away.
    for (const bool comes_again : {true, false}) {
        if (!dispute.is_zero() && dispute.is_negative() == comes_again) {
            move(transaction, payment, comes_again ? "dispute_won" : "dispute", dispute, now);
        }
        if (!refund.is_zero() && refund.is_negative() == comes_again) {
            move(transaction, payment, "refund", refund, now);
        }
    }
    const char* action = dispute.is_zero() ? "online_payment_refunded" : "online_payment_disputed";
    transaction.run_all(
        {{&record_given_back,
          db::Params(payment.payment_id, total_refunded.plain(), total_disputed.plain())},
         lifting_suspensions(billing, client.id),
         audited_change(payment, action, total_refunded, total_disputed, now)});
    return true;
}

}  // namespace ventanilla
