#include "payments/checkout.h"

#include <algorithm>

#include "billing/booking.h"
#include "clients/text_array.h"
#include "core/log.h"
#include "core/random.h"
#include "payments/health.h"

namespace ventanilla {
namespace {

constexpr const char* return_path = "/clientes/portal/pagos/retorno/";
constexpr const char* notification_path = "/pagos/webhook/";
// A checkout that ends while somebody types a card number helps nobody.
constexpr std::chrono::minutes least_time_left{10};

// The same charges and amount at the same provider, not yet paid: its checkout is opened again.
constexpr db::Statement find_same_try{"find_same_try", R"sql(
    SELECT id FROM payment_try
    WHERE client_id = $1 AND provider = $2 AND status = 'pending' AND stage IN ('made', 'open') AND NOT to_close
      AND amount = $3::numeric AND currency = $4 AND charges = $5 AND link_id = $6 AND expires_at > $7
    ORDER BY id DESC
    LIMIT 1
)sql"};

constexpr db::Statement list_on_their_way{"list_payments_on_their_way", R"sql(
    SELECT * FROM payment_try
    WHERE client_id = $1 AND status = 'pending' AND stage IN ('processing', 'waiting')
      AND (voucher_until IS NULL OR voucher_until > $2)
    ORDER BY id
)sql"};

// What would pay one of these charges too, and nobody has paid yet.
constexpr db::Statement replace_others{"replace_other_tries", R"sql(
    UPDATE online_payment SET stage = 'replaced', to_close = true, next_ask_at = NULL, revision = revision + 1
    FROM payment
    WHERE payment.id = online_payment.payment_id AND payment.client_id = $1 AND payment.status = 'pending'
      AND stage IN ('made', 'open')
      AND EXISTS (SELECT FROM online_payment_charge WHERE payment_id = payment.id AND charge_id = ANY ($2::bigint[]))
)sql"};

constexpr db::Statement insert_try{"insert_payment_try", R"sql(
    WITH made AS (
        INSERT INTO payment (client_id, provider, amount, currency, status, created_at)
        VALUES ($1, $2, $3, $4, 'pending', $5)
        RETURNING id
    ), beside AS (
        INSERT INTO online_payment (payment_id, reference, link_id, expires_at, next_ask_at)
        SELECT id, $6, nullif($7::bigint, 0), $8, $9 FROM made
    ), chosen AS (
        INSERT INTO online_payment_charge (payment_id, charge_id, place, amount)
        SELECT made.id, part.charge_id, part.place, part.amount
        FROM made, unnest($10::bigint[], $11::numeric[]) WITH ORDINALITY AS part(charge_id, amount, place))
    SELECT id FROM made
)sql"};

// One that was replaced before the provider had answered is to be closed now that it can be.
constexpr db::Statement record_checkout{"record_checkout", R"sql(
    WITH known AS (
        UPDATE payment SET provider_ref = $2 WHERE id = $1 AND status = 'pending')
    UPDATE online_payment
    SET checkout_ref = $2, checkout_url = $3, stage = CASE WHEN stage = 'made' THEN 'open' ELSE stage END,
        to_close = to_close OR stage = 'replaced',
        next_ask_at = CASE WHEN stage <> 'replaced' THEN next_ask_at END
    WHERE payment_id = $1
)sql"};

constexpr db::Statement record_not_opened{"record_not_opened", R"sql(
    WITH known AS (
        UPDATE online_payment SET stage = 'failed', reason = $2, next_ask_at = NULL, revision = revision + 1
        WHERE payment_id = $1)
    UPDATE payment SET status = 'failed' WHERE id = $1 AND status = 'pending'
)sql"};

// What a wish comes to: charges in their order, with what each gets.
struct Plan {
    std::vector<OwedCharge> charges;
    std::vector<Money> amounts;
    Money amount;
};

using Planned = std::variant<Plan, CheckoutRefusal>;

std::optional<CheckoutRefusal> refused_part(const Billing& billing,
                                            const Money& part,
                                            const Money& owed) {
    const auto least = Money::typed(billing.settings.payment_minimum, part.currency()).value();
    if (least.is_zero()) {
        return CheckoutRefusal::PartNotAllowed;
    }
    if (part > owed) {
        return CheckoutRefusal::PartTooLarge;
    }
    return part < std::min(least, owed) ? std::optional(CheckoutRefusal::PartTooSmall)
                                        : std::nullopt;
}

Planned planned(const Billing& billing,
                const CheckoutWish& wish,
                const std::vector<OwedCharge>& owed) {
    Plan plan;
    for (const auto& charge : owed) {
        if (std::find(wish.charges.begin(), wish.charges.end(), charge.id) == wish.charges.end()) {
            continue;
        }
        if (!plan.charges.empty() && charge.owed.currency() != plan.amount.currency()) {
            return CheckoutRefusal::TwoCurrencies;
        }
        plan.amount = plan.charges.empty() ? charge.owed : plan.amount + charge.owed;
        plan.charges.push_back(charge);
        plan.amounts.push_back(charge.owed);
    }
    if (wish.charges.empty()) {
        return CheckoutRefusal::NoCharges;
    }
    if (plan.charges.size() != wish.charges.size()) {
        return CheckoutRefusal::NotPayable;
    }
    if (!wish.part || *wish.part == plan.amount) {
        return plan;
    }
    if (wish.part->currency() != plan.amount.currency()) {
        return CheckoutRefusal::TwoCurrencies;
    }
    if (const auto refusal = refused_part(billing, *wish.part, plan.amount)) {
        return *refusal;
    }
    Money left = *wish.part;
    plan.amount = left;
    for (auto& amount : plan.amounts) {
        amount = std::min(amount, left);
        left -= amount;
    }
    while (plan.amounts.back().is_zero()) {
        plan.amounts.pop_back();
        plan.charges.pop_back();
    }
    return plan;
}

std::string charge_list(const Plan& plan) {
    std::string list;
    for (const auto& charge : plan.charges) {
        list += (list.empty() ? "" : ",") + std::to_string(charge.id);
    }
    return list;
}

bool shares_a_charge(const PaymentTry& payment, const Plan& plan) {
    return std::any_of(plan.charges.begin(), plan.charges.end(), [&](const OwedCharge& charge) {
        return std::find(payment.charges.begin(), payment.charges.end(), charge.id)
               != payment.charges.end();
    });
}

std::int64_t inserted(db::Transaction& transaction,
                      const Payments& payments,
                      const CheckoutWish& wish,
                      const Plan& plan) {
    const Timestamp now = payments.billing.clock.now();
    std::vector<std::int64_t> ids;
    std::vector<std::string> amounts;
    for (std::size_t i = 0; i < plan.charges.size(); ++i) {
        ids.push_back(plan.charges[i].id);
        amounts.push_back(plan.amounts[i].plain());
    }
    transaction.run(replace_others, wish.client_id, id_array(ids));
    const Timestamp expires_at = now + payments.find(wish.provider)->checkout_life();
    const std::chrono::seconds sweep(payments.billing.settings.payment_sweep_seconds);
    return std::get<0>(transaction
                           .run(insert_try,
                                wish.client_id,
                                provider_text(wish.provider),
                                plan.amount.plain(),
                                plan.amount.currency(),
                                now,
                                random_token(),
                                wish.link_id,
                                expires_at,
                                now + sweep,
                                id_array(ids),
                                text_array(amounts))
                           .at<std::int64_t>(0));
}

// A try of ours with what it pays, committed.
struct Begun {
    std::int64_t payment_id = 0;
    LockedClient client;
    Plan plan;
};

std::variant<Begun, CheckoutRefusal> begun(const Payments& payments, const CheckoutWish& wish) {
    const Billing& billing = payments.billing;
    const Timestamp now = billing.clock.now();
    Provider* provider = payments.find(wish.provider);
    if (provider == nullptr) {
        return CheckoutRefusal::CannotTake;
    }
    db::Transaction transaction(billing.database);
    const auto client = lock_billed_client(transaction, wish.client_id);
    if (!client || client->is_deleted) {
        return CheckoutRefusal::NotPayable;
    }
    const auto made = planned(billing, wish, owed_by(transaction, wish.client_id, Day::of(now)));
    if (const auto* refusal = std::get_if<CheckoutRefusal>(&made)) {
        return *refusal;
    }
    const Plan& plan = std::get<Plan>(made);
    if (!provider->takes(plan.amount)) {
        return CheckoutRefusal::CannotTake;
    }
    const auto on_their_way = all_tries(transaction.run(list_on_their_way, wish.client_id, now));
    const bool is_paid_twice =
        std::any_of(on_their_way.begin(), on_their_way.end(), [&](const PaymentTry& payment) {
            return shares_a_charge(payment, plan);
        });
    if (is_paid_twice && !wish.despite_voucher) {
        return CheckoutRefusal::OnItsWay;
    }
    const auto same = transaction.run(find_same_try,
                                      wish.client_id,
                                      provider_text(wish.provider),
                                      plan.amount.plain(),
                                      plan.amount.currency(),
                                      charge_list(plan),
                                      wish.link_id,
                                      now + least_time_left);
    const std::int64_t id = same.empty() ? inserted(transaction, payments, wish, plan)
                                         : std::get<0>(same.at<std::int64_t>(0));
    transaction.commit();
    return Begun{id, *client, plan};
}

CheckoutOrder order_for(const Billing& billing, const Begun& begun, const PaymentTry& payment) {
    const std::string provider = provider_text(payment.provider);
    const std::string& base = billing.settings.base_url;
    CheckoutOrder order;
    order.reference = payment.reference;
    for (std::size_t i = 0; i < begun.plan.charges.size(); ++i) {
        order.items.push_back({begun.plan.charges[i].description, begun.plan.amounts[i]});
    }
    order.amount = payment.amount;
    order.payer_email = begun.client.email;
    order.return_url = base + return_path + provider + "/?reference=" + payment.reference;
    order.cancel_url = order.return_url + "&cancelado=1";
    order.notification_url = base + notification_path + provider + '/';
    order.made_at = payment.made_at;
    order.expires_at = payment.expires_at;
    order.voucher_until = payment.made_at + std::chrono::days(billing.settings.voucher_days);
    return order;
}

}  // namespace

std::variant<OpenCheckout, CheckoutRefusal> open_checkout(const Payments& payments,
                                                          const CheckoutWish& wish) {
    const auto begin = begun(payments, wish);
    if (const auto* refusal = std::get_if<CheckoutRefusal>(&begin)) {
        return *refusal;
    }
    const Begun& row = std::get<Begun>(begin);
    const Billing& billing = payments.billing;
    const PaymentTry payment = find_try(billing.database, row.payment_id).value();
    if (!payment.checkout_url.empty()) {
        return OpenCheckout{payment.payment_id, payment.checkout_url};
    }
    const auto answer = payments.find(wish.provider)->open(order_for(billing, row, payment));
    if (const auto* checkout = std::get_if<Checkout>(&answer)) {
        billing.database.run(record_checkout, payment.payment_id, checkout->ref, checkout->url);
        return OpenCheckout{payment.payment_id, checkout->url};
    }
    // Nobody was sent anywhere, so no money can come: the next click begins anew.
    const auto& trouble = std::get<Trouble>(answer);
    log_error("provider_trouble",
              {{"provider", provider_text(wish.provider)},
               {"payment", std::to_string(payment.payment_id)},
               {"reason", trouble.reason}});
    note_trouble(billing.database, wish.provider, trouble, billing.clock.now());
    billing.database.run(record_not_opened, payment.payment_id, trouble.reason);
    return trouble.kind == Trouble::Kind::Away ? CheckoutRefusal::ProviderAway
                                               : CheckoutRefusal::ProviderRefuses;
}

std::vector<PaymentTry> payments_on_their_way(db::Connection& connection,
                                              std::int64_t client_id,
                                              Timestamp now) {
    return all_tries(connection.run(list_on_their_way, client_id, now));
}

}  // namespace ventanilla
