// The books in a real database: charges from inside and outside, credit, cancellations, and any
// order of everything.
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "billing/overview.h"
#include "db/database_error.h"
#include "store/billing_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

// HISTORIES=1000 SEED=7 in the environment widen the search.
int from_environment(const char* name, int fallback) {
    const char* value = std::getenv(name);
    return value == nullptr ? fallback : std::atoi(value);
}

// One client's random life; every step keeps the books' promises.
class History {
  public:
    History(BillingSite& site, unsigned seed)
        : site_(site), random_(seed), client_(site.add_client("Historia")) {}

    void live(int steps) {
        for (int i = 0; i < steps; ++i) {
            step();
            site_.clock.advance(std::chrono::hours(7));
        }
    }
    [[nodiscard]] std::int64_t client() const { return client_; }

  private:
    int choice(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
    std::string currency() { return choice(4) == 0 ? "USD" : "MXN"; }
    Money amount() { return {1 + choice(50'000), currency()}; }
    std::int64_t some(const std::string& table) {
        return site_.number("SELECT coalesce((SELECT id FROM " + table
                            + " WHERE client_id = " + std::to_string(client_)
                            + " ORDER BY id OFFSET " + std::to_string(choice(6)) + " LIMIT 1), 0)");
    }
    void step() {
        switch (choice(6)) {
            case 0:
                static_cast<void>(add_charge(site_.billing,
                                             {client_,
                                              std::nullopt,
                                              "Cargo",
                                              amount(),
                                              Day::of(site_.clock.now()).plus(choice(20) - 10),
                                              ""},
                                             site_.staff));
                break;
            case 1:
                from_outside();
                break;
            case 2:
            case 3:
                pay();
                break;
            case 4:
                static_cast<void>(
                    cancel_charge(site_.billing, client_, some("charge"), "error", site_.staff));
                break;
            default:
                static_cast<void>(
                    reverse_payment(site_.billing, client_, some("payment"), "error", site_.staff));
        }
    }
    void from_outside() {
        const Money sum = amount();
        static const char* const states[] = {"pending", "pending", "paid", "cancelled"};
        site_.execute(
            "INSERT INTO charge (client_id, concept, amount, currency, due_on, status, created_at) VALUES ("
            + std::to_string(client_) + ", 'De fuera', " + sum.plain() + ", '" + sum.currency()
            + "', '2026-12-01', '" + states[choice(4)] + "', '" + iso_text(site_.clock.now())
            + "')");
    }
    void pay() {
        NewPayment payment;
        payment.client_id = client_;
        payment.amount = amount();
        payment.means = choice(2) == 0 ? PaymentMeans::Cash : PaymentMeans::Transfer;
        if (choice(3) == 0) {
            payment.charges = {some("charge")};
        }
        static_cast<void>(record_payment(site_.billing, payment, site_.staff));
    }

    BillingSite& site_;
    std::mt19937 random_;
    std::int64_t client_;
};

// The staff's first page says of every currency what the ledger's sums say.
void check_overview(BillingSite& site) {
    const auto overview = billing_overview(site.database(), site.settings, site.clock.now());
    for (const auto& part : overview.currencies) {
        const auto sum = [&](const std::string& which) {
            return site.text(
                "SELECT coalesce(sum(entry.amount), 0)::numeric(14, 2) FROM ledger_entry AS entry"
                " JOIN charge ON charge.id = charge_id WHERE charge.currency = '"
                + part.owed.currency() + "'" + which);
        };
        BOOST_TEST(part.owed.plain() == sum(""));
        BOOST_TEST(part.overdue.plain()
                   == sum(" AND due_on < '" + Day::of(site.clock.now()).iso() + "'"));
    }
    BOOST_TEST(overview.currencies.size() == 2U);
}

// The statement's closing balances are the ledger's sums, and every line leads to the next.
void check_statement(BillingSite& site, std::int64_t client) {
    const Day today = Day::of(site.clock.now());
    const auto whole = statement_of(
        site.database(), site.settings, Whose::client(client), day("2026-01-01"), today);
    const auto later = statement_of(
        site.database(), site.settings, Whose::client(client), day("2026-11-25"), today);
    for (const auto& part : whole->currencies) {
        const std::string& currency = part.closing.currency();
        const std::string sum = site.text(
            "SELECT coalesce(sum(amount), 0)::numeric(14, 2) FROM ledger_entry WHERE client_id = "
            + std::to_string(client) + " AND currency = '" + currency + "'");
        BOOST_TEST(part.closing.plain() == sum);
        BOOST_TEST((part.opening.is_zero() && part.closing == part.charged - part.paid));
        BOOST_TEST((part.lines.empty() || part.lines.back().balance == part.closing));
        for (const auto& other : later->currencies) {
            if (other.closing.currency() == currency) {
                BOOST_TEST((other.closing == part.closing));
                BOOST_TEST((other.opening + other.charged - other.paid == other.closing));
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(billing_ledger)

BOOST_AUTO_TEST_CASE(a_charge_from_outside_is_owed_like_any_other) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto id =
        site.number("INSERT INTO charge (client_id, concept, amount, due_on) VALUES ("
                    + std::to_string(client) + ", 'Internet', 350, '2026-11-30') RETURNING id");
    BOOST_TEST(site.owed(id) == "350.00");
    site.pay(client, "350");
    BOOST_TEST(site.status(id) == "paid");
    for (const char* status : {"paid", "cancelled"}) {
        const auto other =
            site.number("INSERT INTO charge (client_id, concept, amount, due_on, status) VALUES ("
                        + std::to_string(client) + ", 'Antes', 10, '2026-11-30', '" + status
                        + "') RETURNING id");
        BOOST_TEST(site.owed(other) == "0.00");
        BOOST_TEST(site.status(other) == status);
    }
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(the_ledger_is_append_only_and_an_amount_never_changes) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    site.charge(client, "100");
    for (const char* sql : {"UPDATE ledger_entry SET amount = 1",
                            "DELETE FROM ledger_entry",
                            "UPDATE charge SET amount = 1",
                            "UPDATE charge SET currency = 'USD'",
                            "DELETE FROM charge"}) {
        BOOST_CHECK_THROW(site.execute(sql), db::DatabaseError);
    }
    site.execute("UPDATE charge SET due_on = '2026-12-15', concept = 'Otro'");
    BOOST_TEST(site.text("SELECT sum(amount) FROM ledger_entry") == "100.00");
}

BOOST_AUTO_TEST_CASE(credit_is_used_by_the_next_charge_what_is_due_first_first) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto first = site.charge(client, "100");
    BOOST_TEST(site.pay(client, "250").to_credit.plain() == "150.00");
    BOOST_TEST(site.status(first) == "paid");
    const auto second = site.charge(client, "120");
    BOOST_TEST(site.status(second) == "paid");
    BOOST_TEST(site.credit(client) == "30.00");
    site.execute(
        "INSERT INTO charge (client_id, concept, amount, due_on) VALUES "
        "(1, 'Tarde', 100, '2026-12-31'), (1, 'Pronto', 20, '2026-12-01')");
    BOOST_TEST(
        site.text(
            "SELECT string_agg(concept || ' ' || status, ', ' ORDER BY id) FROM charge WHERE id > "
            + std::to_string(second))
        == "Tarde pending, Pronto paid");
    BOOST_TEST(site.credit(client) == "0.00");
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(what_was_paid_of_a_cancelled_charge_becomes_credit) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto charge = site.charge(client, "100");
    site.pay(client, "40");
    BOOST_TEST(site.status(charge) == "pending");
    BOOST_TEST((cancel_charge(site.billing, client, charge, "mal cobrado", site.staff)
                == CancelOutcome::Done));
    BOOST_TEST(site.status(charge) == "cancelled");
    BOOST_TEST(site.owed(charge) == "0.00");
    BOOST_TEST(site.credit(client) == "40.00");
    BOOST_TEST((cancel_charge(site.billing, client, charge, "otra vez", site.staff)
                == CancelOutcome::AlreadyCancelled));
    const auto other = site.add_client("Otra");
    BOOST_TEST((cancel_charge(site.billing, other, charge, "ajeno", site.staff)
                == CancelOutcome::Missing));
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'charge_cancelled'")
               == 1);
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(a_charge_is_refused_for_nobody_and_for_another_clients_service) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto other = site.add_client("Otra");
    const auto service =
        add_service(site.billing, {other, "Agua", pesos("80"), day("2026-11-01")}, site.staff);
    const auto add = [&](std::int64_t whose, std::optional<std::int64_t> of) {
        return add_charge(
            site.billing, {whose, of, "Agua", pesos("80"), day("2026-11-30"), ""}, site.staff);
    };
    BOOST_TEST((std::get<ChargeRefusal>(add(999, std::nullopt)) == ChargeRefusal::NoClient));
    BOOST_TEST((std::get<ChargeRefusal>(add(client, service)) == ChargeRefusal::NoService));
    BOOST_TEST(std::holds_alternative<std::int64_t>(add(other, service)));
    site.execute("UPDATE client SET is_deleted = true WHERE id = " + std::to_string(client));
    BOOST_TEST((std::get<ChargeRefusal>(add(client, std::nullopt)) == ChargeRefusal::NoClient));
}

BOOST_AUTO_TEST_CASE(a_form_sent_twice_at_once_makes_one_charge) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    const auto ids = in_parallel<std::int64_t>(site, 8, [&](Services& services, int) {
        return std::get<std::int64_t>(
            add_charge(billing_of(services),
                       {client, std::nullopt, "Visita", pesos("90"), day("2026-11-30"), "form-1"},
                       site.staff));
    });
    for (const auto id : ids) {
        BOOST_TEST(id == ids.front());
    }
    BOOST_TEST(site.number("SELECT count(*) FROM charge") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'charge_added'") == 1);
}

BOOST_AUTO_TEST_CASE(charges_at_once_take_turns_at_the_credit) {
    BillingSite site;
    const auto client = site.add_client("Ana");
    site.pay(client, "100");
    in_parallel<int>(site, 8, [&](Services& services, int) {
        static const db::Statement insert{"insert_from_outside",
                                          "INSERT INTO charge (client_id, concept, amount, due_on) "
                                          "VALUES ($1, 'Luz', 30, '2026-12-01')"};
        services.database.run(insert, client);
        return 0;
    });
    BOOST_TEST(site.credit(client) == "0.00");
    BOOST_TEST(site.number("SELECT count(*) FROM charge WHERE status = 'paid'") == 3);
    BOOST_TEST(site.broken_promises() == "");
}

BOOST_AUTO_TEST_CASE(any_order_of_everything_ends_with_balances_that_are_the_ledgers_sums) {
    BillingSite site;
    const int histories = from_environment("HISTORIES", 60);
    const auto seed = static_cast<unsigned>(from_environment("SEED", 20261121));
    for (int i = 0; i < histories; ++i) {
        BOOST_TEST_CONTEXT("SEED=" << seed + static_cast<unsigned>(i) << " HISTORIES=1") {
            History history(site, seed + static_cast<unsigned>(i));
            history.live(16);
            check_statement(site, history.client());
            if (i % 10 == 9 || histories < 10) {
                BOOST_REQUIRE_EQUAL(site.broken_promises(), "");
            }
        }
    }
    BOOST_TEST(site.broken_promises() == "");
    check_overview(site);
}

BOOST_AUTO_TEST_SUITE_END()
