#include "billing/booking.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "billing/rows.h"
#include "billing/suspension.h"
#include "clients/text_array.h"

namespace ventanilla {
namespace {

constexpr const char* receipt_path = "/clientes/portal/pagos/";

constexpr db::Statement lock_client_row{"lock_billed_client", R"sql(
    SELECT id, full_name, coalesce(email, ''), is_deleted, account_id IS NOT NULL
    FROM client WHERE id = $1
    FOR UPDATE
)sql"};

constexpr db::Statement list_owed{"list_owed_by_client", R"sql(
    SELECT charge.id, concept, '', charge.amount, entries.owed, charge.currency, due_on
    FROM charge
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    WHERE charge.client_id = $1 AND charge.status = 'pending'
    ORDER BY due_on, charge.id
)sql"};

constexpr db::Statement use_client_credit{"use_client_credit", R"sql(
    SELECT use_credit(ARRAY[$1::bigint], $2)
)sql"};

// The first entry carries the key: a payment enters the ledger once.
constexpr db::Statement enter_payment{"enter_payment", R"sql(
    INSERT INTO ledger_entry (client_id, charge_id, payment_id, kind, amount, currency, at, actor_id, key)
    SELECT $1, nullif(part.charge_id, 0), $2, 'payment', -part.amount, $3, $4, $5,
           CASE WHEN part.number = 1 THEN 'payment:' || $2::bigint END
    FROM unnest($6::bigint[], $7::numeric[]) WITH ORDINALITY AS part(charge_id, amount, number)
)sql"};

db::Call entering(const LockedClient& client,
                  const PaymentToBook& payment,
                  const Booking& booking,
                  const Actor& actor,
                  Timestamp now) {
    std::vector<std::int64_t> charges;
    std::vector<std::string> amounts;
    for (const auto& part : booking.covered) {
        charges.push_back(part.charge_id);
        amounts.push_back(part.covered.plain());
    }
    if (booking.to_credit.is_positive()) {
        charges.push_back(0);
        amounts.push_back(booking.to_credit.plain());
    }
    return {&enter_payment,
            db::Params(client.id,
                       payment.id,
                       payment.amount.currency(),
                       now,
                       actor.account_id,
                       id_array(charges),
                       text_array(amounts))};
}

std::string shown_sums(const std::vector<Money>& sums, const std::string& own) {
    std::string text;
    for (const auto& sum : sums) {
        text += (text.empty() ? "" : ", ") + sum.shown(own);
    }
    return text;
}

nlohmann::json receipt_model(const Billing& billing,
                             const LockedClient& client,
                             const PaymentToBook& payment,
                             const Booking& booking) {
    const std::string& own = billing.settings.currency;
    nlohmann::json model = {{"name", client.full_name},
                            {"amount", payment.amount.shown(own)},
                            {"cash", payment.provider == "cash"},
                            {"transfer", payment.provider == "transfer"},
                            {"stripe", payment.provider == "stripe"},
                            {"mercadopago", payment.provider == "mercadopago"},
                            {"paypal", payment.provider == "paypal"},
                            {"reference", payment.reference},
                            {"receipt_number", std::to_string(payment.receipt_number)},
                            {"paid_at", date_time_text(billing.clock.now())},
                            {"has_charges", !booking.covered.empty()},
                            {"owed", shown_sums(booking.still_owed, own)}};
    model["charges"] = nlohmann::json::array();
    for (const auto& part : booking.covered) {
        model["charges"].push_back(
            {{"description", part.description},
             {"covered", part.covered.shown(own)},
             {"still_owed", part.still_owed.is_zero() ? "" : part.still_owed.shown(own)}});
    }
    if (booking.to_credit.is_positive()) {
        model["to_credit"] = booking.to_credit.shown(own);
    }
    if (client.has_account) {
        model["receipt_url"] =
            billing.settings.base_url + receipt_path + std::to_string(payment.id) + '/';
    }
    return model;
}

void add_to(std::vector<Money>& sums, const Money& amount) {
    for (auto& sum : sums) {
        if (sum.currency() == amount.currency()) {
            sum += amount;
            return;
        }
    }
    sums.push_back(amount);
}

// The chosen ones first, in their order.
std::vector<OwedCharge> in_order(std::vector<OwedCharge> owed,
                                 const std::vector<std::int64_t>& chosen) {
    const auto rank = [&](const OwedCharge& charge) {
        return std::find(chosen.begin(), chosen.end(), charge.id) - chosen.begin();
    };
    std::stable_sort(owed.begin(), owed.end(), [&](const OwedCharge& a, const OwedCharge& b) {
        return rank(a) < rank(b);
    });
    return owed;
}

}  // namespace

std::optional<LockedClient> lock_billed_client(db::Transaction& transaction,
                                               std::int64_t client_id) {
    const auto row = transaction.run(lock_client_row, client_id)
                         .first<std::int64_t, std::string, std::string, bool, bool>();
    if (!row) {
        return std::nullopt;
    }
    auto [id, full_name, email, is_deleted, has_account] = *row;
    return LockedClient{id, full_name, email, is_deleted, has_account};
}

std::vector<OwedCharge> owed_by(db::Transaction& transaction, std::int64_t client_id, Day today) {
    return owed_charges(transaction.run(list_owed, client_id), today);
}

db::Call using_credit(std::int64_t client_id, Timestamp now) {
    return {&use_client_credit, db::Params(client_id, now)};
}

Booking spread(const Money& amount,
               const std::vector<OwedCharge>& owed,
               const std::vector<std::int64_t>& chosen) {
    const Money nothing(0, amount.currency());
    Booking booking{{}, nothing, amount, {}};
    for (const auto& charge : in_order(owed, chosen)) {
        Money left = charge.owed;
        if (charge.owed.currency() == amount.currency() && booking.to_credit.is_positive()) {
            const Money part = std::min(charge.owed, booking.to_credit);
            left -= part;
            booking.applied += part;
            booking.to_credit -= part;
            booking.covered.push_back({charge.id, charge.description, charge.due_on, part, left});
        }
        if (left.is_positive()) {
            add_to(booking.still_owed, left);
        }
    }
    return booking;
}

void book(db::Transaction& transaction,
          const Billing& billing,
          const LockedClient& client,
          const PaymentToBook& payment,
          const Booking& booking,
          const Actor& actor) {
    const Timestamp now = billing.clock.now();
    std::vector<db::Call> calls = {entering(client, payment, booking, actor, now),
                                   lifting_suspensions(billing, client.id)};
    if (!client.email.empty()) {
        calls.push_back(billing.outbox.queue(Message::PaymentReceived,
                                             client.email,
                                             receipt_model(billing, client, payment, booking),
                                             now));
    }
    transaction.run_all(std::move(calls));
}

}  // namespace ventanilla
