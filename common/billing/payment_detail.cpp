#include "billing/portal_view.h"
#include "billing/rows.h"

namespace ventanilla {
namespace {

constexpr db::Statement find_payment{"find_payment", R"sql(
    SELECT payment.id, amount, currency, provider, coalesce(provider_ref, ''), status, receipt_number,
           coalesce(approved_at, payment.created_at), client.id, client.full_name,
           coalesce(nullif(concat_ws(' ', nullif(account.first_name, ''), nullif(account.last_name, '')), ''),
                    account.username, ''),
           note, reversed_at, reversal_reason
    FROM payment JOIN client ON client.id = payment.client_id LEFT JOIN account ON account.id = received_by
    WHERE payment.id = $3
      AND payment.client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
)sql"};

PaymentDetail detail_from(const db::Rows& rows) {
    PaymentDetail detail;
    detail.payment = payment_line(rows, 0);
    detail.client_id = cell_as<std::int64_t>(rows, 0, 8);
    detail.client_name = cell_as<std::string>(rows, 0, 9);
    detail.received_by = cell_as<std::string>(rows, 0, 10);
    detail.note = cell_as<std::string>(rows, 0, 11);
    detail.reversed_at = cell_as<std::optional<Timestamp>>(rows, 0, 12);
    detail.reversal_reason = cell_as<std::string>(rows, 0, 13);
    return detail;
}

// What the payment went to when it was booked, whatever was taken back since; the line without a
// charge is the credit.
constexpr db::Statement list_covered_charges{"list_covered_charges", R"sql(
    SELECT charge.id, charge.concept, charge.due_on, -sum(entry.amount),
           (SELECT sum(amount) FROM ledger_entry WHERE charge_id = charge.id)
    FROM ledger_entry AS entry LEFT JOIN charge ON charge.id = entry.charge_id
    WHERE entry.payment_id = $3 AND entry.kind = 'payment'
      AND entry.client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
    GROUP BY charge.id
    ORDER BY min(entry.id)
)sql"};

void take_charges(PaymentDetail& detail, const db::Rows& rows) {
    const std::string& currency = detail.payment.amount.currency();
    detail.to_credit = Money(0, currency);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, description, due_on, covered, owed] = rows.at<std::optional<std::int64_t>,
                                                                std::optional<std::string>,
                                                                std::optional<Day>,
                                                                MinorUnits,
                                                                std::optional<MinorUnits>>(i);
        if (id) {
            detail.charges.push_back({*id,
                                      description.value(),
                                      due_on.value(),
                                      Money(covered, currency),
                                      Money(owed.value(), currency)});
        } else {
            detail.to_credit = Money(covered, currency);
        }
    }
}

}  // namespace

std::optional<PaymentDetail> payment_detail(db::Connection& connection,
                                            const Whose& whose,
                                            std::int64_t payment_id) {
    const db::Params which(whose.token_hash(), whose.client_id(), payment_id);
    const auto rows = connection.run_all({{&find_payment, which}, {&list_covered_charges, which}});
    if (rows[0].empty()) {
        return std::nullopt;
    }
    PaymentDetail detail = detail_from(rows[0]);
    take_charges(detail, rows[1]);
    return detail;
}

}  // namespace ventanilla
