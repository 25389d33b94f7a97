// A client with money: an account that is logged in, a service, charges and payments.
#pragma once

#include <string>
#include <variant>

#include "billing/payments.h"
#include "pages/journey.h"

namespace ventanilla::test {

struct PortalClient {
    PortalClient(Site& site, const std::string& name)
        : site_(site), name_(name), browser(site.signed_in(name)) {
        account = site.number("SELECT id FROM account WHERE username = '" + name + "'");
        id = site.number("INSERT INTO client (full_name, email, account_id) VALUES ('Cliente "
                         + name + "', '" + name + "@correo.com', " + std::to_string(account)
                         + ") RETURNING id");
        service = site.number(
            "INSERT INTO service (client_id, name, monthly_amount, currency) VALUES ("
            + std::to_string(id) + ", 'Internet " + name + "', 350, 'MXN') RETURNING id");
    }

    std::int64_t charge(const std::string& concept_text,
                        const std::string& amount,
                        const std::string& due_on,
                        const std::string& currency = "MXN") {
        return site_.number(
            "INSERT INTO charge (client_id, concept, amount, currency, due_on, created_at) VALUES ("
            + std::to_string(id) + ", '" + concept_text + "', " + amount + ", '" + currency + "', '"
            + due_on + "', '" + iso_text(site_.clock.now()) + "') RETURNING id");
    }

    BookedPayment pay(std::int64_t minor_units, PaymentMeans means = PaymentMeans::Cash) {
        const Billing billing{site_.database(), site_.settings, site_.clock, site_.services.outbox};
        NewPayment payment;
        payment.client_id = id;
        payment.amount = Money(minor_units, "MXN");
        payment.means = means;
        payment.reference = means == PaymentMeans::Transfer ? "SPEI 4711" : "";
        return std::get<BookedPayment>(record_payment(billing, payment, {std::nullopt, ""}));
    }

    // So much later, logged in anew: a session would have ended.
    void come_back_after(std::chrono::hours pause) {
        site_.clock.advance(pause);
        (void)browser.post(paths::login, {{"username", name_}, {"password", good}});
    }

    Site& site_;
    std::string name_;
    Browser browser;
    std::int64_t account = 0;
    std::int64_t id = 0;
    std::int64_t service = 0;
};

inline std::string receipt_path(std::int64_t payment) {
    return "/clientes/portal/pagos/" + std::to_string(payment) + '/';
}

// What pdftotext (poppler-utils) reads in it, in the layout of the page.
std::string pdf_text(const std::string& pdf);
// How many of the first page's pixels are not white, in thousandths.
std::int64_t pdf_ink(const std::string& pdf);

}  // namespace ventanilla::test
