// From the button to the provider's page, and what the worker does about those who never came back.
#include <boost/test/unit_test.hpp>

#include "payments/links.h"
#include "payments/reconciliation.h"
#include "store/online_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

CheckoutRefusal refusal(const std::variant<OpenCheckout, CheckoutRefusal>& outcome) {
    return std::get<CheckoutRefusal>(outcome);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(checkout, OnlineSite)

BOOST_AUTO_TEST_CASE(the_row_stands_before_the_provider_hears_of_it) {
    const auto internet = charge(client, "350.00");
    const auto water = charge(client, "80.50");
    const auto payment = begin({internet, water});
    const auto& order = provider().orders.front();
    BOOST_TEST(order.reference == payment.reference);
    BOOST_TEST(order.reference.size() == 43U);
    BOOST_TEST((order.amount == pesos("430.50")));
    BOOST_TEST(order.items.size() == 2U);
    BOOST_TEST((order.made_at == payment.made_at));
    BOOST_TEST((order.expires_at == payment.made_at + 3h));
    BOOST_TEST(payment.stage == "open");
    BOOST_TEST(
        text("SELECT string_agg(amount::text, ' ' ORDER BY place) FROM online_payment_charge")
        == "350.00 80.50");
}

BOOST_AUTO_TEST_CASE(a_second_click_opens_the_same_checkout) {
    const auto internet = charge(client, "350.00");
    const auto first = std::get<OpenCheckout>(wish({internet}));
    const auto second = std::get<OpenCheckout>(wish({internet}));
    BOOST_TEST(first.url == second.url);
    BOOST_TEST(first.payment_id == second.payment_id);
    BOOST_TEST(provider().orders.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_row_that_a_crash_left_without_a_checkout_is_gone_on_with) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    execute("UPDATE online_payment SET stage = 'made', checkout_ref = NULL, checkout_url = NULL");
    const auto again = std::get<OpenCheckout>(wish({internet}));
    BOOST_TEST(again.payment_id == payment.payment_id);
    BOOST_TEST(provider().orders.size() == 2U);
    BOOST_TEST(provider().orders[0].reference == provider().orders[1].reference);
    BOOST_TEST((provider().orders[0].expires_at == provider().orders[1].expires_at));
}

BOOST_AUTO_TEST_CASE(another_choice_replaces_what_nobody_has_paid_yet) {
    const auto internet = charge(client, "350.00");
    const auto water = charge(client, "80.50");
    const auto first = begin({internet});
    const auto second = begin({internet, water}, ProviderName::PayPal);
    BOOST_TEST(reread(first.payment_id).stage == "replaced");
    BOOST_TEST(sweep_payments(payments).closed == 1);
    BOOST_TEST(provider().closed.front() == first.checkout_ref);
    BOOST_TEST(reread(second.payment_id).stage == "open");
    // Paid nevertheless, a moment before it was closed.
    BOOST_TEST((say(first, paid(first)) == Settled::Booked));
    BOOST_TEST((say(second, paid(second, "money_2")) == Settled::Booked));
    BOOST_TEST(credit(client) == "350.00");
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_paid_is_refused_and_leaves_no_row) {
    const auto internet = charge(client, "350.00");
    const auto other = charge(add_client("Otra"), "10.00");
    execute("INSERT INTO charge (client_id, concept, amount, currency, due_on) VALUES ("
            + std::to_string(client) + ", 'En dólares', 10, 'USD', '2026-12-01')");
    const auto dollars = number("SELECT id FROM charge WHERE currency = 'USD'");
    BOOST_TEST((refusal(wish({})) == CheckoutRefusal::NoCharges));
    BOOST_TEST((refusal(wish({0})) == CheckoutRefusal::NotPayable));
    BOOST_TEST((refusal(wish({other})) == CheckoutRefusal::NotPayable));
    BOOST_TEST((refusal(wish({internet, dollars})) == CheckoutRefusal::TwoCurrencies));
    BOOST_TEST((refusal(wish({dollars})) == CheckoutRefusal::CannotTake));
    static_cast<void>(pay(client, "350.00", {internet}));
    BOOST_TEST((refusal(wish({internet})) == CheckoutRefusal::NotPayable));
    BOOST_TEST(number("SELECT count(*) FROM online_payment") == 0);
}

BOOST_AUTO_TEST_CASE(a_part_is_paid_from_the_least_that_the_setting_allows) {
    const auto internet = charge(client, "350.00");
    const auto water = charge(client, "80.00", "2026-12-05");
    BOOST_TEST((refusal(wish({internet}, ProviderName::Stripe, pesos("100.00")))
                == CheckoutRefusal::PartNotAllowed));
    settings.payment_minimum = "50";
    BOOST_TEST((refusal(wish({internet}, ProviderName::Stripe, pesos("49.99")))
                == CheckoutRefusal::PartTooSmall));
    BOOST_TEST((refusal(wish({internet}, ProviderName::Stripe, pesos("350.01")))
                == CheckoutRefusal::PartTooLarge));
    const auto opened =
        std::get<OpenCheckout>(wish({internet, water}, ProviderName::Stripe, pesos("360.00")));
    const auto payment = reread(opened.payment_id);
    BOOST_TEST((payment.amount == pesos("360.00")));
    BOOST_TEST((say(payment, paid(payment)) == Settled::Booked));
    BOOST_TEST(status(internet) == "paid");
    BOOST_TEST(owed(water) == "70.00");
}

BOOST_AUTO_TEST_CASE(a_provider_that_does_not_open_leaves_nothing_stuck) {
    const auto internet = charge(client, "350.00");
    provider().trouble = Trouble{Trouble::Kind::Away, "time is up"};
    BOOST_TEST((refusal(wish({internet})) == CheckoutRefusal::ProviderAway));
    provider().trouble = Trouble{Trouble::Kind::Refused, "keys"};
    BOOST_TEST((refusal(wish({internet})) == CheckoutRefusal::ProviderRefuses));
    BOOST_TEST(number("SELECT count(*) FROM payment WHERE status = 'failed'") == 2);
    provider().trouble.reset();
    BOOST_TEST(begin({internet}).stage == "open");
    BOOST_TEST(provider().orders[0].reference != provider().orders[2].reference);
}

BOOST_AUTO_TEST_CASE(a_voucher_that_is_out_is_told_before_a_second_one) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    auto report = paid(payment);
    report.state = MoneyState::Waiting;
    report.voucher_url = "https://provider.example/vale";
    report.voucher_until = clock.now() + 72h;
    BOOST_TEST((say(payment, report) == Settled::Noted));
    BOOST_TEST(payments_on_their_way(database(), client, clock.now()).size() == 1U);
    BOOST_TEST((refusal(wish({internet}, ProviderName::PayPal)) == CheckoutRefusal::OnItsWay));
    BOOST_TEST(std::holds_alternative<OpenCheckout>(
        wish({internet}, ProviderName::PayPal, std::nullopt, true)));
    clock.advance(73h);
    BOOST_TEST(payments_on_their_way(database(), client, clock.now()).empty());
}

BOOST_AUTO_TEST_CASE(a_voucher_that_is_out_holds_suspension_off_when_staff_chose_so) {
    settings.suspend_after_days = 5;
    const auto service =
        number("INSERT INTO service (client_id, name, monthly_amount, status) VALUES ("
               + std::to_string(client) + ", 'Internet', 350, 'active') RETURNING id");
    const auto overdue =
        number("INSERT INTO charge (client_id, service_id, concept, amount, due_on) VALUES ("
               + std::to_string(client) + ", " + std::to_string(service)
               + ", 'Internet', 350, '2026-11-01') RETURNING id");
    const auto payment = begin({overdue});
    auto report = paid(payment);
    report.state = MoneyState::Waiting;
    report.voucher_until = clock.now() + 72h;
    static_cast<void>(say(payment, report));
    settings.voucher_holds_suspension = true;
    BOOST_TEST(apply_suspensions(billing).suspended == 0);
    settings.voucher_holds_suspension = false;
    BOOST_TEST(apply_suspensions(billing).suspended == 1);
    settings.voucher_holds_suspension = true;
    BOOST_TEST(apply_suspensions(billing).lifted == 1);
    clock.advance(73h);
    BOOST_TEST(apply_suspensions(billing).suspended == 1);
}

BOOST_AUTO_TEST_CASE(the_sweep_finds_what_no_notification_told) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    BOOST_TEST(sweep_payments(payments).asked == 0);
    clock.advance(61s);
    provider().money[payment.reference] = {paid(payment)};
    const auto run = sweep_payments(payments);
    BOOST_TEST(run.asked == 1);
    BOOST_TEST(run.booked == 1);
    BOOST_TEST(status(internet) == "paid");
    clock.advance(24h);
    BOOST_TEST(sweep_payments(payments).asked == 0);
}

BOOST_AUTO_TEST_CASE(an_open_try_is_asked_less_and_less_often_and_ends_when_its_checkout_did) {
    const auto payment = begin({charge(client, "350.00")});
    for (int hour = 0; hour < 5 * 60; ++hour) {
        clock.advance(1min);
        static_cast<void>(sweep_payments(payments));
    }
    BOOST_TEST(provider().asked < 20);
    BOOST_TEST(reread(payment.payment_id).status == "failed");
    BOOST_TEST(reread(payment.payment_id).stage == "expired");
}

BOOST_AUTO_TEST_CASE(what_a_payer_agreed_to_is_taken_only_while_it_is_owed) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet}, ProviderName::PayPal);
    auto agreed = paid(payment);
    agreed.state = MoneyState::Agreed;
    auto& paypal = provider(ProviderName::PayPal);
    paypal.money[payment.reference] = {agreed};
    static_cast<void>(pay(client, "350.00", {internet}));
    static_cast<void>(ask_and_settle(payments, payment));
    BOOST_TEST(paypal.collected == 0);
    BOOST_TEST(reread(payment.payment_id).status == "failed");

    const auto water = charge(client, "80.00");
    const auto owed_still = begin({water}, ProviderName::PayPal);
    agreed = paid(owed_still, "money_2");
    agreed.state = MoneyState::Agreed;
    paypal.money[owed_still.reference] = {agreed};
    BOOST_TEST((ask_and_settle(payments, owed_still).settled == Settled::Booked));
    BOOST_TEST(paypal.collected == 1);
    BOOST_TEST(status(water) == "paid");
}

BOOST_AUTO_TEST_CASE(
    a_notification_that_only_names_its_money_is_asked_about_once_the_provider_is_back) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet}, ProviderName::MercadoPago);
    auto& mercadopago = provider(ProviderName::MercadoPago);
    Notice notice;
    notice.key = "event_1";
    notice.type = "payment";
    notice.reference = payment.reference;
    mercadopago.notice = notice;
    const auto receive = [&] {
        return std::get<Received>(
                   receive_notice(payments, ProviderName::MercadoPago, {{}, "", "{}"}))
            .is_new;
    };
    BOOST_TEST(receive());
    BOOST_TEST(!receive());
    mercadopago.money[payment.reference] = {paid(payment)};
    mercadopago.trouble = Trouble{Trouble::Kind::Away, "time is up"};
    BOOST_TEST(handle_notices(payments, 10) == 0);
    mercadopago.trouble.reset();
    BOOST_TEST(handle_notices(payments, 10) == 1);
    BOOST_TEST(handle_notices(payments, 10) == 0);
    BOOST_TEST(status(internet) == "paid");
    BOOST_TEST(text("SELECT outcome FROM payment_event") == "booked");
    mercadopago.notice = NoticeRefusal::NotSigned;
    BOOST_TEST((std::get<NoticeRefusal>(receive_notice(payments, ProviderName::MercadoPago, {}))
                == NoticeRefusal::NotSigned));
    BOOST_TEST(
        text("SELECT refused_events FROM payment_provider_health WHERE provider = 'mercadopago'")
        == "1");
}

BOOST_AUTO_TEST_CASE(reconciliation_names_what_differs_and_changes_nothing_unless_told_to) {
    const auto booked = begin({charge(client, "350.00")});
    BOOST_TEST((say(booked, paid(booked, "money_1")) == Settled::Booked));
    const auto unbooked = begin({charge(client, "80.00")});
    const auto open_still = begin({charge(client, "20.00")});
    auto refunded = paid(booked, "money_1");
    refunded.refunded = pesos("100.00");
    provider().money[booked.reference] = {refunded};
    provider().money[unbooked.reference] = {paid(unbooked, "money_2")};
    std::vector<Difference> differences;
    const auto look = [&](bool applies) {
        differences.clear();
        return reconcile(payments, clock.now() - 24h, applies, [&](const Found& found) {
            differences.push_back(found.difference);
        });
    };
    const auto dry = look(false);
    BOOST_TEST(dry.compared == 3);
    BOOST_TEST((differences == std::vector{Difference::GivenBackMore, Difference::PaidUnbooked}));
    BOOST_TEST(look(false).differences == 2);
    BOOST_TEST(look(true).differences == 2);
    BOOST_TEST(look(false).differences == 0);
    BOOST_TEST(reread(open_still.payment_id).status == "pending");
    provider().trouble = Trouble{};
    BOOST_TEST(look(false).not_answered == 3);
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_link_ends_by_time_by_staff_and_by_a_newer_one) {
    const auto internet = charge(client, "350.00");
    const auto url_of_newest = [&] { return live_links(billing).front().url; };
    const auto token_of = [](const std::string& url) { return url.substr(url.size() - 44, 43); };
    BOOST_TEST(std::holds_alternative<std::int64_t>(make_link(billing, internet, true, staff)));
    const std::string first = token_of(url_of_newest());
    const auto link = std::get<PaymentLink>(find_link(database(), first, clock.now()));
    BOOST_TEST(link.first_name == "Ana");
    BOOST_TEST((link.owed == pesos("350.00")));
    BOOST_TEST(number("SELECT count(*) FROM mail_outbox WHERE message = 'payment_link'") == 1);
    clock.advance(1s);
    const auto id = std::get<std::int64_t>(make_link(billing, internet, false, staff));
    BOOST_TEST((std::get<LinkEnd>(find_link(database(), first, clock.now())) == LinkEnd::Revoked));
    const std::string second = token_of(url_of_newest());
    BOOST_TEST((std::get<LinkEnd>(find_link(database(), second, clock.now() + 8 * 24h))
                == LinkEnd::Expired));
    BOOST_TEST(revoke_link(billing, id, staff));
    BOOST_TEST(!revoke_link(billing, id, staff));
    BOOST_TEST((std::get<LinkEnd>(find_link(database(), second, clock.now())) == LinkEnd::Revoked));
    BOOST_TEST((std::get<LinkEnd>(find_link(database(), std::string(43, 'A'), clock.now()))
                == LinkEnd::Unknown));
    static_cast<void>(pay(client, "350.00", {internet}));
    BOOST_TEST((std::get<LinkRefusal>(make_link(billing, internet, false, staff))
                == LinkRefusal::NothingOwed));
}

BOOST_AUTO_TEST_SUITE_END()
