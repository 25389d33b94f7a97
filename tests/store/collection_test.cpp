// The lists behind the numbers of the staff's first page.
#include "billing/collection.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "billing/overview.h"
#include "store/billing_site.h"

using namespace ventanilla;
using namespace ventanilla::test;

using Lines = std::vector<std::string>;

namespace {

struct Collection : BillingSite {
    std::int64_t ana = add_client("Ana Ruiz");
    std::int64_t beto = add_client("Beto Gil");

    // "Ana Ruiz 150.00 MXN, 100.00 overdue, since 2026-11-10, 2"
    Lines owing(bool only_overdue, std::int64_t page = 1) {
        Lines lines;
        for (const auto& debtor : debtors(database(), only_overdue, page, clock.now()).debtors) {
            lines.push_back(debtor.full_name + ' ' + debtor.owed.plain() + ' '
                            + debtor.owed.currency() + ", " + debtor.overdue.plain()
                            + " overdue, since " + debtor.first_due_on.iso() + ", "
                            + std::to_string(debtor.charges));
        }
        return lines;
    }
    // "Ana Ruiz 30.00 MXN cash"
    Lines moves(const char* since) {
        Lines lines;
        for (const auto& move : money_moves(database(), day(since).midnight(), 1).moves) {
            lines.push_back(move.full_name + ' ' + move.amount.plain() + ' '
                            + move.amount.currency()
                            + (move.provider.empty() ? "" : ' ' + move.provider));
        }
        return lines;
    }
    void charge_dollars(std::int64_t client, const std::string& amount, const std::string& due_on) {
        execute(
            "INSERT INTO charge (client_id, concept, amount, currency, due_on, created_at) VALUES ("
            + std::to_string(client) + ", 'Dominio', " + amount + ", 'USD', '" + due_on + "', '"
            + iso_text(clock.now()) + "')");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(collection)

BOOST_FIXTURE_TEST_CASE(who_owes_for_the_longest_time_comes_first, Collection) {
    charge(ana, "50", "2026-12-20");
    charge(ana, "100", "2026-11-10");
    charge(beto, "70", "2026-11-05");
    charge(add_client("Al corriente"), "10", "2026-11-30");
    pay(ana, "30");
    BOOST_TEST(owing(false)
                   == (Lines{"Beto Gil 70.00 MXN, 70.00 overdue, since 2026-11-05, 1",
                             "Ana Ruiz 120.00 MXN, 70.00 overdue, since 2026-11-10, 2",
                             "Al corriente 10.00 MXN, 0.00 overdue, since 2026-11-30, 1"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(only_overdue_ones_are_shown_with_everything_that_they_owe, Collection) {
    charge(ana, "50", "2026-12-20");
    charge(ana, "100", "2026-11-10");
    charge(beto, "70", "2026-11-30");
    BOOST_TEST(owing(true) == (Lines{"Ana Ruiz 150.00 MXN, 100.00 overdue, since 2026-11-10, 2"}),
               boost::test_tools::per_element());
    pay(ana, "100");
    BOOST_TEST(owing(true).empty());
}

BOOST_FIXTURE_TEST_CASE(a_client_has_a_line_for_each_currency, Collection) {
    charge(ana, "100", "2026-11-10");
    charge_dollars(ana, "12.50", "2026-11-08");
    BOOST_TEST(owing(false)
                   == (Lines{"Ana Ruiz 12.50 USD, 12.50 overdue, since 2026-11-08, 1",
                             "Ana Ruiz 100.00 MXN, 100.00 overdue, since 2026-11-10, 1"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(debtors_come_in_pages, Collection) {
    execute(
        "INSERT INTO client (full_name) SELECT 'Cliente ' || n FROM generate_series(1, 51) AS n;"
        "INSERT INTO charge (client_id, concept, amount, due_on)"
        " SELECT id, 'Internet', 10, '2026-11-10' FROM client WHERE full_name LIKE 'Cliente%'");
    const auto first = debtors(database(), false, 1, clock.now());
    BOOST_TEST(std::ssize(first.debtors) == collection_lines_per_page);
    BOOST_TEST(first.has_more);
    const auto second = debtors(database(), false, 2, clock.now());
    BOOST_TEST(second.debtors.size() == 1U);
    BOOST_TEST(!second.has_more);
    BOOST_TEST(second.debtors.front().client_id > first.debtors.back().client_id);
}

BOOST_FIXTURE_TEST_CASE(money_that_came_in_and_went_back_is_what_the_first_page_adds_up,
                        Collection) {
    charge(ana, "100", "2026-11-10");
    pay(beto, "80");
    clock.advance(std::chrono::minutes(1));
    const auto taken = pay(ana, "30");
    clock.advance(std::chrono::minutes(1));
    BOOST_TEST((reverse_payment(billing, ana, taken.id, "error", staff) == ReversalOutcome::Done));
    BOOST_TEST(
        moves("2026-11-01")
            == (Lines{
                "Ana Ruiz -30.00 MXN cash", "Ana Ruiz 30.00 MXN cash", "Beto Gil 80.00 MXN cash"}),
        boost::test_tools::per_element());
    BOOST_TEST(moves("2026-12-01").empty());
    const auto overview = billing_overview(database(), settings, clock.now());
    BOOST_TEST(overview.currencies.front().paid_this_month.plain() == "80.00");
}

BOOST_FIXTURE_TEST_CASE(a_payment_of_several_charges_is_one_move_with_its_receipt, Collection) {
    charge(ana, "100", "2026-11-10");
    charge(ana, "50", "2026-11-11");
    const auto paid = pay(ana, "170");
    const auto page = money_moves(database(), day("2026-11-01").midnight(), 1);
    BOOST_REQUIRE_EQUAL(page.moves.size(), 1U);
    BOOST_TEST(page.moves.front().amount.plain() == "170.00");
    BOOST_TEST(page.moves.front().payment_id.value() == paid.id);
    BOOST_TEST(page.moves.front().receipt_number.value() == paid.receipt_number);
    BOOST_TEST(!page.has_more);
}

BOOST_FIXTURE_TEST_CASE(suspended_services_are_listed_by_client, Collection) {
    execute(
        "INSERT INTO service (client_id, name, monthly_amount, status, suspended_by_rule) VALUES "
        "(" + std::to_string(beto) + ", 'Internet', 350, 'suspended', true), "
        "(" + std::to_string(ana) + ", 'TV', 100, 'suspended', false), "
        "(" + std::to_string(ana) + ", 'Internet', 350, 'active', false)");
    const auto page = suspended_services(database(), 1);
    BOOST_REQUIRE_EQUAL(page.services.size(), 2U);
    BOOST_TEST(page.services[0].full_name == "Ana Ruiz");
    BOOST_TEST(page.services[0].service_name == "TV");
    BOOST_TEST(!page.services[0].is_by_rule);
    BOOST_TEST(page.services[1].client_id == beto);
    BOOST_TEST(page.services[1].is_by_rule);
    BOOST_TEST(!page.has_more);
    BOOST_TEST(suspended_services(database(), 2).services.empty());
}

BOOST_AUTO_TEST_SUITE_END()
