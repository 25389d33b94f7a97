#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "db/migrations.h"

namespace db = ventanilla::db;
using ventanilla::Failure;
using ventanilla::Misconfigured;

namespace {

namespace fs = std::filesystem;

std::string test_database_url() {
    const char* url = std::getenv("TEST_DATABASE_URL");
    return url == nullptr ? "" : url;
}

std::string with_database(const std::string& url, const std::string& database) {
    if (!url.starts_with("postgres")) {
        return url + " dbname=" + database;
    }
    const std::size_t end = std::min(url.find('?'), url.size());
    const std::size_t slash = url.rfind('/', end);
    return url.substr(0, slash + 1) + database + url.substr(end);
}

// A database without any table and a folder of migrations, both gone with the test.
struct EmptyDatabase {
    EmptyDatabase() : server({test_database_url(), false, "migrations_test"}) {
        fs::create_directories(folder);
        server.set_statement_timeout(std::chrono::milliseconds(0));
        server.run_script("create", "CREATE DATABASE " + name);
        write("0001_first.sql", "CREATE TABLE first (id bigint); -- the end");
        write("0002_second.sql",
              "CREATE TABLE second (id bigint);\nINSERT INTO second VALUES (1);\n");
    }
    EmptyDatabase(const EmptyDatabase&) = delete;
    EmptyDatabase& operator=(const EmptyDatabase&) = delete;
    ~EmptyDatabase() {
        fs::remove_all(folder);
        server.run_script("drop", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    [[nodiscard]] db::Connection::Options options() const {
        return {with_database(test_database_url(), name), false, "migrations_test"};
    }
    void write(const std::string& file, const std::string& sql) const {
        std::ofstream(folder / file, std::ios::binary) << sql;
    }
    [[nodiscard]] std::vector<std::string> migrate() const {
        db::Connection connection(options());
        return db::migrate(connection, folder.string());
    }
    [[nodiscard]] std::vector<std::string> pending() const {
        db::Connection connection(options());
        return db::pending_migrations(connection, folder.string());
    }
    [[nodiscard]] std::int64_t number(const char* sql) const {
        db::Connection connection(options());
        const db::Statement query{sql, sql};
        return std::get<0>(connection.run(query).at<std::int64_t>(0));
    }

    std::string name = "migrations_test_" + std::to_string(getpid());
    fs::path folder = fs::temp_directory_path() / name;
    db::Connection server;
};

using Names = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migrations, EmptyDatabase)

BOOST_AUTO_TEST_CASE(migrating_twice_is_harmless) {
    const Names both = {"0001_first", "0002_second"};
    BOOST_TEST(pending() == both, boost::test_tools::per_element());
    BOOST_TEST(migrate() == both, boost::test_tools::per_element());
    BOOST_TEST(migrate().empty());
    BOOST_TEST(pending().empty());
    BOOST_TEST(number("SELECT count(*) FROM second") == 1);
    BOOST_TEST(number("SELECT count(*) FROM schema_migration WHERE length(checksum) = 64") == 2);
}

BOOST_AUTO_TEST_CASE(migrating_twice_at_once_applies_everything_once) {
    write("0003_slow.sql", "SELECT pg_sleep(0.2); INSERT INTO second VALUES (2);");
    std::vector<std::future<Names>> runs(4);
    for (auto& run : runs) {
        run = std::async(std::launch::async, [this] { return migrate(); });
    }
    std::size_t applied = 0;
    for (auto& run : runs) {
        applied += run.get().size();
    }
    BOOST_TEST(applied == 3U);
    BOOST_TEST(number("SELECT count(*) FROM second") == 2);
}

BOOST_AUTO_TEST_CASE(a_changed_or_missing_migration_is_refused_before_anything_is_applied) {
    BOOST_TEST(migrate().size() == 2U);
    write("0003_third.sql", "CREATE TABLE third (id bigint)");
    write("0001_first.sql", "CREATE TABLE first (id integer)");
    BOOST_CHECK_THROW(static_cast<void>(migrate()), db::MigrationRefused);
    BOOST_CHECK_THROW(static_cast<void>(pending()), db::MigrationRefused);
    fs::remove(folder / "0003_third.sql");
    fs::remove(folder / "0002_second.sql");
    BOOST_CHECK_THROW(static_cast<void>(migrate()), db::MigrationRefused);
    BOOST_TEST(number("SELECT count(*) FROM pg_class WHERE relname = 'third'") == 0);
}

BOOST_AUTO_TEST_CASE(gaps_repeats_and_strange_names_are_refused) {
    for (const char* file : {"0004_gap.sql", "0002_again.sql", "third.sql", "0003_Tercera.sql"}) {
        write(file, "SELECT 1");
        BOOST_CHECK_THROW(static_cast<void>(migrate()), db::MigrationRefused);
        fs::remove(folder / file);
    }
    write("README.md", "not a migration");
    BOOST_TEST(migrate().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_leaves_nothing_behind_and_keeps_the_earlier_ones) {
    write("0003_third.sql", "CREATE TABLE third (id bigint); SELECT 1 / 0;");
    BOOST_CHECK_THROW(static_cast<void>(migrate()), Failure);
    BOOST_TEST(number("SELECT count(*) FROM pg_class WHERE relname = 'third'") == 0);
    BOOST_TEST(number("SELECT max(version) FROM schema_migration") == 2);
    write("0003_third.sql", "CREATE TABLE third (id bigint);");
    BOOST_TEST(migrate().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_empty_folder_is_a_wrong_setting) {
    fs::remove_all(folder);
    BOOST_CHECK_THROW(static_cast<void>(migrate()), Misconfigured);
}

BOOST_AUTO_TEST_SUITE_END()
