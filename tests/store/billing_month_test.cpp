// What comes round: the month's charges, late fees, reminders, suspensions. Each step twice, and
// twice at once.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "billing/reminders.h"
#include "store/billing_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

struct MonthSite : BillingSite {
    std::int64_t client = add_client("Ana Ruiz", "ana@correo.com");

    std::int64_t add_service_of(std::int64_t whose,
                                const std::string& amount,
                                const std::string& started_on = "2026-01-15") {
        return add_service(billing, {whose, "Internet", pesos(amount), day(started_on)}, staff)
            .value();
    }
    MonthRun run(const std::string& month = "2026-11") {
        return make_month(billing, Month::read(month).value(), staff);
    }
    // A charge of a service that was due on this day; the clock says 21 November 2026.
    std::int64_t due(std::int64_t service,
                     const std::string& on,
                     const std::string& amount = "200") {
        return std::get<std::int64_t>(
            add_charge(billing, {client, service, "Internet", pesos(amount), day(on), ""}, staff));
    }
    std::string service_status(std::int64_t service) {
        return text(
            "SELECT status || CASE WHEN suspended_by_rule THEN ' by rule' ELSE '' END FROM service WHERE id = "
            + std::to_string(service));
    }
    std::int64_t mails() {
        return number("SELECT count(*) FROM mail_outbox WHERE message = 'payment_reminder'");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(billing_month)

BOOST_AUTO_TEST_CASE(a_month_is_charged_once_for_each_active_service) {
    MonthSite site;
    site.add_service_of(site.client, "350.50");
    site.execute(
        "INSERT INTO service (client_id, name, monthly_amount, status) VALUES "
        "(1, 'Agua', 80, 'active'), (1, 'Luz', 90, 'suspended'), (1, 'Gas', 70, 'cancelled'), "
        "(1, 'Regalo', 0, 'active')");
    const MonthRun first = site.run();
    BOOST_TEST(first.charges == 2);
    BOOST_TEST(first.present == 0);
    BOOST_TEST(first.totals.at(0).plain() == "430.50");
    BOOST_TEST(
        site.text(
            "SELECT string_agg(concat_ws(' ', concept, amount, due_on, status), '; ' ORDER BY amount) FROM charge")
        == "Agua, noviembre 2026 80.00 2026-11-21 pending; Internet, noviembre 2026 350.50 2026-11-21 pending");
    const MonthRun second = site.run();
    BOOST_TEST(second.charges == 0);
    BOOST_TEST(second.present == 2);
    BOOST_TEST(site.run("2026-12").charges == 2);
    BOOST_TEST(site.text("SELECT DISTINCT due_on FROM charge WHERE period = '2026-12-01'")
               == "2026-12-10");
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'month_charged'") == 2);
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_charge_that_was_cancelled_is_not_made_again) {
    MonthSite site;
    site.add_service_of(site.client, "100");
    site.run();
    static_cast<void>(cancel_charge(
        site.billing, site.client, site.number("SELECT id FROM charge"), "se fue", site.staff));
    BOOST_TEST(site.run().charges == 0);
}

BOOST_AUTO_TEST_CASE(a_service_pays_from_its_first_day_when_the_first_month_is_pro_rated) {
    MonthSite site;
    site.add_service_of(site.client, "300", "2026-11-21");
    site.add_service_of(site.client, "300", "2026-12-01");
    BOOST_TEST(site.run("2026-10").charges == 0);
    site.settings.prorate_first_month = true;
    BOOST_TEST(site.run().charges == 1);
    BOOST_TEST(site.text("SELECT amount || ' ' || due_on FROM charge") == "100.00 2026-11-21");
    BOOST_TEST(site.run("2026-12").totals.at(0).plain() == "600.00");
}

BOOST_AUTO_TEST_CASE(a_deleted_client_is_not_charged) {
    MonthSite site;
    site.add_service_of(site.client, "300");
    site.execute("UPDATE client SET is_deleted = true");
    BOOST_TEST(site.run().charges == 0);
}

BOOST_AUTO_TEST_CASE(months_run_at_once_charge_once_and_use_credit) {
    MonthSite site;
    for (int i = 0; i < 40; ++i) {
        site.add_service_of(site.client, "10");
    }
    site.pay(site.client, "105");
    const auto runs = in_parallel<std::int64_t>(site, 6, [&](Services& services, int) {
        return make_month(billing_of(services), Month::read("2026-11").value(), site.staff).charges;
    });
    std::int64_t made = 0;
    for (const auto count : runs) {
        made += count;
    }
    BOOST_TEST(made == 40);
    BOOST_TEST(site.number("SELECT count(*) FROM charge WHERE status = 'paid'") == 10);
    BOOST_TEST(site.text("SELECT sum(amount) FROM ledger_entry") == "295.00");
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_late_fee_comes_once_for_a_charge_and_none_for_a_fee) {
    MonthSite site;
    const auto service = site.add_service_of(site.client, "200");
    site.due(service, "2026-11-16");
    site.due(service, "2026-11-17");
    const auto part_paid = site.due(service, "2026-10-01", "100");
    site.pay(site.client, "40", {part_paid});
    BOOST_TEST(add_late_fees(site.billing) == 0);
    site.settings.late_fee_after_days = 5;
    BOOST_TEST(add_late_fees(site.billing) == 0);
    site.settings.late_fee_percent = "10";
    const auto runs = in_parallel<std::int64_t>(
        site, 4, [](Services& services, int) { return add_late_fees(billing_of(services)); });
    BOOST_TEST(add_late_fees(site.billing) + runs[0] + runs[1] + runs[2] + runs[3] == 2);
    BOOST_TEST(
        site.text(
            "SELECT string_agg(amount || ' ' || due_on || ' ' || concept, '; ' ORDER BY amount) FROM charge "
            "WHERE rule = 'late_fee'")
        == "6.00 2026-11-21 Recargo por pago tardío: Internet; 20.00 2026-11-21 Recargo por pago tardío: Internet");
    site.clock.advance(24h * 30);
    BOOST_TEST(add_late_fees(site.billing) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM charge WHERE origin_charge_id IN "
                           "(SELECT id FROM charge WHERE rule IS NOT NULL)")
               == 0);
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_fixed_late_fee_is_for_the_settings_currency_alone) {
    MonthSite site;
    site.charge(site.client, "200", "2026-11-01");
    site.execute(
        "INSERT INTO charge (client_id, concept, amount, currency, due_on) VALUES (1, 'Web', 9, 'USD', '2026-11-01')");
    site.settings.late_fee_after_days = 1;
    site.settings.late_fee_amount = "25.50";
    BOOST_TEST(add_late_fees(site.billing) == 1);
    BOOST_TEST(site.text("SELECT amount || currency FROM charge WHERE rule = 'late_fee'")
               == "25.50MXN");
}

BOOST_AUTO_TEST_CASE(a_reminder_goes_out_once_for_a_charge_and_a_day) {
    MonthSite site;
    site.charge(site.client, "100", "2026-11-24");
    site.charge(site.client, "50", "2026-11-22");
    site.charge(site.client, "70", "2026-12-20");
    BOOST_TEST(send_reminders(site.billing) == 0);
    site.settings.reminder_days_before = "3,1";
    const auto sent = in_parallel<std::int64_t>(
        site, 4, [](Services& services, int) { return send_reminders(billing_of(services)); });
    BOOST_TEST(sent[0] + sent[1] + sent[2] + sent[3] == 1);
    BOOST_TEST(site.text("SELECT string_agg(rule, ', ' ORDER BY charge_id) FROM reminder")
               == "before_3, before_1");
    const auto mail = site.newest_mail("ana@correo.com");
    BOOST_TEST(mail["total"] == "$150.00");
    BOOST_TEST(mail["charges"].size() == 2U);
    BOOST_TEST(mail["charges"][0]["due_on"] == "22 nov 2026");
    BOOST_TEST(mail["overdue"] == false);
    site.clock.advance(24h * 2);
    BOOST_TEST(send_reminders(site.billing) == 1);
    BOOST_TEST(send_reminders(site.billing) == 0);
    BOOST_TEST(site.mails() == 2);
}

BOOST_AUTO_TEST_CASE(what_is_overdue_is_reminded_of_within_a_week_of_its_day) {
    MonthSite site;
    site.settings.reminder_days_after = "1,10";
    site.charge(site.client, "100", "2026-11-14");
    site.charge(site.client, "100", "2026-11-10");
    site.charge(site.client, "100", "2026-09-01");
    const auto paid = site.charge(site.client, "100", "2026-11-20");
    site.pay(site.client, "100", {paid});
    BOOST_TEST(send_reminders(site.billing) == 1);
    BOOST_TEST(
        site.text(
            "SELECT string_agg(charge_id || ' ' || rule, ', ' ORDER BY charge_id) FROM reminder")
        == "1 after_1, 2 after_10");
    BOOST_TEST(site.newest_mail("ana@correo.com")["overdue"] == true);
}

BOOST_AUTO_TEST_CASE(nobody_without_an_address_and_nobody_deleted_is_reminded) {
    MonthSite site;
    site.settings.reminder_days_before = "3";
    site.charge(site.add_client("Sin correo"), "100", "2026-11-23");
    site.charge(site.client, "100", "2026-11-23");
    site.execute("UPDATE client SET is_deleted = true WHERE email IS NOT NULL");
    BOOST_TEST(send_reminders(site.billing) == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM reminder") == 0);
}

BOOST_AUTO_TEST_CASE(a_service_stops_when_its_charge_is_overdue_and_starts_with_the_payment) {
    MonthSite site;
    const auto late = site.add_service_of(site.client, "200");
    const auto fine = site.add_service_of(site.client, "200");
    site.due(late, "2026-11-10");
    site.due(fine, "2026-11-11");
    BOOST_TEST(apply_suspensions(site.billing).suspended == 0);
    site.settings.suspend_after_days = 10;
    const auto runs = in_parallel<std::int64_t>(site, 4, [](Services& services, int) {
        return apply_suspensions(billing_of(services)).suspended;
    });
    BOOST_TEST(apply_suspensions(site.billing).suspended + runs[0] + runs[1] + runs[2] + runs[3]
               == 1);
    BOOST_TEST(site.service_status(late) == "suspended by rule");
    BOOST_TEST(site.service_status(fine) == "active");
    site.pay(site.client, "199.99");
    BOOST_TEST(site.service_status(late) == "suspended by rule");
    site.pay(site.client, "0.01");
    BOOST_TEST(site.service_status(late) == "active");
    BOOST_TEST(
        site.text(
            "SELECT string_agg(action, ', ' ORDER BY id) FROM audit_log WHERE action LIKE '%by_rule'")
        == "service_suspended_by_rule, service_resumed_by_rule");
}

BOOST_AUTO_TEST_CASE(
    the_worker_lifts_what_was_paid_in_another_way_and_what_the_rule_no_longer_wants) {
    MonthSite site;
    site.settings.suspend_after_days = 3;
    const auto service = site.add_service_of(site.client, "200");
    const auto charge = site.due(service, "2026-11-01");
    BOOST_TEST(apply_suspensions(site.billing).suspended == 1);
    site.execute(
        "INSERT INTO ledger_entry (client_id, charge_id, kind, amount, currency) VALUES (1, "
        + std::to_string(charge) + ", 'payment', -200, 'MXN')");
    BOOST_TEST(apply_suspensions(site.billing).lifted == 1);
    site.due(service, "2026-11-02");
    BOOST_TEST(apply_suspensions(site.billing).suspended == 1);
    site.settings.suspend_after_days = 0;
    BOOST_TEST(apply_suspensions(site.billing).lifted == 1);
    BOOST_TEST(site.service_status(service) == "active");
}

BOOST_AUTO_TEST_CASE(a_promise_holds_suspension_off_until_its_day_has_passed) {
    MonthSite site;
    site.settings.suspend_after_days = 3;
    const auto service = site.add_service_of(site.client, "200");
    site.due(service, "2026-11-01");
    BOOST_TEST(apply_suspensions(site.billing).suspended == 1);
    const auto grant = [&](const std::string& until) {
        return grant_promise(site.billing, site.client, day(until), "paga el viernes", site.staff);
    };
    BOOST_TEST((std::get<PromiseRefusal>(grant("2026-11-20")) == PromiseRefusal::Past));
    BOOST_TEST((std::get<PromiseRefusal>(grant("2026-12-07")) == PromiseRefusal::TooFar));
    BOOST_TEST(std::holds_alternative<std::int64_t>(grant("2026-11-23")));
    BOOST_TEST(site.service_status(service) == "active");
    BOOST_TEST(apply_suspensions(site.billing).suspended == 0);
    BOOST_TEST(running_promise(site.database(), site.client, site.clock.now())->until.iso()
               == "2026-11-23");
    site.clock.advance(24h * 3);
    BOOST_TEST(apply_suspensions(site.billing).suspended == 1);
    BOOST_TEST(!running_promise(site.database(), site.client, site.clock.now()).has_value());
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'promise_granted'") == 1);
}

BOOST_AUTO_TEST_CASE(staffs_own_suspension_is_lifted_by_staff_alone) {
    MonthSite site;
    site.settings.suspend_after_days = 3;
    const auto service = site.add_service_of(site.client, "200");
    BOOST_TEST(
        (suspend_service(site.billing, site.client, service, site.staff) == ServiceChange::Done));
    BOOST_TEST((suspend_service(site.billing, site.client, service, site.staff)
                == ServiceChange::Unchanged));
    BOOST_TEST(apply_suspensions(site.billing).lifted == 0);
    BOOST_TEST(site.service_status(service) == "suspended");
    BOOST_TEST(
        (resume_service(site.billing, site.client, service, site.staff) == ServiceChange::Done));
    BOOST_TEST((change_amount(site.billing, site.client, service, pesos("250"), site.staff)
                == ServiceChange::Done));
    BOOST_TEST((change_amount(site.billing, 999, service, pesos("250"), site.staff)
                == ServiceChange::Missing));
    BOOST_TEST(
        (cancel_service(site.billing, site.client, service, site.staff) == ServiceChange::Done));
    BOOST_TEST((resume_service(site.billing, site.client, service, site.staff)
                == ServiceChange::Unchanged));
    BOOST_TEST(services_of(site.database(), site.client).at(0).monthly_amount.plain() == "250.00");
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action LIKE 'service_%'") == 5);
}

BOOST_AUTO_TEST_SUITE_END()
