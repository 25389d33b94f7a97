// Taking money, giving it back, and counting the drawer.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "store/billing_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

NewPayment transfer(std::int64_t client, const std::string& amount, const std::string& reference) {
    NewPayment payment;
    payment.client_id = client;
    payment.amount = pesos(amount);
    payment.means = PaymentMeans::Transfer;
    payment.reference = reference;
    return payment;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(billing_payments)

BOOST_AUTO_TEST_CASE(a_payment_pays_what_is_due_first_and_the_rest_is_credit) {
    BillingSite site;
    const auto client = site.add_client("Ana Ruiz", "ana@correo.com");
    const auto later = site.charge(client, "100", "2026-12-10");
    const auto sooner = site.charge(client, "60", "2026-11-10");
    const auto booked = site.pay(client, "80");
    BOOST_TEST(site.owed(sooner) == "0.00");
    BOOST_TEST(site.owed(later) == "80.00");
    BOOST_TEST(booked.applied.plain() == "80.00");
    BOOST_TEST(booked.receipt_number == 1);
    const auto mail = site.newest_mail("ana@correo.com");
    BOOST_TEST(mail["message"] == "payment_received");
    BOOST_TEST(mail["amount"] == "$80.00");
    BOOST_TEST(mail["owed"] == "$80.00");
    BOOST_TEST(mail["charges"].size() == 2U);
    BOOST_TEST(mail["charges"][1]["still_owed"] == "$80.00");
    const auto detail = payment_detail(site.database(), Whose::client(client), booked.id);
    BOOST_TEST(detail->charges.size() == 2U);
    BOOST_TEST(detail->charges[0].covered.plain() == "60.00");
    BOOST_TEST(detail->received_by == "caja");
    BOOST_TEST(detail->to_credit.is_zero());
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'payment_recorded'")
               == 1);
}

BOOST_AUTO_TEST_CASE(chosen_charges_come_first_in_their_order) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto first = site.charge(client, "50", "2026-11-01");
    const auto second = site.charge(client, "50", "2026-11-02");
    const auto third = site.charge(client, "50", "2026-11-03");
    site.pay(client, "70", {third, second});
    BOOST_TEST(site.owed(third) == "0.00");
    BOOST_TEST(site.owed(second) == "30.00");
    BOOST_TEST(site.owed(first) == "50.00");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_paid_is_refused_and_nothing_is_booked) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto other = site.add_client("Otra");
    const auto foreign = site.charge(other, "50");
    NewPayment payment;
    payment.client_id = client;
    payment.amount = pesos("50");
    payment.charges = {foreign};
    const auto outcome = [&] { return record_payment(site.billing, payment, site.staff); };
    BOOST_TEST((std::get<PaymentRefusal>(outcome()) == PaymentRefusal::ChargeNotPayable));
    payment.client_id = other;
    payment.amount = Money(50'00, "USD");
    BOOST_TEST((std::get<PaymentRefusal>(outcome()) == PaymentRefusal::ChargeNotPayable));
    payment.client_id = 999;
    BOOST_TEST((std::get<PaymentRefusal>(outcome()) == PaymentRefusal::NoClient));
    BOOST_TEST(site.number("SELECT count(*) FROM payment") == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 0);
}

BOOST_AUTO_TEST_CASE(a_transfer_is_booked_once_for_its_reference) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto charge = site.charge(client, "300");
    const auto booked = in_parallel<BookedPayment>(site, 6, [&](Services& services, int) {
        return std::get<BookedPayment>(record_payment(
            billing_of(services), transfer(client, "100", "SPEI 778899"), site.staff));
    });
    int fresh = 0;
    for (const auto& payment : booked) {
        BOOST_TEST(payment.id == booked.front().id);
        fresh += payment.was_there ? 0 : 1;
    }
    BOOST_TEST(fresh == 1);
    BOOST_TEST(site.owed(charge) == "200.00");
    const auto other =
        record_payment(site.billing, transfer(client, "70", "SPEI 778899"), site.staff);
    BOOST_TEST((std::get<PaymentRefusal>(other) == PaymentRefusal::ReferenceTaken));
}

BOOST_AUTO_TEST_CASE(the_same_form_twice_at_once_books_one_payment) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    in_parallel<int>(site, 6, [&](Services& services, int) {
        NewPayment payment;
        payment.client_id = client;
        payment.amount = pesos("25");
        payment.request_key = "form-7";
        static_cast<void>(record_payment(billing_of(services), payment, site.staff));
        return 0;
    });
    BOOST_TEST(site.number("SELECT count(*) FROM payment") == 1);
    BOOST_TEST(site.credit(client) == "25.00");
}

BOOST_AUTO_TEST_CASE(payments_at_once_for_one_charge_pay_it_once_and_the_rest_is_credit) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto charge = site.charge(client, "100");
    in_parallel<int>(site, 8, [&](Services& services, int) {
        NewPayment payment;
        payment.client_id = client;
        payment.amount = pesos("100");
        static_cast<void>(record_payment(billing_of(services), payment, site.staff));
        return 0;
    });
    BOOST_TEST(site.status(charge) == "paid");
    BOOST_TEST(site.credit(client) == "700.00");
    BOOST_TEST(site.number("SELECT count(DISTINCT receipt_number) FROM payment") == 8);
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_payment_while_its_charge_is_cancelled_loses_no_money) {
    for (int round = 0; round < 5; ++round) {
        BillingSite site;
        const auto client = site.add_client("Ana");
        const auto charge = site.charge(client, "100");
        in_parallel<int>(site, 4, [&](Services& services, int number) {
            if (number % 2 == 0) {
                NewPayment payment;
                payment.client_id = client;
                payment.amount = pesos("60");
                static_cast<void>(record_payment(billing_of(services), payment, site.staff));
            } else {
                static_cast<void>(
                    cancel_charge(billing_of(services), client, charge, "error", site.staff));
            }
            return 0;
        });
        BOOST_TEST(site.status(charge) == "cancelled");
        BOOST_TEST(site.credit(client) == "120.00");
        BOOST_TEST(site.broken_promises() == "");
    }
}

BOOST_AUTO_TEST_CASE(a_payment_taken_back_is_owed_again_also_where_its_credit_went) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto first = site.charge(client, "100");
    const auto booked = site.pay(client, "150");
    const auto second = site.charge(client, "80");
    BOOST_TEST(site.owed(second) == "30.00");
    const auto reverse = [&] {
        return reverse_payment(site.billing, client, booked.id, "billete falso", site.staff);
    };
    BOOST_TEST((reverse() == ReversalOutcome::Done));
    BOOST_TEST(site.owed(first) == "100.00");
    BOOST_TEST(site.owed(second) == "80.00");
    BOOST_TEST(site.status(first) == "pending");
    BOOST_TEST(site.credit(client) == "0.00");
    BOOST_TEST((reverse() == ReversalOutcome::NotReversible));
    BOOST_TEST((reverse_payment(site.billing, 999, booked.id, "", site.staff)
                == ReversalOutcome::Missing));
    const auto detail = payment_detail(site.database(), Whose::client(client), booked.id);
    BOOST_TEST(detail->payment.status == "refunded");
    BOOST_TEST(detail->reversal_reason == "billete falso");
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_drawer_expects_what_was_taken_less_what_was_given_back) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    site.pay(client, "100");
    const auto wrong = site.pay(client, "30");
    static_cast<void>(record_payment(site.billing, transfer(client, "500", "A1"), site.staff));
    static_cast<void>(reverse_payment(site.billing, client, wrong.id, "error", site.staff));
    const auto drawers = cash_drawer(site.billing, site.staff_id);
    BOOST_REQUIRE_EQUAL(drawers.size(), 1U);
    BOOST_TEST(drawers[0].expected.plain() == "100.00");
    BOOST_TEST(drawers[0].transfers.plain() == "500.00");
    BOOST_TEST(drawers[0].payments == 3);
    const auto closing = std::get<CashClosing>(
        close_drawer(site.billing, pesos("95.50"), "faltó cambio", site.staff));
    BOOST_TEST(closing.expected.plain() == "100.00");
    BOOST_TEST(closing.difference.plain() == "-4.50");
    BOOST_TEST(closing.username == "caja");
    BOOST_TEST(cash_drawer(site.billing, site.staff_id)[0].expected.is_zero());
    const auto again = close_drawer(site.billing, pesos("0"), "", site.staff);
    BOOST_TEST((std::get<ClosingRefusal>(again) == ClosingRefusal::NothingToClose));
    BOOST_TEST(cash_closings(site.database(), site.staff_id).size() == 1U);
    BOOST_TEST(cash_closings(site.database(), 999).empty());
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'drawer_closed'") == 1);
}

BOOST_AUTO_TEST_CASE(cash_given_back_after_the_closing_leaves_the_drawer_of_who_gave_it_back) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto booked = site.pay(client, "100");
    static_cast<void>(close_drawer(site.billing, pesos("100"), "", site.staff));
    const Actor other{site.add_account("otra", "otra@correo.com", "tres palabras sueltas"), ""};
    static_cast<void>(reverse_payment(site.billing, client, booked.id, "error", other));
    BOOST_TEST(cash_drawer(site.billing, *other.account_id)[0].expected.plain() == "-100.00");
    BOOST_TEST(cash_drawer(site.billing, site.staff_id)[0].expected.is_zero());
    const auto closing = std::get<CashClosing>(close_drawer(site.billing, pesos("0"), "", other));
    BOOST_TEST(closing.difference.plain() == "100.00");
}

BOOST_AUTO_TEST_CASE(closings_and_payments_at_once_count_every_payment_once) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    site.pay(client, "10");
    in_parallel<int>(site, 8, [&](Services& services, int number) {
        if (number % 2 == 0) {
            static_cast<void>(close_drawer(billing_of(services), pesos("0"), "", site.staff));
        } else {
            NewPayment payment;
            payment.client_id = client;
            payment.amount = pesos("10");
            static_cast<void>(record_payment(billing_of(services), payment, site.staff));
        }
        return 0;
    });
    static_cast<void>(close_drawer(site.billing, pesos("0"), "", site.staff));
    BOOST_TEST(site.text("SELECT sum(expected) FROM cash_closing") == "50.00");
    BOOST_TEST(site.number("SELECT count(*) FROM payment WHERE closing_id IS NULL") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
