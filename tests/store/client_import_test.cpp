// Clients and services out of a file.
#include "clients/client_import.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "clients/client_store.h"
#include "store/parallel.h"
#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

const std::string header = "nombre_completo,email,telefono,direccion,servicio,mensualidad,moneda\n";

std::string clients_csv() {
    std::ifstream file(VENTANILLA_TEST_DATA "/clientes.csv", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// One letter a row: c new client, s new service, - unchanged, ! wrong.
std::string fates(const ImportPlan& plan) {
    std::string all;
    for (const auto& row : plan.rows) {
        switch (row.fate) {
            case RowFate::NewClient:
                all += 'c';
                break;
            case RowFate::NewService:
                all += 's';
                break;
            case RowFate::Unchanged:
                all += '-';
                break;
            case RowFate::Wrong:
                all += '!';
                break;
        }
    }
    return all;
}

struct Import : TestServices {
    Actor actor{std::nullopt, "192.0.2.0/24"};

    ImportPlan planned(const std::string& rows) {
        return planned_import(database(), header + rows, {});
    }
    ImportPlan imported_text(const std::string& text, bool skip_wrong = false) {
        return import_clients(
            database(), text, {}, skip_wrong, actor, clock.now(), ImportProgressListener());
    }
    ImportPlan imported(const std::string& rows, bool skip_wrong = false) {
        return imported_text(header + rows, skip_wrong);
    }
    // Tells the same twice: what a dry run says is what is done.
    std::string fates_of(const std::string& rows) {
        const std::string expected = fates(planned(rows));
        BOOST_TEST(fates(imported(rows)) == expected);
        return expected;
    }
    std::string text_of_first() {
        return text(
            "SELECT concat_ws('|', full_name, email, phone, address, name, monthly_amount, currency, "
            "status) FROM client JOIN service ON client_id = client.id ORDER BY client.id LIMIT 1");
    }
    std::int64_t clients() { return number("SELECT count(*) FROM client"); }
    std::int64_t service_count() { return number("SELECT count(*) FROM service"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_import, Import)

BOOST_AUTO_TEST_CASE(the_thousand_clients_come_in_once_with_their_services) {
    const std::string file = clients_csv();
    const auto dry = planned_import(database(), file, {});
    BOOST_TEST(dry.new_clients == 1000);
    BOOST_TEST(!dry.written);
    BOOST_TEST(clients() == 0);

    const auto first = imported_text(file);
    BOOST_TEST(first.written);
    BOOST_TEST(first.new_clients == 1000);
    BOOST_TEST(first.wrong == 0);
    BOOST_TEST(clients() == 1000);
    BOOST_TEST(text_of_first() == "Inés García Pérez|ines.garcia1@ejemplo.com|9935758611|"
                                  "Calle 60 #272, Col. Gaviotas, Villahermosa, Tabasco|"
                                  "TV + Internet|349.50|MXN|active");
    BOOST_TEST(service_count() == 1000);
    BOOST_TEST(number("SELECT count(*) FROM client WHERE phone !~ '^[0-9]{10}$'") == 0);

    const auto second = imported_text(file);
    BOOST_TEST(second.unchanged == 1000);
    BOOST_TEST(second.new_clients + second.new_services + second.wrong == 0);
    BOOST_TEST(clients() == 1000);
    BOOST_TEST(service_count() == 1000);
    BOOST_TEST(
        text("SELECT string_agg(action || ' ' || network || ' ' || details, ';') FROM audit_log")
        == R"(clients_imported 192.0.2.0/24 {"wrong": 0, "unchanged": 0, "new_clients": 1000, "new_services": 0})");
}

BOOST_AUTO_TEST_CASE(the_same_client_is_told_by_name_and_email_or_phone) {
    BOOST_TEST(fates_of("Inés García,ines@x.mx,9935758611,,,,\n") == "c");
    BOOST_TEST(fates_of("INES  GARCIA,INES@x.mx,,,,,\n"
                        "Ines García,,+52 993 575 8611,,,,\n"
                        "Ines García,otra@x.mx,993-575-8611,,,,\n")
               == "---");
    BOOST_TEST(fates_of("Inés García,otra@x.mx,,,,,\n"
                        "Inés Ruiz,ines@x.mx,9935758611,,,,\n"
                        "Inés García,,,,,,\n")
               == "ccc");
    BOOST_TEST(clients() == 4);
}

BOOST_AUTO_TEST_CASE(a_client_without_email_and_phone_is_told_by_name_and_address) {
    BOOST_TEST(fates_of("Citlali,,,Calle 1,,,\n") == "c");
    BOOST_TEST(fates_of("citlali,,,Calle 1,,,\nCitlali,,,Calle 2,,,\nCitlali,,,,,,\n") == "-cc");
    BOOST_TEST(fates_of("Citlali,,,Calle 2,,,\nCitlali,,,,,,\n") == "--");
}

BOOST_AUTO_TEST_CASE(rows_of_one_file_are_compared_as_with_the_table) {
    BOOST_TEST(fates_of("Ana,ana@x.mx,,,tv,10,\n"
                        "ANA,ANA@X.MX,,,TV,10.00,MXN\n"
                        "Ana,ana@x.mx,9935758611,,internet,20,\n"
                        "Ana,,9935758611,,,,\n"
                        "Ana,,9935758611,,,,\n")
               == "c-sc-");
    BOOST_TEST(clients() == 2);
    BOOST_TEST(
        text(
            "SELECT string_agg(name || ' ' || monthly_amount || ' ' || client_id, ';' ORDER BY id) "
            "FROM service")
        == "tv 10.00 1;internet 20.00 1");
}

BOOST_AUTO_TEST_CASE(a_file_whose_rows_mean_two_clients_changes_nothing_the_second_time) {
    const std::string rows =
        "Ana,e2@x.mx,9930000002,,a,1,\n"
        "Ana,e1@x.mx,9930000002,,b,2,\n"
        "Ana,e1@x.mx,9930000001,,c,3,\n"
        "Ana,e2@x.mx,9930000001,,d,4,\n";
    BOOST_TEST(fates_of(rows) == "cscs");
    BOOST_TEST(fates_of(rows) == "----");
}

BOOST_AUTO_TEST_CASE(a_service_is_added_to_a_client_that_is_there) {
    const auto id = add_client(database(), {"Ana", "ana@x.mx", "", "", ""}, Actor(), clock.now());
    BOOST_TEST(fates_of("Ana,ana@x.mx,,,TV + Internet,349.5,USD\n") == "s");
    BOOST_TEST(
        text(
            "SELECT concat_ws('|', client_id, name, monthly_amount, currency, status) FROM service")
        == std::to_string(id) + "|TV + Internet|349.50|USD|active");
    BOOST_TEST(clients() == 1);
}

BOOST_AUTO_TEST_CASE(a_service_with_another_amount_is_wrong) {
    BOOST_TEST(imported("Ana,ana@x.mx,,,tv,10,\nLuis,luis@x.mx,,,,,\n").written);
    const auto plan = planned(
        "Ana,ana@x.mx,,,tv,11,\nAna,ana@x.mx,,,tv,10,USD\n"
        "Luis,luis@x.mx,,,tv,5,\nLuis,luis@x.mx,,,tv,6,\n");
    BOOST_TEST(fates(plan) == "!!s!");
    for (const std::size_t wrong : {0U, 1U, 3U}) {
        BOOST_TEST(plan.rows[wrong].problems.at(0) == "client_service_differs");
    }
}

BOOST_AUTO_TEST_CASE(deleted_clients_are_not_those_of_the_file) {
    BOOST_TEST(imported("Ana,ana@x.mx,,,,,\n").written);
    BOOST_TEST(delete_client(database(), 1, actor, clock.now()));
    BOOST_TEST(fates_of("Ana,ana@x.mx,,,,,\n") == "c");
}

BOOST_AUTO_TEST_CASE(with_a_wrong_row_nothing_is_written_unless_it_is_skipped) {
    const std::string rows =
        "Ana,ana@x.mx,,,tv,10,\nLuis,mala,,,\"tv\",\"1,234.50\",\nRosa,,,,,,\n";
    const auto refused = imported(rows);
    BOOST_TEST(fates(refused) == "c!c");
    BOOST_TEST(!refused.written);
    BOOST_TEST(refused.rows[1].line == 3);
    BOOST_TEST(refused.rows[1].raw == "Luis,mala,,,\"tv\",\"1,234.50\",");
    BOOST_TEST(refused.rows[1].problems.size() == 2U);
    BOOST_TEST(clients() == 0);
    BOOST_TEST(number("SELECT count(*) FROM audit_log") == 0);

    const auto taken = imported(rows, true);
    BOOST_TEST(taken.written);
    BOOST_TEST(taken.wrong == 1);
    BOOST_TEST(clients() == 2);
    BOOST_TEST(service_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_writes_nothing) {
    for (const char* text : {"", "nombre_completo\n", "edad\n1\n", "nombre_completo\nJos\xe9\n"}) {
        const auto plan = imported_text(text, true);
        BOOST_TEST(plan.problem.has_value());
        BOOST_TEST(!plan.written);
        BOOST_TEST(planned_import(database(), text, {}).problem.has_value());
    }
    BOOST_TEST(clients() == 0);
}

BOOST_AUTO_TEST_CASE(windows_files_with_semicolons_and_latin_1_are_read) {
    const std::string bytes =
        "Nombre_Completo;MENSUALIDAD;servicio\r\n\"Mar\355a; \"\"La Jefa\"\"\";10.5;TV\r\n;;\r\n";
    const auto plan =
        import_clients(database(), bytes, {"ISO-8859-1", "MX"}, false, actor, clock.now(), nullptr);
    BOOST_TEST(plan.new_clients == 1);
    BOOST_TEST(text("SELECT full_name FROM client") == "María; \"La Jefa\"");
    BOOST_TEST(text("SELECT monthly_amount FROM service") == "10.50");
}

BOOST_AUTO_TEST_CASE(formulas_and_hostile_texts_are_stored_as_they_are) {
    BOOST_TEST(imported("=1+1,,,'); DROP TABLE client; --,\"{\"\"a\\\",5,\nNULL,,,,,,\n").written);
    BOOST_TEST(text("SELECT string_agg(full_name, ',' ORDER BY id) FROM client") == "=1+1,NULL");
    BOOST_TEST(text("SELECT address FROM client WHERE id = 1") == "'); DROP TABLE client; --");
    BOOST_TEST(text("SELECT name FROM service") == "{\"a\\");
}

BOOST_AUTO_TEST_CASE(more_rows_than_a_statement_takes_are_told_step_by_step) {
    std::string rows;
    for (int i = 0; i < 12'001; ++i) {
        rows += "Cliente " + std::to_string(i / 2) + ",c" + std::to_string(i / 2) + "@x.mx,,,s"
                + std::to_string(i % 2) + ",10,\n";
    }
    std::vector<std::int64_t> told;
    const auto plan = import_clients(database(),
                                     header + rows,
                                     {},
                                     false,
                                     actor,
                                     clock.now(),
                                     [&](std::int64_t done, std::int64_t all) {
                                         BOOST_TEST(all == 12'001);
                                         told.push_back(done);
                                     });
    BOOST_TEST(plan.new_clients == 6001);
    BOOST_TEST(plan.new_services == 6000);
    BOOST_TEST(told.size() > 1U);
    BOOST_TEST(std::is_sorted(told.begin(), told.end()));
    BOOST_TEST(told.back() == 12'001);
    BOOST_TEST(service_count() == 12'001);
    BOOST_TEST(number("SELECT count(*) FROM (SELECT FROM service GROUP BY client_id "
                      "HAVING count(*) = 2) AS two")
               == 6000);
    BOOST_TEST(imported(rows).unchanged == 12'001);
}

BOOST_AUTO_TEST_CASE(the_same_file_from_many_at_once_comes_in_once) {
    const std::string rows = "Ana,ana@x.mx,,,tv,10,\nLuis,,9935758611,,tv,10,\nRosa,,,,,,\n";
    const auto plans = in_parallel<ImportPlan>(*this, 8, [&](Services& own, int) {
        return import_clients(own.database, header + rows, {}, false, actor, clock.now(), nullptr);
    });
    BOOST_TEST(clients() == 3);
    BOOST_TEST(service_count() == 2);
    std::int64_t added = 0;
    for (const auto& plan : plans) {
        added += plan.new_clients;
    }
    BOOST_TEST(added == 3);
}

BOOST_AUTO_TEST_CASE(a_second_import_does_not_wait_for_ever) {
    db::Transaction other(database());
    static constexpr db::Statement hold{"hold_import", "SELECT pg_advisory_xact_lock(7301003)"};
    other.run(hold);
    db::Connection second({settings.database_url, false, "second"});
    BOOST_CHECK_THROW(
        import_clients(second, header + "Ana,,,,,,\n", {}, false, actor, clock.now(), nullptr)
            .written,
        ClientImportBusy);
}

BOOST_AUTO_TEST_CASE(it_works_behind_a_transaction_pooler) {
    db::Connection pooled({settings.database_url, true, "pooled"});
    const auto plan = import_clients(
        pooled, header + "Ana,ana@x.mx,,,tv,10,\n", {}, false, actor, clock.now(), nullptr);
    BOOST_TEST(plan.new_clients == 1);
    BOOST_TEST(service_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(client_uploads, Import)

BOOST_AUTO_TEST_CASE(an_upload_is_kept_for_its_owner_until_it_is_dropped) {
    const auto maria = add_account("maria", "", "tres palabras sueltas");
    const auto jose = add_account("jose", "", "tres palabras sueltas");
    const auto id =
        keep_upload(database(), "a.csv", "nombre_completo\nMaría\n", maria, clock.now());
    const auto kept = kept_upload(database(), id, maria).value();
    BOOST_TEST(kept.file_name == "a.csv");
    BOOST_TEST(kept.text == "nombre_completo\nMaría\n");
    BOOST_TEST(!kept_upload(database(), id, jose).has_value());
    drop_upload(database(), id, jose);
    BOOST_TEST(kept_upload(database(), id, maria).has_value());
    drop_upload(database(), id, maria);
    BOOST_TEST(!kept_upload(database(), id, maria).has_value());
}

BOOST_AUTO_TEST_CASE(uploads_of_a_day_ago_go_with_the_next_one) {
    const auto maria = add_account("maria", "", "tres palabras sueltas");
    const auto old = keep_upload(database(), "old.csv", "x", maria, clock.now());
    clock.advance(std::chrono::hours(23));
    const auto young = keep_upload(database(), "young.csv", "x", maria, clock.now());
    clock.advance(std::chrono::hours(2));
    const auto now = keep_upload(database(), "now.csv", "x", maria, clock.now());
    BOOST_TEST(!kept_upload(database(), old, maria).has_value());
    BOOST_TEST(kept_upload(database(), young, maria).has_value());
    BOOST_TEST(kept_upload(database(), now, maria).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
