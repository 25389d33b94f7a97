#include "billing/payments.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "billing/booking.h"
#include "billing/rows.h"

namespace ventanilla {
namespace {

// The same form sent again, or the same transfer typed again.
constexpr db::Statement find_booked{"find_booked_payment", R"sql(
    SELECT id, coalesce(receipt_number, 0), amount, currency, coalesce(request_key = nullif($2, ''), false),
           (SELECT coalesce(-sum(amount), 0) FROM ledger_entry
            WHERE payment_id = payment.id AND kind = 'payment' AND charge_id IS NULL)
    FROM payment
    WHERE client_id = $1
      AND (request_key = nullif($2, '') OR (provider = 'transfer' AND status = 'approved' AND provider_ref = nullif($3, '')
                                            AND $4 = 'transfer'))
    ORDER BY id
    LIMIT 1
)sql"};

using Outcome = std::variant<BookedPayment, PaymentRefusal>;

std::optional<Outcome> booked_before(const NewPayment& payment, const db::Rows& rows) {
    const auto row =
        rows.first<std::int64_t, std::int64_t, MinorUnits, std::string, bool, MinorUnits>();
    if (!row) {
        return std::nullopt;
    }
    const auto [id, receipt_number, amount, currency, is_same_form, to_credit] = *row;
    const Money booked(amount, currency);
    if (!is_same_form && booked != payment.amount) {
        return PaymentRefusal::ReferenceTaken;
    }
    const Money rest(to_credit, currency);
    return BookedPayment{id, receipt_number, booked - rest, rest, true};
}

constexpr db::Statement insert_payment{"insert_payment", R"sql(
    INSERT INTO payment (client_id, provider, provider_ref, amount, currency, status, receipt_number, note, request_key,
                         received_by, created_at, approved_at)
    VALUES ($1, $2, nullif($3, ''), $4, $5, 'approved', nextval('receipt_number_seq'), $6, nullif($7, ''), $8, $9, $9)
    RETURNING id, receipt_number
)sql"};

const char* provider_name(PaymentMeans means) {
    return means == PaymentMeans::Cash ? "cash" : "transfer";
}

PaymentToBook inserted(db::Transaction& transaction,
                       const NewPayment& payment,
                       const Actor& actor,
                       Timestamp now) {
    const char* provider = provider_name(payment.means);
    const auto [id, receipt_number] = transaction
                                          .run(insert_payment,
                                               payment.client_id,
                                               provider,
                                               payment.reference,
                                               payment.amount.plain(),
                                               payment.amount.currency(),
                                               payment.note,
                                               payment.request_key,
                                               actor.account_id,
                                               now)
                                          .at<std::int64_t, std::int64_t>(0);
    return {id, receipt_number, payment.amount, provider, payment.reference};
}

bool are_payable(const NewPayment& payment, const std::vector<OwedCharge>& owed) {
    return std::all_of(payment.charges.begin(), payment.charges.end(), [&](std::int64_t id) {
        return std::any_of(owed.begin(), owed.end(), [&](const OwedCharge& charge) {
            return charge.id == id && charge.owed.currency() == payment.amount.currency();
        });
    });
}

db::Call audited_payment(const PaymentToBook& payment,
                         std::int64_t client_id,
                         const Actor& actor,
                         Timestamp now) {
    const nlohmann::json details = {{"payment", payment.id},
                                    {"receipt", payment.receipt_number},
                                    {"amount", payment.amount.plain()},
                                    {"currency", payment.amount.currency()},
                                    {"provider", payment.provider}};
    return audited({actor.account_id,
                    "payment_recorded",
                    "client:" + std::to_string(client_id),
                    actor.network,
                    details.dump()},
                   now);
}

constexpr db::Statement list_client_payments{"list_client_payments", R"sql(
    SELECT payment.id, amount, currency, provider, coalesce(provider_ref, ''), status, receipt_number,
           coalesce(approved_at, payment.created_at), coalesce(account.username, ''), note, reversed_at,
           reversal_reason, closing_id IS NOT NULL
    FROM payment LEFT JOIN account ON account.id = received_by
    WHERE client_id = $1
    ORDER BY payment.created_at DESC, payment.id DESC
    LIMIT $2::bigint + 1 OFFSET $3
)sql"};

}  // namespace

Outcome record_payment(const Billing& billing, const NewPayment& payment, const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, payment.client_id);
    if (!client) {
        return PaymentRefusal::NoClient;
    }
    const auto before = transaction.run(find_booked,
                                        payment.client_id,
                                        payment.request_key,
                                        payment.reference,
                                        provider_name(payment.means));
    if (const auto outcome = booked_before(payment, before)) {
        return *outcome;
    }
    const auto owed = owed_by(transaction, payment.client_id, Day::of(now));
    if (!are_payable(payment, owed)) {
        return PaymentRefusal::ChargeNotPayable;
    }
    const Booking booking = spread(payment.amount, owed, payment.charges);
    const PaymentToBook row = inserted(transaction, payment, actor, now);
    book(transaction, billing, *client, row, booking, actor);
    transaction.run_all({audited_payment(row, payment.client_id, actor, now)});
    transaction.commit();
    return BookedPayment{row.id, row.receipt_number, booking.applied, booking.to_credit, false};
}

StaffPaymentPage payments_of(db::Connection& connection,
                             std::int64_t client_id,
                             std::int64_t page) {
    const auto rows = connection.run(
        list_client_payments, client_id, payments_per_page, (page - 1) * payments_per_page);
    StaffPaymentPage shown;
    shown.has_more = rows.size() > static_cast<std::size_t>(payments_per_page);
    for (std::size_t i = 0; i < rows.size() - (shown.has_more ? 1 : 0); ++i) {
        shown.payments.push_back({payment_line(rows, i),
                                  cell_as<std::string>(rows, i, 8),
                                  cell_as<std::string>(rows, i, 9),
                                  cell_as<std::optional<Timestamp>>(rows, i, 10),
                                  cell_as<std::string>(rows, i, 11),
                                  cell_as<bool>(rows, i, 12)});
    }
    return shown;
}

}  // namespace ventanilla
