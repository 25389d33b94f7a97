#include "claims/archive_import.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "claims/archive_report.h"
#include "core/clock.h"

namespace db = ventanilla::db;
using ventanilla::archive_report;
using ventanilla::ArchiveColumns;
using ventanilla::ArchiveField;
using ventanilla::import_archive;
using ventanilla::ImportBusy;
using ventanilla::ImportProgress;
using ventanilla::ImportResult;
using ventanilla::RejectedRow;
using ventanilla::RowProblem;
using ventanilla::SystemClock;
using ventanilla::UnusableArchive;

namespace {

std::string test_database_url() {
    const char* url = std::getenv("TEST_DATABASE_URL");
    return url == nullptr ? "" : url;
}

db::Connection::Options test_database() {
    return {test_database_url(), false, "archive_import_test"};
}

// Empty archive tables, and a file that is gone with the test.
struct Archive {
    Archive() : connection(test_database()) {
        connection.run_script(
            "clean", "TRUNCATE archived_user, archived_record, archive_import, account CASCADE");
    }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;
    ~Archive() { std::filesystem::remove(path); }

    ImportResult import(const std::string& table,
                        const std::string& file,
                        const ArchiveColumns& columns = {}) {
        rejected.clear();
        return import_archive(connection,
                              clock,
                              {{file, {}, "", ""}, table, columns},
                              {[this](const RejectedRow& row) { rejected.push_back(row); },
                               [](const ImportProgress&) {}});
    }
    ImportResult import_text(const std::string& table,
                             const std::string& text,
                             const ArchiveColumns& columns = {}) {
        std::ofstream(path, std::ios::binary) << text;
        return import(table, path, columns);
    }
    ImportResult import_data(const std::string& table,
                             const std::string& name,
                             const ArchiveColumns& columns = {}) {
        return import(table, std::string(VENTANILLA_TEST_DATA) + "/" + name, columns);
    }
    std::string text(const char* sql) {
        const db::Statement query{sql, sql};
        return std::get<0>(connection.run(query).at<std::optional<std::string>>(0))
            .value_or("NULL");
    }

    db::Connection connection;
    SystemClock clock;
    std::string path = (std::filesystem::temp_directory_path()
                        / ("archive_import_test." + std::to_string(getpid())))
                           .string();
    std::vector<RejectedRow> rejected;
};

void check_counts(const ImportResult& result,
                  std::int64_t added,
                  std::int64_t present,
                  std::int64_t rejected) {
    BOOST_TEST(result.read == added + present + rejected);
    BOOST_TEST(result.added == added);
    BOOST_TEST(result.present == present);
    BOOST_TEST(result.rejected == rejected);
}

std::int64_t objects_in(const std::string& name, const std::string& mark) {
    std::ifstream file(std::string(VENTANILLA_TEST_DATA) + "/" + name);
    std::int64_t count = 0;
    for (std::string line; std::getline(file, line);) {
        count += line.find(mark) != std::string::npos ? 1 : 0;
    }
    return count;
}

const ArchiveColumns socios_columns = {{ArchiveField::Username, "usuario"},
                                       {ArchiveField::Email, "correo"},
                                       {ArchiveField::Password, "clave"},
                                       {ArchiveField::FirstName, "nombre"}};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(archive_import, Archive)

BOOST_AUTO_TEST_CASE(the_csv_fills_archived_user_once) {
    const auto rows = objects_in("usuarios_archivados.csv", "") - 1;
    check_counts(import_data("usuarios_archivados", "usuarios_archivados.csv"), rows, 0, 0);
    const auto before =
        text("SELECT md5(string_agg(u::text, '|' ORDER BY id)) FROM archived_user u");
    check_counts(import_data("usuarios_archivados", "usuarios_archivados.csv"), 0, rows, 0);
    BOOST_TEST(text("SELECT md5(string_agg(u::text, '|' ORDER BY id)) FROM archived_user u")
               == before);
    BOOST_TEST(text("SELECT count(*)::text FROM archive_import") == "1");
    BOOST_TEST(text("SELECT last_name FROM archived_user WHERE legacy_id = '3'") == "Ñúñez Pérez");
    BOOST_TEST(
        text(
            "SELECT (last_login AT TIME ZONE 'UTC')::text FROM archived_user WHERE legacy_id = '1'")
        == "2019-07-13 16:44:55");
    BOOST_TEST(text("SELECT last_login::text FROM archived_user WHERE legacy_id = '4'") == "NULL");
}

BOOST_AUTO_TEST_CASE(dumpdata_fills_archived_record_with_the_whole_row) {
    const auto rows = objects_in("auth_user.dumpdata.json", "\"model\"");
    check_counts(import_data("auth_user", "auth_user.dumpdata.json"), rows, 0, 0);
    check_counts(import_data("auth_user", "auth_user.dumpdata.json"), 0, rows, 0);
    BOOST_TEST(text("SELECT data ->> 'email' FROM archived_record WHERE legacy_id = '1'")
               == "carlos_toledo@Ejemplo.COM");
    BOOST_TEST(
        text("SELECT count(*)::text FROM archived_record WHERE (data -> 'id')::text = legacy_id")
        == std::to_string(rows));
    BOOST_TEST(
        text("SELECT count(*)::text FROM archived_record WHERE source_table = 'auth_user'"
             " AND username = data ->> 'username' AND is_active = (data ->> 'is_active')::boolean")
        == std::to_string(rows));
}

BOOST_AUTO_TEST_CASE(json_lines_take_their_columns_by_other_names) {
    const auto rows = objects_in("socios_2009.jsonl", "{");
    const auto result = import_data("socios_2009", "socios_2009.jsonl", socios_columns);
    check_counts(result, rows, 0, 0);
    BOOST_TEST(result.id_column == "socio");
    BOOST_TEST(text("SELECT username || ' ' || first_name || ' ' || (data ->> 'cuota_anual')"
                    " FROM archived_record WHERE legacy_id = '1'")
               == "itzel.toledo3 Itzel 822.90");
    check_counts(import_data("socios_2009", "socios_2009.jsonl", socios_columns), 0, rows, 0);
}

BOOST_AUTO_TEST_CASE(an_id_that_stands_twice_counts_once_at_every_run) {
    const std::string file = "id,username\n1,primera\n2,otra\n1,segunda\n";
    for (const bool again : {false, true}) {
        check_counts(import_text("usuarios_archivados", file), again ? 0 : 2, again ? 2 : 0, 1);
        BOOST_REQUIRE_EQUAL(rejected.size(), 1U);
        BOOST_TEST(rejected[0].line == 4);
        BOOST_TEST((rejected[0].problem == RowProblem::RepeatedId));
        BOOST_TEST(rejected[0].raw == "1,segunda");
    }
    BOOST_TEST(text("SELECT username FROM archived_user WHERE legacy_id = '1'") == "primera");
}

BOOST_AUTO_TEST_CASE(an_id_that_comes_back_in_a_later_batch_is_told_too) {
    std::string file = "id,username\n";
    for (int i = 0; i < 30'000; ++i) {
        file += std::to_string(i % 25'000) + ",persona" + std::to_string(i) + "\n";
    }
    check_counts(import_text("personas", file), 25'000, 0, 5'000);
    check_counts(import_text("personas", file), 0, 25'000, 5'000);
    BOOST_TEST(rejected.front().line == 25'002);
    BOOST_TEST(text("SELECT count(*)::text FROM archived_record") == "25000");
}

BOOST_AUTO_TEST_CASE(bad_rows_are_told_and_good_ones_stay) {
    const auto result = import_text("usuarios_archivados",
                                    "id,username,email,is_active,last_login\n"
                                    "1,ana,,True,0000-00-00\n"
                                    ",nadie,a@b.mx,t,\n"
                                    "3,\"x,c@d.mx,t,\n"
                                    "4,eva,e@f.mx,quizas,\n"
                                    "5,  ,sin-forma,0,\n");
    check_counts(result, 2, 0, 3);
    BOOST_TEST(result.unread_times == 1);
    BOOST_TEST((rejected[0].problem == RowProblem::NoId));
    BOOST_TEST((rejected[1].problem == RowProblem::BrokenQuotes));
    BOOST_TEST((rejected[2].problem == RowProblem::ActiveUnclear));
    BOOST_TEST(text("SELECT username FROM archived_user WHERE legacy_id = '5'") == "NULL");
    BOOST_TEST(text("SELECT email FROM archived_user WHERE legacy_id = '5'") == "sin-forma");
    BOOST_TEST(text("SELECT is_active::text FROM archived_user WHERE legacy_id = '5'") == "false");
}

BOOST_AUTO_TEST_CASE(a_row_that_the_database_refuses_costs_nobody_else) {
    connection.run_script(
        "forbid",
        "ALTER TABLE archived_user ADD CONSTRAINT no_intruso CHECK (username <> 'intruso')");
    const auto result =
        import_text("usuarios_archivados", "id,username\n1,ana\n2,eva\n3,intruso\n4,luz\n5,mar\n");
    connection.run_script("allow", "ALTER TABLE archived_user DROP CONSTRAINT no_intruso");
    check_counts(result, 4, 0, 1);
    BOOST_TEST((rejected.at(0).problem == RowProblem::RefusedByDatabase));
    BOOST_TEST(rejected.at(0).line == 4);
    BOOST_TEST(rejected.at(0).raw == "3,intruso");
}

BOOST_AUTO_TEST_CASE(a_file_without_a_name_column_changes_nothing) {
    BOOST_CHECK_THROW(import_text("usuarios_archivados", "id,nombre\n1,Ana\n"), UnusableArchive);
    BOOST_CHECK_THROW(import_text("personas", "id,a\n1,b\n", {{ArchiveField::Email, "correo"}}),
                      UnusableArchive);
    BOOST_CHECK_THROW(import_text("personas", "id,a\n"), UnusableArchive);
    BOOST_TEST(text("SELECT count(*)::text FROM archive_import") == "0");
}

BOOST_AUTO_TEST_CASE(two_imports_at_once_are_refused) {
    const db::Statement lock{"lock", "SELECT pg_advisory_lock(7301002)"};
    db::Connection other(test_database());
    other.run(lock);
    BOOST_CHECK_THROW(import_text("personas", "id,a\n1,b\n"), ImportBusy);
}

BOOST_AUTO_TEST_CASE(the_report_adds_up) {
    import_data("usuarios_archivados", "usuarios_archivados.csv");
    import_text(
        "personas",
        "id,username,email,password,is_active\n"
        "1,a,a@b.mx,!unusable,t\n"
        "2,b,,,t\n"
        "3,c,c@d.mx,pbkdf2_sha256$99999999$abc$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=,t\n"
        "4,d,d@e.mx,5f4dcc3b5aa765d61d8327deb882cf99,f\n"
        "5,,,5f4dcc3b5aa765d61d8327deb882cf99,t\n");
    connection.run_script(
        "claim", "UPDATE archived_user SET claimed_at = now() WHERE legacy_id IN ('1', '2')");
    const auto report = archive_report(connection);
    BOOST_TEST(report.total == 605);
    BOOST_TEST(report.claimed == 2);
    BOOST_TEST(report.too_costly == 1);
    BOOST_TEST(report.stranded == 2);
    BOOST_TEST(report.total
               == report.claimed + report.inactive + report.with_password() + report.by_code
                      + report.stranded);
}

BOOST_AUTO_TEST_SUITE_END()
