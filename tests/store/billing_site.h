// What tests of billing share: clients, what they owe, and what must always be so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "billing/charges.h"
#include "billing/payments.h"
#include "billing/services.h"
#include "billing/statement.h"
#include "billing/suspension.h"
#include "support/test_services.h"

namespace ventanilla::test {

inline Billing billing_of(Services& services) {
    return {services.database, services.settings, services.clock, services.outbox};
}

inline Money pesos(const std::string& amount) {
    return Money::typed(amount, "MXN").value();
}

inline Day day(const std::string& iso) {
    return Day::read(iso).value();
}

struct BillingSite : TestServices {
    Billing billing{services.database, settings, clock, services.outbox};
    std::int64_t staff_id = add_account("caja", "caja@correo.com", "tres palabras sueltas");
    Actor staff{staff_id, "192.0.2.0/24"};

    std::int64_t add_client(const std::string& name, const std::string& email = "") {
        return number("INSERT INTO client (full_name, email) VALUES ('" + name + "', nullif('"
                      + email + "', '')) RETURNING id");
    }
    // With an account; a token of a session that is logged in with it.
    std::string log_in(std::int64_t client_id, const std::string& username) {
        const std::int64_t account = add_account(username, username + "@correo.com", "clave 77 x");
        execute("UPDATE client SET account_id = " + std::to_string(account)
                + " WHERE id = " + std::to_string(client_id));
        SessionOpening opening = services.sessions.opening(account, EnteredBy::Password, visitor());
        database().run_all({opening.store});
        return opening.token;
    }
    std::int64_t charge(std::int64_t client,
                        const std::string& amount,
                        const std::string& due_on = "2026-11-30") {
        const auto outcome = add_charge(
            billing, {client, std::nullopt, "Internet", pesos(amount), day(due_on), ""}, staff);
        return std::get<std::int64_t>(outcome);
    }
    BookedPayment pay(std::int64_t client,
                      const std::string& amount,
                      const std::vector<std::int64_t>& charges = {}) {
        NewPayment payment;
        payment.client_id = client;
        payment.amount = pesos(amount);
        payment.charges = charges;
        return std::get<BookedPayment>(record_payment(billing, payment, staff));
    }
    std::string status(std::int64_t charge_id) {
        return text("SELECT status FROM charge WHERE id = " + std::to_string(charge_id));
    }
    std::string owed(std::int64_t charge_id) {
        return text("SELECT sum(amount) FROM ledger_entry WHERE charge_id = "
                    + std::to_string(charge_id));
    }
    std::string credit(std::int64_t client) {
        return text(
            "SELECT coalesce(-sum(amount), 0) FROM ledger_entry WHERE charge_id IS NULL AND "
            "client_id = "
            + std::to_string(client));
    }

    // What breaks a promise of the books; empty when all is well.
    std::string broken_promises() {
        return text(R"sql(
            SELECT string_agg(promise, ', ') FROM (
                SELECT 'status of charge ' || charge.id FROM charge
                JOIN (SELECT charge_id, sum(amount) AS owed FROM ledger_entry GROUP BY charge_id) AS sums
                    ON sums.charge_id = charge.id
                WHERE NOT CASE status WHEN 'pending' THEN owed > 0 AND owed <= charge.amount ELSE owed = 0 END
                UNION ALL
                SELECT 'movements of charge ' || charge.id FROM charge
                WHERE status = 'pending' AND NOT has_movements
                  AND amount <> (SELECT sum(amount) FROM ledger_entry WHERE charge_id = charge.id)
                UNION ALL
                SELECT 'charge without entries ' || id FROM charge
                WHERE NOT EXISTS (SELECT FROM ledger_entry WHERE charge_id = charge.id)
                UNION ALL
                SELECT 'overdrawn credit of ' || client_id FROM ledger_entry WHERE charge_id IS NULL
                GROUP BY client_id, currency HAVING sum(amount) > 0
                UNION ALL
                SELECT 'idle credit of ' || credit.client_id
                FROM (SELECT client_id, currency FROM ledger_entry WHERE charge_id IS NULL
                      GROUP BY client_id, currency HAVING sum(amount) < 0) AS credit
                JOIN charge USING (client_id, currency) WHERE charge.status = 'pending'
                UNION ALL
                SELECT 'credit entries of ' || client_id FROM ledger_entry WHERE kind = 'credit'
                GROUP BY client_id, currency HAVING sum(amount) <> 0
                UNION ALL
                SELECT 'entries of payment ' || payment.id FROM payment
                JOIN ledger_entry ON payment_id = payment.id LEFT JOIN online_payment USING (payment_id)
                GROUP BY payment.id, refunded, disputed
                HAVING -sum(ledger_entry.amount) <> CASE payment.status WHEN 'approved'
                    THEN payment.amount - coalesce(refunded + disputed, 0) ELSE 0 END
            ) AS broken(promise))sql");
    }
};

}  // namespace ventanilla::test
