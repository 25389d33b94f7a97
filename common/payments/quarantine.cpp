#include "payments/quarantine.h"

#include <nlohmann/json.hpp>

#include "billing/booking.h"
#include "core/random.h"

namespace ventanilla {
namespace {

constexpr db::Statement list_quarantined{"list_quarantined", R"sql(
    SELECT quarantine.id, quarantine.provider, quarantine.money_ref, quarantine.reference, coalesce(quarantine.payment_id, 0),
           coalesce(client.id, 0), coalesce(client.full_name, ''), quarantine.amount, quarantine.currency, payment.amount,
           payment.currency, quarantine.note, quarantine.reason, quarantine.found_at
    FROM payment_quarantine AS quarantine
    LEFT JOIN payment ON payment.id = quarantine.payment_id
    LEFT JOIN client ON client.id = payment.client_id
    WHERE decided_at IS NULL
    ORDER BY found_at, quarantine.id
)sql"};

std::optional<Money> money(const std::optional<MinorUnits>& amount,
                           const std::optional<std::string>& currency) {
    return amount && currency ? std::optional(Money(*amount, *currency)) : std::nullopt;
}

constexpr db::Statement lock_quarantined{"lock_quarantined", R"sql(
    SELECT provider, money_ref, coalesce(payment_id, 0), amount, currency, reason
    FROM payment_quarantine WHERE id = $1 AND decided_at IS NULL
    FOR UPDATE
)sql"};

struct Locked {
    std::string provider;
    std::string money_ref;
    std::int64_t payment_id = 0;
    std::optional<Money> amount;
    std::string reason;
};

std::optional<Locked> locked(db::Transaction& transaction, std::int64_t id) {
    const auto row = transaction.run(lock_quarantined, id)
                         .first<std::string,
                                std::string,
                                std::int64_t,
                                std::optional<MinorUnits>,
                                std::optional<std::string>,
                                std::string>();
    if (!row) {
        return std::nullopt;
    }
    const auto& [provider, money_ref, payment_id, amount, currency, reason] = *row;
    return Locked{provider, money_ref, payment_id, money(amount, currency), reason};
}

constexpr db::Statement record_decision{"record_quarantine_decision", R"sql(
    WITH let_go AS (
        UPDATE payment SET status = 'failed' WHERE id = nullif($5::bigint, 0) AND status = 'quarantined'
    ), forgotten AS (
        UPDATE online_payment SET stage = CASE WHEN stage = 'paid' THEN stage ELSE 'failed' END,
               money_ref = CASE WHEN stage = 'paid' THEN money_ref END, revision = revision + 1
        WHERE payment_id = nullif($5::bigint, 0))
    UPDATE payment_quarantine SET decided_at = $2, decided_by = $3, decision = $4, note = $6 WHERE id = $1
)sql"};

constexpr db::Statement insert_booked{"insert_quarantined_payment", R"sql(
    WITH booked AS (
        INSERT INTO payment (client_id, provider, provider_ref, amount, currency, status, receipt_number, note, created_at,
                             approved_at)
        VALUES ($1, $2, nullif($3, ''), $4, $5, 'approved', nextval('receipt_number_seq'), $6, $7, $7)
        RETURNING id, receipt_number
    ), known AS (
        INSERT INTO online_payment (payment_id, reference, expires_at, stage, money_ref)
        SELECT id, $8, $7, 'paid', nullif($3, '') FROM booked)
    SELECT id, receipt_number FROM booked
)sql"};

db::Call decided(const Billing& billing,
                 std::int64_t id,
                 const Locked& found,
                 const char* decision,
                 const std::string& note,
                 const Actor& actor) {
    return {
        &record_decision,
        db::Params(id, billing.clock.now(), actor.account_id, decision, found.payment_id, note)};
}

db::Call audited_decision(const char* action,
                          std::int64_t id,
                          const Locked& found,
                          const std::string& subject,
                          const std::string& note,
                          const Actor& actor,
                          Timestamp now) {
    const nlohmann::json details = {{"quarantine", id},
                                    {"provider", found.provider},
                                    {"amount", found.amount ? found.amount->plain() : ""},
                                    {"note", note}};
    return audited({actor.account_id, action, subject, actor.network, details.dump()}, now);
}

constexpr db::Statement record_quarantine{"record_quarantine", R"sql(
    INSERT INTO payment_quarantine (provider, money_ref, reference, payment_id, amount, currency, reason, found_at, note)
    VALUES ($1, $2, $3, nullif($4::bigint, 0), $5, $6, $7, $8, $9)
    ON CONFLICT (provider, reference, money_ref) DO NOTHING
)sql"};

}  // namespace

db::Call quarantining(const Billing& billing,
                      ProviderName provider,
                      const MoneyReport& report,
                      std::int64_t payment_id,
                      const char* reason) {
    std::optional<std::string> amount;
    std::optional<std::string> currency;
    if (report.amount) {
        amount = report.amount->plain();
        currency = report.amount->currency();
    }
    return {&record_quarantine,
            db::Params(provider_text(provider),
                       report.money_ref,
                       report.reference,
                       payment_id,
                       amount,
                       currency,
                       reason,
                       billing.clock.now(),
                       report.amount_text)};
}

std::vector<QuarantinedMoney> quarantined_money(db::Connection& connection) {
    const auto rows = connection.run(list_quarantined);
    std::vector<QuarantinedMoney> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [id,
                    provider,
                    money_ref,
                    reference,
                    payment_id,
                    client_id,
                    client_name,
                    amount,
                    currency,
                    asked,
                    asked_currency,
                    note,
                    reason,
                    found_at] = rows.at<std::int64_t,
                                        std::string,
                                        std::string,
                                        std::string,
                                        std::int64_t,
                                        std::int64_t,
                                        std::string,
                                        std::optional<MinorUnits>,
                                        std::optional<std::string>,
                                        std::optional<MinorUnits>,
                                        std::optional<std::string>,
                                        std::string,
                                        std::string,
                                        Timestamp>(i);
        all.push_back({id,
                       provider_named(provider).value(),
                       money_ref,
                       reference,
                       payment_id,
                       client_id,
                       client_name,
                       money(amount, currency),
                       money(asked, asked_currency),
                       note,
                       reason,
                       found_at});
    }
    return all;
}

DecisionOutcome book_quarantined(const Billing& billing,
                                 std::int64_t id,
                                 std::int64_t client_id,
                                 const std::string& note,
                                 const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, client_id);
    const auto found = locked(transaction, id);
    if (!found) {
        return DecisionOutcome::Missing;
    }
    if (!client) {
        return DecisionOutcome::NoClient;
    }
    if (found->reason == "account") {
        return DecisionOutcome::NotOurs;
    }
    if (!found->amount || !found->amount->is_positive()) {
        return DecisionOutcome::NoAmount;
    }
    transaction.run_all({decided(billing, id, *found, "booked", note, actor)});
    const auto [payment_id, receipt] = transaction
                                           .run(insert_booked,
                                                client_id,
                                                found->provider,
                                                found->money_ref,
                                                found->amount->plain(),
                                                found->amount->currency(),
                                                note,
                                                now,
                                                random_token())
                                           .at<std::int64_t, std::int64_t>(0);
    const Booking booking =
        spread(*found->amount, owed_by(transaction, client_id, Day::of(now)), {});
    book(transaction,
         billing,
         *client,
         {payment_id, receipt, *found->amount, found->provider, found->money_ref},
         booking,
         actor);
    transaction.run_all({audited_decision(
        "quarantine_booked", id, *found, "client:" + std::to_string(client_id), note, actor, now)});
    transaction.commit();
    return DecisionOutcome::Done;
}

DecisionOutcome dismiss_quarantined(const Billing& billing,
                                    std::int64_t id,
                                    const std::string& note,
                                    const Actor& actor) {
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto found = locked(transaction, id);
    if (!found) {
        return DecisionOutcome::Missing;
    }
    transaction.run_all(
        {decided(billing, id, *found, "dismissed", note, actor),
         audited_decision("quarantine_dismissed", id, *found, "", note, actor, now)});
    transaction.commit();
    return DecisionOutcome::Done;
}

}  // namespace ventanilla
