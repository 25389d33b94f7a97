// What a provider says, in any order and any number of times, and what becomes of the money.
#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

#include "payments/quarantine.h"
#include "store/online_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

int from_environment(const char* name, int fallback) {
    const char* value = std::getenv(name);
    return value == nullptr ? fallback : std::atoi(value);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(settlement, OnlineSite)

BOOST_AUTO_TEST_CASE(what_was_paid_is_booked_once_however_often_it_is_told) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    const auto report = paid(payment);
    BOOST_TEST((say(payment, report) == Settled::Booked));
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST((say(payment, report) == Settled::Nothing));
    }
    BOOST_TEST(status(internet) == "paid");
    BOOST_TEST(entries(payment) == 1);
    BOOST_TEST(number("SELECT count(*) FROM mail_outbox WHERE message = 'payment_received'") == 1);
    BOOST_TEST(text("SELECT provider_ref FROM payment") == "money_1");
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(told_many_times_at_once_it_is_booked_once) {
    const auto payment = begin({charge(client, "350.00")});
    const auto report = paid(payment);
    const auto outcomes = in_parallel<Settled>(*this, 12, [&](Services& own, int) {
        const Billing apart{own.database, settings, clock, own.outbox};
        return settle(apart, payment.provider, report, std::nullopt).settled;
    });
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), Settled::Booked) == 1);
    BOOST_TEST(entries(payment) == 1);
    BOOST_TEST(number("SELECT count(*) FROM mail_outbox WHERE message = 'payment_received'") == 1);
}

BOOST_AUTO_TEST_CASE(late_news_of_failure_changes_nothing_and_late_money_is_booked) {
    const auto payment = begin({charge(client, "350.00")});
    auto report = paid(payment);
    report.state = MoneyState::Expired;
    BOOST_TEST((say(payment, report) == Settled::Noted));
    BOOST_TEST(reread(payment.payment_id).status == "failed");
    report.state = MoneyState::Paid;
    BOOST_TEST((say(payment, report) == Settled::Booked));
    for (const auto late : {MoneyState::Failed,
                            MoneyState::Expired,
                            MoneyState::Processing,
                            MoneyState::Waiting,
                            MoneyState::Open}) {
        report.state = late;
        BOOST_TEST((say(payment, report) == Settled::Nothing));
    }
    BOOST_TEST(reread(payment.payment_id).status == "approved");
}

BOOST_AUTO_TEST_CASE(money_that_is_not_what_was_asked_for_is_put_aside) {
    const auto internet = charge(client, "350.00");
    const auto expect = [&](const char* reason, const std::function<void(MoneyReport&)>& change) {
        BOOST_TEST_CONTEXT(reason) {
            execute("DELETE FROM payment_quarantine");
            const auto payment = begin({internet});
            auto report = paid(payment, "money_" + std::to_string(payment.payment_id));
            change(report);
            BOOST_TEST((say(payment, report) == Settled::Quarantined));
            BOOST_TEST(reread(payment.payment_id).status == "quarantined");
            BOOST_TEST((say(payment, report) == Settled::Nothing));
            BOOST_TEST(text("SELECT string_agg(reason, ',') FROM payment_quarantine") == reason);
            BOOST_TEST(entries(payment) == 0);
            BOOST_TEST(status(internet) == "pending");
        }
    };
    expect("amount", [](MoneyReport& report) { report.amount = pesos("3.50"); });
    expect("amount", [](MoneyReport& report) { report.amount = std::nullopt; });
    expect("currency", [](MoneyReport& report) { report.amount = Money(350'00, "USD"); });
    expect("reference", [](MoneyReport& report) { report.reference = ""; });
    expect("account", [](MoneyReport& report) { report.is_ours = false; });
}

BOOST_AUTO_TEST_CASE(
    money_under_a_foreign_reference_waits_for_staff_and_money_without_one_is_nothing_to_us) {
    MoneyReport report;
    report.state = MoneyState::Paid;
    report.money_ref = "money_9";
    report.amount = pesos("10.00");
    BOOST_TEST((settle(billing, ProviderName::MercadoPago, report, std::nullopt).settled
                == Settled::Unknown));
    report.reference = "of-somebody-else";
    BOOST_TEST((settle(billing, ProviderName::MercadoPago, report, std::nullopt).settled
                == Settled::Quarantined));
    BOOST_TEST((settle(billing, ProviderName::MercadoPago, report, std::nullopt).settled
                == Settled::Quarantined));
    BOOST_TEST(quarantined_money(database()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(staff_book_what_was_put_aside_once_or_leave_it) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    auto report = paid(payment);
    report.amount = pesos("300.00");
    BOOST_TEST((say(payment, report) == Settled::Quarantined));
    const auto aside = quarantined_money(database()).front();
    BOOST_TEST(aside.client_id == client);
    BOOST_TEST(
        (book_quarantined(billing, aside.id, 999, "no", staff) == DecisionOutcome::NoClient));
    BOOST_TEST((book_quarantined(billing, aside.id, client, "sí", staff) == DecisionOutcome::Done));
    BOOST_TEST(
        (book_quarantined(billing, aside.id, client, "sí", staff) == DecisionOutcome::Missing));
    BOOST_TEST((dismiss_quarantined(billing, aside.id, "no", staff) == DecisionOutcome::Missing));
    BOOST_TEST(owed(internet) == "50.00");
    BOOST_TEST(reread(payment.payment_id).status == "failed");
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_second_payment_on_one_reference_becomes_credit) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet}, ProviderName::MercadoPago);
    BOOST_TEST((say(payment, paid(payment, "first")) == Settled::Booked));
    BOOST_TEST((say(payment, paid(payment, "second")) == Settled::Booked));
    BOOST_TEST((say(payment, paid(payment, "second")) == Settled::Nothing));
    BOOST_TEST(credit(client) == "350.00");
    BOOST_TEST(number("SELECT count(*) FROM audit_log WHERE action = 'online_payment_repeated'")
               == 1);
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_payment_of_several_that_fails_leaves_the_checkout_open) {
    const auto payment = begin({charge(client, "350.00")}, ProviderName::MercadoPago);
    auto report = paid(payment, "rejected_one");
    report.state = MoneyState::Failed;
    report.reason = "cc_rejected_other_reason";
    BOOST_TEST((say(payment, report) == Settled::Noted));
    BOOST_TEST(reread(payment.payment_id).status == "pending");
    BOOST_TEST(reread(payment.payment_id).reason == "cc_rejected_other_reason");
}

BOOST_AUTO_TEST_CASE(refunds_reopen_what_was_paid_and_a_refused_refund_pays_it_again) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    auto report = paid(payment);
    BOOST_TEST((say(payment, report) == Settled::Booked));
    report.refunded = pesos("100.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    BOOST_TEST((say(payment, report) == Settled::Nothing));
    BOOST_TEST(owed(internet) == "100.00");
    report.refunded = pesos("350.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    BOOST_TEST(reread(payment.payment_id).status == "refunded");
    BOOST_TEST(owed(internet) == "350.00");
    report.refunded = pesos("100.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    BOOST_TEST(reread(payment.payment_id).status == "approved");
    BOOST_TEST(owed(internet) == "100.00");
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_overtaken_gives_nothing_back) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    auto report = paid(payment);
    BOOST_TEST((say(payment, report) == Settled::Booked));
    const auto asked_then = reread(payment.payment_id).revision;
    report.refunded = pesos("350.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    report.refunded = pesos("0.00");
    BOOST_TEST(
        (settle(billing, payment.provider, report, asked_then).settled == Settled::Outdated));
    BOOST_TEST(
        (settle(billing, payment.provider, report, std::nullopt).settled == Settled::Nothing));
    BOOST_TEST(owed(internet) == "350.00");
}

BOOST_AUTO_TEST_CASE(a_dispute_holds_the_money_until_it_is_won) {
    const auto internet = charge(client, "350.00");
    const auto payment = begin({internet});
    auto report = paid(payment);
    BOOST_TEST((say(payment, report) == Settled::Booked));
    report.disputed = pesos("350.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    BOOST_TEST(status(internet) == "pending");
    report.disputed = pesos("0.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    BOOST_TEST(status(internet) == "paid");
    // Lost and paid out: the provider reports it as a refund too, and nothing goes twice.
    report.disputed = pesos("350.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    report.refunded = pesos("350.00");
    BOOST_TEST((say(payment, report) == Settled::GivenBack));
    BOOST_TEST(owed(internet) == "350.00");
    BOOST_TEST(broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(any_order_and_repetition_of_what_a_provider_says_ends_with_the_same_balance) {
    const int histories = from_environment("HISTORIES", 25);
    std::mt19937 random(static_cast<unsigned>(from_environment("SEED", 11)));
    const auto choice = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    for (int i = 0; i < histories; ++i) {
        client = add_client("Historia " + std::to_string(i));
        const Money amount(100 + choice(90'000), "MXN");
        const auto one = charge(client, amount.plain());
        const auto other = charge(client, "75.00", "2026-12-05");
        const auto payment = begin(choice(2) == 0 ? std::vector{one} : std::vector{one, other},
                                   all_providers.at(static_cast<std::size_t>(choice(3))));
        auto truth = paid(payment, "money_of_" + std::to_string(i));
        truth.refunded =
            Money(choice(2) * choice(static_cast<int>(payment.amount.minor_units()) + 1), "MXN");
        truth.disputed =
            Money(choice(2) * choice(static_cast<int>(payment.amount.minor_units()) + 1), "MXN");
        for (int step = 0; step < 12; ++step) {
            auto said = truth;
            said.state = static_cast<MoneyState>(choice(7));
            said.refunded =
                Money(choice(static_cast<int>(payment.amount.minor_units()) + 1), "MXN");
            said.disputed =
                Money(choice(static_cast<int>(payment.amount.minor_units()) + 1), "MXN");
            if (choice(3) == 0) {
                static_cast<void>(settle(billing, payment.provider, said, std::nullopt));
            } else {
                static_cast<void>(say(payment, said));
            }
            BOOST_TEST(broken_promises() == "");
        }
        static_cast<void>(say(payment, truth));
        static_cast<void>(say(payment, truth));
        const Money taken = std::min(*truth.refunded + *truth.disputed, payment.amount);
        BOOST_TEST(text("SELECT -sum(amount) FROM ledger_entry WHERE payment_id = "
                        + std::to_string(payment.payment_id))
                   == (payment.amount - taken).plain());
        BOOST_TEST(
            text("SELECT sum(amount) FROM ledger_entry WHERE client_id = " + std::to_string(client))
            == (amount + pesos("75.00") - payment.amount + taken).plain());
    }
}

BOOST_AUTO_TEST_SUITE_END()
