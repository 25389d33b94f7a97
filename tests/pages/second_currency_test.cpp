// A client who pays in two currencies: what staff type, and what each page adds up, each by itself.
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/csv.h"
#include "pages/portal_client.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

struct TwoCurrencies : Site {
    PortalClient ana{*this, "ana"};
    Browser staff = operator_browser();

    Browser operator_browser() {
        Browser inside = signed_in("operadora", true);
        execute("UPDATE account SET role = 'operador' WHERE username = 'operadora'");
        return inside;
    }
    [[nodiscard]] std::string page(const std::string& name) const {
        return "/admin/clientes/cliente/" + std::to_string(ana.id) + '/' + name + '/';
    }
    void add_service(const std::string& name,
                     const std::string& amount,
                     const std::string& currency) {
        leads(staff.post(page("servicios"),
                         {{"accion", "agregar"},
                          {"name", name},
                          {"monthly_amount", amount},
                          {"currency", currency}}),
              page("servicios"));
    }
    void add_charge(const std::string& concept_text,
                    const std::string& amount,
                    const std::string& currency) {
        leads(staff.post(page("cargos"),
                         {{"accion", "agregar"},
                          {"concept", concept_text},
                          {"amount", amount},
                          {"due_on", "2026-11-30"},
                          {"currency", currency}}),
              page("cargos"));
    }
    void take(const std::string& amount, const std::string& currency) {
        const Response taken = staff.post(
            page("pagos"), {{"amount", amount}, {"medio", "efectivo"}, {"currency", currency}});
        BOOST_TEST(taken.status == 303);
    }
};

// The cards of a statement's page, one a currency.
std::string part_of(const std::string& body, const std::string& currency) {
    const auto begin = body.find("<h2>" + currency + "</h2>");
    BOOST_REQUIRE_MESSAGE(begin != std::string::npos, "no part for " << currency);
    return body.substr(begin, body.find("</table>", begin) - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(second_currency)

BOOST_FIXTURE_TEST_CASE(the_first_page_has_a_total_for_each, TwoCurrencies) {
    add_service("Dominio", "12.50", "USD");
    add_charge("Internet noviembre", "350", "");
    add_charge("Dominio anual", "12.50", "USD");
    add_charge("Correo", "1.25", "USD");
    const Response first = ana.browser.get(paths::portal);
    shows(first, 200, "<strong>$350.00</strong>");
    shows(first, 200, "<strong>$13.75 USD</strong>");
    BOOST_TEST(first.body.find("363.75") == std::string::npos, "currencies are never added up");
    shows(ana.browser.get("/clientes/portal/servicios/"), 200, "$12.50 USD");
    shows(ana.browser.get("/clientes/portal/pagos/como-pagar/"), 200, "$13.75 USD");
}

BOOST_FIXTURE_TEST_CASE(money_of_one_pays_nothing_of_the_other, TwoCurrencies) {
    add_charge("Internet noviembre", "350", "MXN");
    add_charge("Dominio anual", "12.50", "USD");
    shows(staff.get(page("pagos")), 200, "<option value=\"USD\"");
    take("20", "USD");
    const Response first = ana.browser.get(paths::portal);
    shows(first, 200, "<strong>$350.00</strong>");
    shows(first, 200, "$7.50 USD a tu favor");
    take("350", "MXN");
    shows(ana.browser.get(paths::portal), 200, "Estás al corriente");
    shows(staff.get(page("cargos")), 200, "$12.50 USD");
}

BOOST_FIXTURE_TEST_CASE(the_statement_has_a_part_for_each, TwoCurrencies) {
    add_charge("Internet noviembre", "350", "MXN");
    add_charge("Dominio anual", "12.50", "USD");
    take("100", "MXN");
    take("2.25", "USD");
    const std::string path = "/clientes/portal/estado-de-cuenta/";
    const std::string body = ana.browser.get(path).body;
    for (const char* text : {"$350.00", "$100.00", "$250.00"}) {
        BOOST_TEST(part_of(body, "MXN").find(text) != std::string::npos, text);
        BOOST_TEST(part_of(body, "USD").find(text) == std::string::npos, text);
    }
    for (const char* text : {"$12.50 USD", "$2.25 USD", "$10.25 USD"}) {
        BOOST_TEST(part_of(body, "USD").find(text) != std::string::npos, text);
    }
    const CsvText table = read_csv(ana.browser.get(path + "estado.csv").body);
    std::string closings;
    for (const auto& row : table.rows) {
        if (row.cells.at(1) == test_renderer().text("pdf_closing")) {
            closings += row.cells.at(5) + ' ' + row.cells.at(6) + ';';
        }
    }
    BOOST_TEST(closings == "250.00 MXN;10.25 USD;");
    const std::string pdf = pdf_text(ana.browser.get(path + "estado.pdf").body);
    BOOST_TEST(pdf.find("$10.25 USD") != std::string::npos);
    BOOST_TEST(pdf.find("$250.00") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_currency_is_refused, TwoCurrencies) {
    const Response again = staff.post(page("cargos"),
                                      {{"accion", "agregar"},
                                       {"concept", "Dominio"},
                                       {"amount", "12.50"},
                                       {"due_on", "2026-11-30"},
                                       {"currency", "dólares"}});
    BOOST_TEST(again.status == 422);
    BOOST_TEST(number("SELECT count(*) FROM charge") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
