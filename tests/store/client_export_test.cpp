// Clients as a file for a spreadsheet.
#include "clients/client_export.h"

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "clients/client_store.h"
#include "core/csv.h"
#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;
using Cells = std::vector<std::string>;

namespace {

struct Exported : TestServices {
    std::int64_t add(const ClientData& data) {
        return add_client(database(), data, Actor(), clock.now());
    }
    void add_service(std::int64_t client, const std::string& rest) {
        execute("INSERT INTO service (client_id, name, monthly_amount, currency, status) VALUES ("
                + std::to_string(client) + ", " + rest + ")");
    }
    std::vector<Cells> rows_of(const std::string& text) {
        BOOST_TEST(text.starts_with(csv_byte_order_mark));
        const CsvText csv = read_csv(text);
        BOOST_TEST(!csv.broken_line.has_value());
        std::vector<Cells> rows;
        for (const auto& row : csv.rows) {
            rows.push_back(row.cells);
        }
        BOOST_REQUIRE(!rows.empty());
        BOOST_TEST((rows.front()
                    == Cells{"id",
                             "nombre_completo",
                             "email",
                             "telefono",
                             "direccion",
                             "usuario",
                             "ultimo_acceso",
                             "servicio",
                             "mensualidad",
                             "moneda"}));
        rows.erase(rows.begin());
        return rows;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_export, Exported)

BOOST_AUTO_TEST_CASE(a_line_for_each_service_and_one_for_those_without) {
    const auto ines = add({"Inés", "ines@x.mx", "9935758611", "Calle 60, \"B\"\nCentro", ""});
    const auto ana = add({"Ana", "", "", "", ""});
    add_service(ines, "'TV + Internet', 349.50, 'MXN', 'active'");
    add_service(ines, "'Fijo', 20, 'USD', 'suspended'");
    add_service(ines, "'Viejo', 20, 'USD', 'cancelled'");
    const std::string n = std::to_string(ines);
    const Cells first = {n, "Inés", "ines@x.mx", "9935758611", "Calle 60, \"B\"\nCentro", "", ""};
    const auto with = [&](std::initializer_list<std::string> service) {
        Cells cells = first;
        cells.insert(cells.end(), service);
        return cells;
    };
    const std::vector<Cells> expected = {
        {std::to_string(ana), "Ana", "", "", "", "", "", "", "", ""},
        with({"TV + Internet", "349.50", "MXN"}),
        with({"Fijo", "20.00", "USD"})};
    BOOST_TEST((rows_of(exported_clients(database(), ClientFilter())) == expected));
}

BOOST_AUTO_TEST_CASE(the_account_and_its_last_login_stand_in_the_process_s_time) {
    const auto ines = add({"Inés", "", "", "", ""});
    const auto account = add_account("ines", "", "tres palabras sueltas");
    execute(
        "UPDATE account SET last_login_at = '2026-11-20 18:30:59+00'; UPDATE client SET "
        "account_id = "
        + std::to_string(account));
    const auto rows = rows_of(exported_clients(database(), std::vector<std::int64_t>{ines}));
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0][5] == "ines");
    const std::time_t login = 1'795'199'459;
    std::tm local{};
    localtime_r(&login, &local);
    std::string shown(16, ' ');
    std::strftime(shown.data(), shown.size() + 1, "%Y-%m-%d %H:%M", &local);
    BOOST_TEST(rows[0][6] == shown);
}

BOOST_AUTO_TEST_CASE(only_those_that_match_or_were_chosen_are_in_it) {
    const auto ines = add({"Inés García", "", "", "", ""});
    const auto ana = add({"Ana García", "", "", "", ""});
    const auto luis = add({"Luis", "", "", "", ""});
    BOOST_TEST(rows_of(exported_clients(database(), ClientFilter{"garcía"})).size() == 2U);
    BOOST_TEST(rows_of(exported_clients(database(), ClientFilter{"garcía ana"})).size() == 1U);
    BOOST_TEST(rows_of(exported_clients(database(), ClientFilter{"", PortalFilter::With})).empty());
    const auto chosen =
        rows_of(exported_clients(database(), std::vector<std::int64_t>{luis, ines}));
    BOOST_REQUIRE(chosen.size() == 2U);
    BOOST_TEST(chosen[0][1] == "Inés García");
    BOOST_TEST(chosen[1][1] == "Luis");
    BOOST_TEST(delete_client(database(), ana, Actor(), clock.now()));
    BOOST_TEST(rows_of(exported_clients(database(), ClientFilter{"garcía"})).size() == 1U);
    BOOST_TEST(
        rows_of(exported_clients(database(), ClientFilter{"", PortalFilter::Any, true})).size()
        == 1U);
    BOOST_TEST(rows_of(exported_clients(database(), std::vector<std::int64_t>())).empty());
}

BOOST_AUTO_TEST_CASE(no_cell_is_a_formula) {
    const auto id = add({"=cmd|' /C calc'!A0", "", "+15551234567", "@SUM(A1:A9)", ""});
    add_service(id, "'-2+3', 10, 'MXN', 'active'");
    const auto rows = rows_of(exported_clients(database(), ClientFilter()));
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0][1] == "'=cmd|' /C calc'!A0");
    BOOST_TEST(rows[0][3] == "+15551234567");
    BOOST_TEST(rows[0][4] == "'@SUM(A1:A9)");
    BOOST_TEST(rows[0][7] == "'-2+3");
}

BOOST_AUTO_TEST_SUITE_END()
