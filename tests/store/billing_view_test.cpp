// What a client and staff see, and what a client never sees.
#include <string>

#include <boost/test/unit_test.hpp>

#include "billing/overview.h"
#include "store/billing_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

struct TwoClients : BillingSite {
    std::int64_t ana = add_client("Ana Ruiz");
    std::int64_t beto = add_client("Beto Gil");
    Whose of_ana = Whose::session(log_in(ana, "ana"));
    Whose of_beto = Whose::session(log_in(beto, "beto"));

    std::optional<PortalView> view(const Whose& whose) {
        return portal_view(database(), settings, whose, clock.now());
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(billing_view)

BOOST_AUTO_TEST_CASE(the_first_page_has_everything_that_is_owed_in_its_currency) {
    TwoClients site;
    site.charge(site.ana, "100", "2026-12-05");
    const auto overdue = site.charge(site.ana, "60.50", "2026-11-20");
    site.charge(site.ana, "10", "2026-11-21");
    site.pay(site.ana, "20.25", {overdue});
    site.execute(
        "INSERT INTO charge (client_id, concept, amount, currency, due_on) VALUES (1, 'Web', 9, 'EUR', '2026-11-25')");
    static_cast<void>(add_service(
        site.billing, {site.ana, "Internet", pesos("350"), day("2026-11-01")}, site.staff));
    const auto view = site.view(site.of_ana);
    BOOST_TEST(view->full_name == "Ana Ruiz");
    BOOST_TEST(view->charges.size() == 4U);
    BOOST_TEST(view->charges[0].is_overdue);
    BOOST_TEST(view->charges[0].is_part_paid());
    BOOST_TEST(!view->charges[1].is_overdue);
    BOOST_TEST(view->totals.size() == 2U);
    BOOST_TEST(view->totals[0].owed.shown("MXN") == "$150.25");
    BOOST_TEST(view->totals[0].overdue.plain() == "40.25");
    BOOST_TEST(view->totals[0].first_due_on.iso() == "2026-11-20");
    BOOST_TEST(view->totals[0].charges == 3);
    BOOST_TEST(view->totals[1].owed.shown("MXN") == "$9.00 EUR");
    BOOST_TEST(view->services.size() == 1U);
    BOOST_TEST(view->payments.size() == 1U);
    BOOST_TEST(view->credit.empty());
    BOOST_TEST(view->months.size() == 12U);
    BOOST_TEST(view->months.back().month.iso() == "2026-11");
    BOOST_TEST(view->months.back().charged.plain() == "170.50");
    BOOST_TEST(view->months.back().paid.plain() == "20.25");
    BOOST_TEST(view->months.front().charged.is_zero());
    site.pay(site.ana, "500");
    BOOST_TEST(site.view(site.of_ana)->credit.at(0).plain() == "349.75");
}

BOOST_AUTO_TEST_CASE(page_and_session_share_one_round_trip) {
    TwoClients site;
    const std::string token = site.log_in(site.add_client("Carla"), "carla");
    site.services.sessions.look_ahead(token);
    const auto view = site.view(Whose::session(token));
    BOOST_TEST(site.services.sessions.found_ahead()->account.username == "carla");
    BOOST_TEST(view->full_name == "Carla");
}

BOOST_AUTO_TEST_CASE(nothing_of_another_client_is_ever_shown) {
    TwoClients site;
    const auto service = add_service(
        site.billing, {site.ana, "Internet", pesos("1"), day("2026-11-01")}, site.staff);
    BOOST_TEST(service.has_value());
    site.charge(site.ana, "100");
    const auto paid = site.pay(site.ana, "100");
    BOOST_TEST(payment_detail(site.database(), site.of_ana, paid.id)->charges.size() == 1U);
    for (const Whose& stranger : {site.of_beto,
                                  Whose::session("no such token"),
                                  Whose::client(site.beto),
                                  Whose::client(999)}) {
        BOOST_TEST(!payment_detail(site.database(), stranger, paid.id).has_value());
        if (const auto view = site.view(stranger)) {
            BOOST_TEST((view->charges.empty() && view->payments.empty() && view->services.empty()));
        }
        if (const auto history = payment_history(site.database(), stranger, 1)) {
            BOOST_TEST(history->payments.empty());
        }
        if (const auto services = services_view(site.database(), stranger)) {
            BOOST_TEST(services->services.empty());
        }
        const auto statement = statement_of(
            site.database(), site.settings, stranger, day("2026-01-01"), day("2026-12-31"));
        BOOST_TEST((!statement || statement->currencies.at(0).lines.empty()));
    }
}

BOOST_AUTO_TEST_CASE(an_account_without_a_client_or_with_a_deleted_one_has_no_view) {
    TwoClients site;
    site.execute("UPDATE client SET is_deleted = true WHERE id = " + std::to_string(site.ana));
    site.execute("UPDATE client SET account_id = NULL WHERE id = " + std::to_string(site.beto));
    for (const Whose& whose : {site.of_ana, site.of_beto}) {
        BOOST_TEST(!site.view(whose).has_value());
        BOOST_TEST(!services_view(site.database(), whose).has_value());
        BOOST_TEST(!payment_history(site.database(), whose, 1).has_value());
        BOOST_TEST(!statement_of(
                        site.database(), site.settings, whose, day("2026-11-01"), day("2026-11-30"))
                        .has_value());
    }
}

BOOST_AUTO_TEST_CASE(the_history_has_pages) {
    TwoClients site;
    BOOST_TEST(payment_history(site.database(), site.of_ana, 1)->payments.empty());
    for (int i = 0; i < 26; ++i) {
        site.clock.advance(1min);
        site.pay(site.ana, "1");
    }
    const auto first = payment_history(site.database(), site.of_ana, 1);
    BOOST_TEST(first->payments.size() == 25U);
    BOOST_TEST(first->has_more);
    BOOST_TEST(first->payments[0].receipt_number.value() == 26);
    const auto second = payment_history(site.database(), site.of_ana, 2);
    BOOST_TEST(second->payments.size() == 1U);
    BOOST_TEST(!second->has_more);
    BOOST_TEST(payments_of(site.database(), site.ana, 2).payments.at(0).received_by == "caja");
}

BOOST_AUTO_TEST_CASE(a_statement_leads_from_its_opening_to_its_closing_balance) {
    TwoClients site;
    const auto charge = site.charge(site.ana, "100");
    site.clock.advance(24h);
    site.charge(site.ana, "40");
    site.pay(site.ana, "130");
    site.clock.advance(24h);
    static_cast<void>(cancel_charge(site.billing, site.ana, charge, "error", site.staff));
    const auto statement = statement_of(
        site.database(), site.settings, site.of_ana, day("2026-11-22"), day("2026-11-22"));
    const auto& part = statement->currencies.at(0);
    BOOST_TEST(part.opening.plain() == "100.00");
    BOOST_TEST(part.lines.size() == 2U);
    BOOST_TEST((part.lines[1].kind == EntryKind::Payment));
    BOOST_TEST(part.lines[1].amount.plain() == "-130.00");
    BOOST_TEST(part.lines[1].description == "cash");
    BOOST_TEST(part.lines[1].receipt_number.value() == 1);
    BOOST_TEST(part.closing.plain() == "10.00");
    const auto whole = statement_of(
        site.database(), site.settings, site.of_ana, day("2026-11-01"), day("2026-11-30"));
    BOOST_TEST(whole->currencies.at(0).closing.plain() == "-90.00");
    BOOST_TEST(whole->currencies.at(0).lines.size() == 4U);
}

BOOST_AUTO_TEST_CASE(staff_see_the_sums_of_all_clients) {
    TwoClients site;
    const auto empty = billing_overview(site.database(), site.settings, site.clock.now());
    BOOST_TEST(empty.currencies.at(0).owed.is_zero());
    site.charge(site.ana, "100", "2026-11-20");
    site.charge(site.beto, "50", "2026-12-20");
    site.pay(site.beto, "80");
    site.pay(site.ana, "30");
    site.add_client("Sin acceso");
    site.execute(
        "INSERT INTO audit_log (at, action) VALUES ('2026-11-15 12:00+00', 'claim_finished'), "
        "('2026-11-14 11:00+00', 'claim_finished'), ('2026-11-15 12:00+00', 'login')");
    site.execute(
        "INSERT INTO mail_outbox (message, recipient, status, created_at, next_attempt_at) "
        "VALUES ('x', 'x@y.mx', 'failed', now(), now())");
    const auto overview = billing_overview(site.database(), site.settings, site.clock.now());
    const auto& sums = overview.currencies.at(0);
    BOOST_TEST(sums.owed.plain() == "70.00");
    BOOST_TEST(sums.overdue.plain() == "70.00");
    BOOST_TEST(sums.credit.plain() == "30.00");
    BOOST_TEST(sums.paid_this_month.plain() == "110.00");
    BOOST_TEST(overview.overdue_clients == 1);
    BOOST_TEST(overview.clients_with_access == 2);
    BOOST_TEST(overview.clients_without_access == 1);
    BOOST_TEST(overview.failed_mails == 1);
    BOOST_TEST(overview.claims_this_week == 1);
    BOOST_TEST(overview.months.back().charged.plain() == "150.00");
    BOOST_TEST(overview.months.back().paid.plain() == "110.00");
}

BOOST_AUTO_TEST_CASE(a_month_of_the_sums_begins_and_ends_at_midnight_of_the_own_time_zone) {
    TwoClients site;
    const auto charged_at = [&](const std::string& amount, const std::string& at) {
        site.execute("INSERT INTO charge (client_id, concept, amount, due_on, created_at) VALUES ("
                     + std::to_string(site.ana) + ", 'Internet', " + amount + ", '2026-12-01', '"
                     + at + "')");
    };
    // Midnight in Mexico City is six hours later.
    charged_at("1", "2025-12-01 05:59:59+00");
    charged_at("2", "2025-12-01 06:00:00+00");
    charged_at("4", "2026-11-01 05:59:59+00");
    charged_at("8", "2026-11-01 06:00:00+00");
    site.charge(site.beto, "16");
    const auto months = billing_overview(site.database(), site.settings, site.clock.now()).months;
    BOOST_TEST(months.size() == 12U);
    BOOST_TEST(months.front().month.iso() == "2025-12");
    BOOST_TEST(months.front().charged.plain() == "2.00");
    BOOST_TEST(months.at(10).charged.plain() == "4.00");
    BOOST_TEST(months.at(5).charged.is_zero());
    BOOST_TEST(months.back().charged.plain() == "24.00");
}

BOOST_AUTO_TEST_CASE(staff_see_a_clients_charges_with_what_is_left_of_them) {
    TwoClients site;
    site.charge(site.ana, "100", "2026-11-20");
    const auto paid = site.charge(site.ana, "50", "2026-12-20");
    site.pay(site.ana, "50", {paid});
    const auto page = charges_of(site.database(), site.ana, 1, site.clock.now());
    BOOST_TEST(page.charges.size() == 2U);
    BOOST_TEST(!page.has_more);
    BOOST_TEST(page.charges[0].is_overdue);
    BOOST_TEST(page.charges[0].created_by == "caja");
    BOOST_TEST(page.charges[1].owed.is_zero());
    BOOST_TEST(balance_of(site.database(), site.ana, site.clock.now()).charges.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
