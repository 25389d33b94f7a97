// The portal's pages of money: what is owed, payments and receipts, the statement in three forms.
#include <regex>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/csv.h"
#include "pages/portal_client.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

// The number of the fact `term` on a page.
std::string fact(const std::string& body, const std::string& term) {
    const auto found = matches(body, "<dt>" + term + R"(</dt><dd>(?:<strong>)?([^<]*))");
    return found.empty() ? "(no " + term + ')' : found.front();
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(portal_money)

BOOST_AUTO_TEST_CASE(the_first_page_says_what_is_owed_until_when_and_for_what) {
    Site site;
    PortalClient ana(site, "ana");
    ana.charge("Internet noviembre", "350", "2026-11-30");
    Response page = ana.browser.get(paths::portal);
    shows(page, 200, "<strong>$350.00</strong>");
    shows(page, 200, "Vence el <strong>30 nov 2026</strong>. Internet noviembre.");
    shows(page, 200, "href=\"/clientes/portal/pagos/como-pagar/\">Pagar</a>");
    BOOST_TEST(!holds(page.body, "Vencido"));
    ana.charge("Internet octubre", "300", "2026-10-30");
    page = ana.browser.get(paths::portal);
    shows(page, 200, "<strong>$650.00</strong>");
    shows(page, 200, "Vencidos: $300.00</strong>, desde el 30 oct 2026");
    shows(page, 200, "Internet octubre y otro cargo.");
    shows(page, 200, "<span class=\"tag late\">Vencido</span>");
    ana.charge("Dominio", "12.50", "2026-12-01", "USD");
    page = ana.browser.get(paths::portal);
    shows(page, 200, "<strong>$650.00</strong>");
    shows(page, 200, "<strong>$12.50 USD</strong>");
}

BOOST_AUTO_TEST_CASE(the_first_page_says_that_nothing_is_owed_and_what_is_in_favour) {
    Site site;
    PortalClient ana(site, "ana");
    shows(ana.browser.get(paths::portal), 200, "Estás al corriente");
    shows(ana.browser.get(paths::portal), 200, "Todavía no hay pagos.");
    ana.charge("Internet noviembre", "350", "2026-11-30");
    (void)ana.pay(400'00);
    const Response page = ana.browser.get(paths::portal);
    shows(page, 200, "Tu último pago: $400.00, el 21 nov 2026.");
    shows(page, 200, "Tienes $50.00 a tu favor");
    BOOST_TEST(!holds(page.body, ">Pagar</a>"));
}

BOOST_AUTO_TEST_CASE(a_part_payment_is_taken_off) {
    Site site;
    PortalClient ana(site, "ana");
    ana.charge("Internet noviembre", "350", "2026-11-30");
    (void)ana.pay(100'00);
    shows(ana.browser.get(paths::portal), 200, "<strong>$250.00</strong>");
    shows(ana.browser.get(paths::portal), 200, "de $350.00");
}

BOOST_AUTO_TEST_CASE(the_picture_has_the_heights_that_the_numbers_have) {
    Site site;
    PortalClient ana(site, "ana");
    BOOST_TEST(!holds(ana.browser.get(paths::portal).body, "<svg class=\"months\""));
    ana.charge("Internet noviembre", "400", "2026-11-30");
    (void)ana.pay(100'00);
    const std::string body = ana.browser.get(paths::portal).body;
    BOOST_TEST(
        matches(body, R"re(rect class="charged" x="\d+" y="[\d.]+" width="10" height="([\d.]+)")re")
            .size()
        == 12U);
    const auto paid =
        matches(body, R"re(rect class="paid" x="\d+" y="[\d.]+" width="10" height="([\d.]+)")re");
    BOOST_REQUIRE(paid.size() == 12U);
    BOOST_TEST(paid.back() == "26.5");
    BOOST_TEST(paid.front() == "0.0");
    BOOST_TEST(holds(body, "y=\"20.0\" width=\"10\" height=\"106.0\""));
    BOOST_TEST(holds(
        body,
        "noviembre 2026</th><td class=\"number\" role=\"cell\" data-label=\"Cobrado\">$400.00"));
}

BOOST_AUTO_TEST_CASE(an_account_without_a_client_has_all_pages_and_no_files) {
    Site site;
    Browser browser = site.signed_in("suelta");
    shows(browser.get(paths::portal), 200, "Todavía no hay servicios en tu cuenta");
    shows(browser.get(paths::portal), 200, "Tus datos");
    for (const char* path : {"pagos/", "pagos/como-pagar/", "estado-de-cuenta/", "servicios/"}) {
        shows(browser.get(paths::portal + std::string(path)), 200, "Todavía no hay servicios");
    }
    for (const char* path : {"pagos/1/",
                             "pagos/1/recibo.pdf",
                             "estado-de-cuenta/estado.pdf",
                             "estado-de-cuenta/estado.csv"}) {
        BOOST_TEST(browser.get(paths::portal + std::string(path)).status == 404, path);
    }
}

BOOST_AUTO_TEST_CASE(payments_come_in_pages_the_newest_first) {
    Site site;
    PortalClient ana(site, "ana");
    for (std::int64_t i = 1; i <= payments_per_page + 1; ++i) {
        site.clock.advance(std::chrono::minutes(1));
        (void)ana.pay(i * 100);
    }
    const Response first = ana.browser.get("/clientes/portal/pagos/");
    shows(first, 200, "$26.00");
    BOOST_TEST(!holds(first.body, ">$1.00<"));
    shows(first, 200, "href=\"?page=2\"");
    shows(ana.browser.get("/clientes/portal/pagos/?page=2"), 200, ">$1.00<");
    shows(ana.browser.get("/clientes/portal/pagos/?page=9"), 200, "Aquí no hay pagos.");
}

BOOST_AUTO_TEST_CASE(a_receipt_says_what_was_paid_on_the_page_and_in_the_pdf) {
    Site site;
    PortalClient ana(site, "ana");
    ana.charge("Internet señal fuerte", "350", "2026-11-30");
    const BookedPayment paid = ana.pay(400'00, PaymentMeans::Transfer);
    const std::string number = std::to_string(paid.receipt_number);
    const Response page = ana.browser.get(receipt_path(paid.id));
    for (const std::string& text : {"<h1>Recibo " + number + "</h1>",
                                    std::string("Internet señal fuerte"),
                                    std::string("$350.00"),
                                    std::string("$400.00"),
                                    std::string("SPEI 4711"),
                                    std::string("Transferencia"),
                                    std::string("<strong>$50.00</strong> a tu favor")}) {
        shows(page, 200, text);
    }
    const Response file = ana.browser.get(receipt_path(paid.id) + "recibo.pdf");
    BOOST_TEST(file.content_type == "application/pdf");
    BOOST_TEST(header(file, "Content-Disposition")
               == "attachment; filename=\"recibo-" + number + ".pdf\"");
    const std::string text = pdf_text(file.body);
    for (const std::string& part : {"Recibo " + number,
                                    std::string("Cliente ana"),
                                    std::string("Internet señal fuerte"),
                                    std::string("$350.00"),
                                    std::string("$400.00"),
                                    std::string("$50.00"),
                                    std::string("SPEI 4711")}) {
        BOOST_TEST(holds(text, part), part);
    }
    BOOST_TEST(pdf_ink(file.body) > 2);
    BOOST_TEST(pdf_ink(file.body) < 200);
}

BOOST_AUTO_TEST_CASE(the_statement_has_the_ledgers_totals_on_the_page_in_the_pdf_and_in_the_csv) {
    Site site;
    PortalClient ana(site, "ana");
    ana.charge("Internet octubre", "300.10", "2026-10-30");
    (void)ana.pay(100'05);
    ana.come_back_after(std::chrono::hours(48));
    ana.charge("Internet noviembre", "350.20", "2026-11-30");
    (void)ana.pay(700'00);
    const std::string sum =
        Money(MinorUnits{site.number(
                  "SELECT (100 * sum(amount))::bigint FROM ledger_entry WHERE client_id = "
                  + std::to_string(ana.id))},
              "MXN")
            .plain();
    BOOST_TEST(sum == "-149.75");

    const std::string body = ana.browser.get("/clientes/portal/estado-de-cuenta/").body;
    BOOST_TEST(fact(body, "Saldo al empezar") == "$0.00");
    BOOST_TEST(fact(body, "Cargos") == "$650.30");
    BOOST_TEST(fact(body, "Pagos y abonos") == "$800.05");
    BOOST_TEST(fact(body, "Saldo al terminar") == "-$149.75");
    BOOST_TEST(holds(body, "value=\"2026-01-01\""));
    BOOST_TEST(holds(body, "value=\"2026-11-23\""));

    const Response csv = ana.browser.get("/clientes/portal/estado-de-cuenta/estado.csv");
    BOOST_TEST(csv.content_type == "text/csv; charset=utf-8");
    const CsvText table = read_csv(csv.body);
    BOOST_REQUIRE(table.rows.size() == 7U);
    BOOST_TEST(table.rows.back().cells.at(5) == sum);
    BOOST_TEST(table.rows.at(2).cells.at(1) == "Internet octubre");
    BOOST_TEST(table.rows.at(2).cells.at(3) == "300.10");

    const std::string pdf =
        pdf_text(ana.browser.get("/clientes/portal/estado-de-cuenta/estado.pdf").body);
    for (const char* part :
         {"Cliente ana", "$650.30", "$800.05", "-$149.75", "Internet octubre", "Pago: Efectivo"}) {
        BOOST_TEST(holds(pdf, part), part);
    }
}

BOOST_AUTO_TEST_CASE(a_statement_of_some_days_begins_with_what_was_before) {
    Site site;
    PortalClient ana(site, "ana");
    ana.charge("Internet octubre", "300", "2026-10-30");
    ana.come_back_after(std::chrono::hours(48));
    (void)ana.pay(100'00);
    const std::string body =
        ana.browser.get("/clientes/portal/estado-de-cuenta/?desde=2026-11-22&hasta=2026-11-30")
            .body;
    BOOST_TEST(fact(body, "Saldo al empezar") == "$300.00");
    BOOST_TEST(fact(body, "Cargos") == "$0.00");
    BOOST_TEST(fact(body, "Saldo al terminar") == "$200.00");
    BOOST_TEST(holds(body, "estado.pdf?desde=2026-11-22&amp;hasta=2026-11-30"));
}

BOOST_AUTO_TEST_CASE(days_that_are_none_are_refused_and_kept) {
    Site site;
    PortalClient ana(site, "ana");
    const std::string path = "/clientes/portal/estado-de-cuenta/";
    const Response page = ana.browser.get(path + "?desde=ayer&hasta=2026-02-30");
    shows(page, 422, "Escribe el día desde el que quieres verlo");
    shows(page, 422, "Escribe el último día que quieres ver");
    shows(page, 422, "value=\"ayer\"");
    shows(ana.browser.get(path + "?desde=2026-11-20&hasta=2026-11-01"),
          422,
          "va después del primero");
    leads(ana.browser.get(path + "estado.pdf?desde=ayer"), path + "?desde=ayer");
    leads(ana.browser.get(path + "estado.csv?desde=2026-11-20&hasta=2026-11-01"),
          path + "?desde=2026-11-20&hasta=2026-11-01");
}

BOOST_AUTO_TEST_CASE(services_and_activity_are_shown) {
    Site site;
    PortalClient ana(site, "ana");
    site.execute("INSERT INTO service (client_id, name, monthly_amount, status) VALUES ("
                 + std::to_string(ana.id) + ", 'Cable viejo', 99, 'cancelled')");
    shows(ana.browser.get("/clientes/portal/servicios/"), 200, "Internet ana");
    shows(ana.browser.get("/clientes/portal/servicios/"), 200, "Cancelado");
    BOOST_TEST(!holds(ana.browser.get(paths::portal).body, "Cable viejo"));
    PortalClient otra(site, "otra");
    site.execute("INSERT INTO audit_log (at, actor_id, action, subject, network) VALUES (now(), "
                 + std::to_string(otra.account) + ", 'client_changed', 'client:"
                 + std::to_string(ana.id) + "', '203.0.113.0/24')");
    const Response page = ana.browser.get("/clientes/portal/actividad/");
    shows(page, 200, "Entraste a tu cuenta");
    shows(page, 200, "El personal cambió tus datos");
    BOOST_TEST(!holds(page.body, "203.0.113.0"), "where staff sat is not told");
    for (int i = 0; i < 30; ++i) {
        site.execute("INSERT INTO audit_log (at, actor_id, action) VALUES (now(), "
                     + std::to_string(ana.account) + ", 'login')");
    }
    BOOST_TEST(matches(ana.browser.get("/clientes/portal/actividad/").body,
                       "(<tr role=\"row\"><th role=\"rowheader\")")
                   .size()
               == 20U);
}

BOOST_AUTO_TEST_CASE(staff_are_told_what_they_did_in_the_words_of_the_audit_log) {
    Site site;
    Browser staff = site.signed_in("caja", true);
    const std::string id = site.text("SELECT id FROM account WHERE username = 'caja'");
    site.execute("INSERT INTO audit_log (at, actor_id, action, subject) VALUES (now(), " + id
                 + ", 'charge_added', 'client:17'), (now(), NULL, 'staff_created', 'account:" + id
                 + "'), (now(), " + id + ", 'forgotten_action', '')");
    const Response page = staff.get("/clientes/portal/actividad/");
    shows(page, 200, "Agregó un cargo");
    shows(page, 200, "Se creó tu cuenta del personal");
    shows(page, 200, "Hiciste un cambio en tu cuenta");
    BOOST_TEST(!holds(page.body, "El personal anotó un cargo"));
}

BOOST_AUTO_TEST_SUITE_END()
