// The connection against a real PostgreSQL (TEST_DATABASE_URL), and every named statement of the
// sources against the migrated schema.
#include "db/connection.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/errors.h"
#include "db/database_error.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::db;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr Statement count_rows{"count_rows", "SELECT count(*) FROM connection_test"};
constexpr Statement insert_row{"insert_row",
                               "INSERT INTO connection_test (id, note) VALUES ($1, $2)"};
constexpr Statement own_pid{"own_pid", "SELECT pg_backend_pid()"};
constexpr Statement transaction_id{"transaction_id", "SELECT txid_current()"};
constexpr Statement one{"one", "SELECT 1::bigint"};
constexpr Statement no_such_table{"no_such_table", "SELECT x FROM nowhere"};
constexpr Statement kill{"kill", "SELECT pg_terminate_backend($1::int)"};
constexpr Statement is_alive{"is_alive",
                             "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1::int)"};
constexpr Statement nap{"nap", "SELECT pg_sleep(20)"};
constexpr Statement lock_row{"lock_row",
                             "SELECT note FROM connection_test WHERE id = 1 FOR UPDATE"};

Connection::Options options(bool pooler = false) {
    const char* url = std::getenv("TEST_DATABASE_URL");
    BOOST_REQUIRE_MESSAGE(url != nullptr, "TEST_DATABASE_URL is not set");
    return {url, pooler, "ventanilla-connection-test"};
}

struct Database {
    Database() {
        other.run_script("make_table",
                         "DROP TABLE IF EXISTS connection_test; "
                         "CREATE TABLE connection_test (id int PRIMARY KEY, note text)");
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() {
        try {
            connection.close();
            other.run_script("drop_table", "DROP TABLE IF EXISTS connection_test");
        } catch (const Failure&) {
            BOOST_TEST_MESSAGE("connection_test stays");
        }
    }

    std::int64_t rows() { return std::get<0>(other.run(count_rows).at<std::int64_t>(0)); }
    std::int64_t pid() { return std::get<0>(connection.run(own_pid).at<std::int64_t>(0)); }
    // Ends the server's side and waits until it is gone.
    void end_server_side(std::int64_t pid) {
        other.run(kill, pid);
        while (std::get<0>(other.run(is_alive, pid).at<bool>(0))) {
        }
    }

    Connection connection{options()};
    Connection other{options()};
};

template <class Work>
DatabaseError error_of(const Work& work) {
    try {
        work();
    } catch (const DatabaseError& error) {
        return error;
    }
    BOOST_FAIL("no DatabaseError");
    return {"", "", ""};
}

std::int64_t milliseconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now()
                                                                 - start)
        .count();
}

// A listening socket where PostgreSQL would be, at which nobody ever answers.
class SilentServer {
  public:
    SilentServer() {
        std::string pattern = "/tmp/ventanilla-silent-XXXXXX";
        folder = mkdtemp(pattern.data());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        (folder + "/.s.PGSQL.5432").copy(address.sun_path, sizeof(address.sun_path) - 1);
        descriptor_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
        BOOST_REQUIRE(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address))
                      == 0);
        BOOST_REQUIRE(listen(descriptor_, 5) == 0);
    }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    ~SilentServer() {
        ::close(descriptor_);
        std::filesystem::remove_all(folder);
    }
    std::string folder;

  private:
    int descriptor_ = -1;
};

struct NamedStatement {
    std::string file;
    std::string name;
    std::string sql;
};

std::vector<NamedStatement> named_statements() {
    const std::string pattern =
        R"re(Statement\s+\w+\{\s*"(\w+)",\s*(?:R"sql\(([\s\S]*?)\)sql"|((?:"(?:[^"\\]|\\.)*"\s*)+))\s*\})re";
    std::vector<NamedStatement> all;
    for (const auto& file : test::sources({"common", "tools"}, {".cpp", ".h"})) {
        const auto names = test::matches(file.text, pattern, 1);
        const auto raw = test::matches(file.text, pattern, 2);
        const auto quoted = test::matches(file.text, pattern, 3);
        for (std::size_t i = 0; i < names.size(); ++i) {
            std::string sql = raw[i];
            for (const auto& piece : test::matches(quoted[i], R"re("((?:[^"\\]|\\.)*)")re")) {
                sql += piece;
            }
            all.push_back({file.path, names[i], sql});
        }
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connection)

BOOST_AUTO_TEST_CASE(several_statements_are_one_transaction_and_answer_in_order) {
    Database database;
    const auto rows = database.connection.run_all({{&transaction_id, Params()},
                                                   {&insert_row, Params(1, "x")},
                                                   {&count_rows, Params()},
                                                   {&transaction_id, Params()}});
    BOOST_REQUIRE(rows.size() == 4U);
    BOOST_TEST((rows[0].at<std::int64_t>(0) == rows[3].at<std::int64_t>(0)));
    BOOST_TEST(rows[1].affected() == 1);
    BOOST_TEST(rows[1].empty());
    BOOST_TEST(std::get<0>(rows[2].at<std::int64_t>(0)) == 1);
}

BOOST_AUTO_TEST_CASE(one_bad_statement_undoes_its_whole_batch_and_is_named) {
    Database database;
    const auto error = error_of([&] {
        database.connection.run_all(
            {{&insert_row, Params(1, "x")}, {&no_such_table, Params()}, {&count_rows, Params()}});
    });
    BOOST_TEST(error.statement() == "no_such_table");
    BOOST_TEST(error.sqlstate() == "42P01");
    BOOST_TEST(!error.is_temporary());
    BOOST_TEST(std::string(error.what()).find("nowhere") != std::string::npos);
    BOOST_TEST(database.rows() == 0);
    // The statements behind the bad one were never prepared: they must still work.
    BOOST_TEST(std::get<0>(database.connection.run(count_rows).at<std::int64_t>(0)) == 0);
    BOOST_TEST(database.connection.run(insert_row, 1, "x").affected() == 1);
}

BOOST_AUTO_TEST_CASE(a_transaction_rolls_back_unless_committed) {
    Database database;
    {
        Transaction transaction(database.connection);
        transaction.run(insert_row, 1, "dropped");
        BOOST_TEST(std::get<0>(transaction.run(count_rows).at<std::int64_t>(0)) == 1);
    }
    BOOST_TEST(database.rows() == 0);
    {
        Transaction transaction(database.connection);
        transaction.run(insert_row, 1, "kept");
        BOOST_TEST(database.rows() == 0);
        transaction.commit();
    }
    BOOST_TEST(database.rows() == 1);
}

BOOST_AUTO_TEST_CASE(an_exception_rolls_back_and_the_connection_goes_on) {
    Database database;
    try {
        Transaction transaction(database.connection);
        transaction.run(insert_row, 1, "x");
        transaction.run(no_such_table);
        BOOST_FAIL("the bad statement passed");
    } catch (const DatabaseError& error) {
        BOOST_TEST(error.statement() == "no_such_table");
    }
    BOOST_TEST(database.rows() == 0);
    BOOST_TEST(database.connection.run(insert_row, 2, "y").affected() == 1);
}

BOOST_AUTO_TEST_CASE(a_transaction_without_statements_costs_and_does_nothing) {
    Database database;
    {
        Transaction nothing(database.connection);
        Transaction committed(database.connection);
        committed.commit();
    }
    BOOST_TEST(!database.connection.is_open());
}

BOOST_AUTO_TEST_CASE(a_commit_that_the_server_turned_into_a_rollback_is_an_error) {
    Database database;
    Transaction transaction(database.connection);
    transaction.run(insert_row, 1, "x");
    BOOST_CHECK_THROW(transaction.run(no_such_table), DatabaseError);
    BOOST_CHECK_THROW(transaction.commit(), DatabaseError);
    BOOST_TEST(database.rows() == 0);
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_server_ended_is_opened_anew_by_the_next_use) {
    Database database;
    for (int round = 0; round < 3; ++round) {
        const std::int64_t before = database.pid();
        database.end_server_side(before);
        const std::int64_t after = database.pid();
        BOOST_TEST(after != before);
        BOOST_TEST(database.connection.run(insert_row, round, "x").affected() == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_connection_lost_inside_a_transaction_is_not_opened_anew) {
    Database database;
    {
        Transaction transaction(database.connection);
        transaction.run(insert_row, 1, "lost");
        database.end_server_side(std::get<0>(transaction.run(own_pid).at<std::int64_t>(0)));
        BOOST_TEST(error_of([&] { transaction.run(insert_row, 2, "lost"); }).is_temporary());
        BOOST_TEST(error_of([&] { transaction.run(insert_row, 3, "lost"); }).is_temporary());
        BOOST_TEST(!database.connection.is_open());
    }
    BOOST_TEST(database.rows() == 0);
    BOOST_TEST(database.connection.run(insert_row, 4, "after").affected() == 1);
}

BOOST_AUTO_TEST_CASE(a_connection_lost_at_commit_leaves_the_outcome_unknown) {
    Database database;
    Transaction transaction(database.connection);
    transaction.run(insert_row, 1, "x");
    database.end_server_side(std::get<0>(transaction.run(own_pid).at<std::int64_t>(0)));
    BOOST_CHECK_THROW(transaction.commit(), CommitUnknown);
}

BOOST_AUTO_TEST_CASE(every_wait_has_the_bound_of_the_documents) {
    Database database;
    const auto shown = [&](const Statement& statement) {
        return std::get<0>(database.connection.run(statement).at<std::string>(0));
    };
    constexpr Statement statement_bound{"show_statement",
                                        "SELECT current_setting('statement_timeout')"};
    constexpr Statement lock_bound{"show_lock", "SELECT current_setting('lock_timeout')"};
    constexpr Statement idle_bound{"show_idle",
                                   "SELECT current_setting('idle_in_transaction_session_timeout')"};
    constexpr Statement zone{"show_zone", "SELECT current_setting('TimeZone')"};
    BOOST_TEST(shown(statement_bound) == "5s");
    BOOST_TEST(shown(lock_bound) == "2s");
    BOOST_TEST(shown(idle_bound) == "10s");
    BOOST_TEST(shown(zone) == "UTC");
}

BOOST_AUTO_TEST_CASE(
    a_statement_that_takes_too_long_is_a_temporary_error_and_the_connection_goes_on) {
    Database database;
    database.connection.set_statement_timeout(100ms);
    const auto took = milliseconds_of([&] {
        const auto error = error_of([&] { database.connection.run(nap); });
        BOOST_TEST(error.sqlstate() == "57014");
        BOOST_TEST(error.is_temporary());
        BOOST_TEST(!error.is_constraint_violation());
    });
    BOOST_TEST(took >= 90);
    BOOST_TEST(took < 2000);
    BOOST_TEST(std::get<0>(database.connection.run(one).at<std::int64_t>(0)) == 1);
}

BOOST_AUTO_TEST_CASE(a_row_that_somebody_else_holds_is_a_temporary_error) {
    Database database;
    database.other.run(insert_row, 1, "held");
    Transaction holder(database.other);
    holder.run(lock_row);
    database.connection.run_script("short_lock", "SET lock_timeout = '50ms'");
    const auto error = error_of([&] { database.connection.run(lock_row); });
    BOOST_TEST(error.sqlstate() == "55P03");
    BOOST_TEST(error.is_temporary());
}

BOOST_AUTO_TEST_CASE(a_refused_row_is_a_constraint_violation_and_not_temporary) {
    Database database;
    database.connection.run(insert_row, 1, "x");
    const auto error = error_of([&] { database.connection.run(insert_row, 1, "y"); });
    BOOST_TEST(error.is_constraint_violation());
    BOOST_TEST(!error.is_temporary());
    BOOST_TEST(error.sqlstate() == "23505");
    BOOST_TEST(error.statement() == "insert_row");
}

BOOST_AUTO_TEST_CASE(null_fits_only_what_may_be_absent) {
    Database database;
    constexpr Statement nothing{"nothing", "SELECT NULL::text, NULL::bigint"};
    const Rows rows = database.connection.run(nothing);
    const auto [text, number] = rows.at<std::optional<std::string>, std::optional<std::int64_t>>(0);
    BOOST_TEST(!text.has_value());
    BOOST_TEST(!number.has_value());
    BOOST_CHECK_THROW((void)rows.at<std::string>(0), Failure);
    BOOST_CHECK_THROW((void)(rows.at<std::optional<std::string>, std::int64_t>(0)), Failure);
}

BOOST_AUTO_TEST_CASE(a_column_of_another_type_is_a_failure) {
    Database database;
    constexpr Statement words{"words", "SELECT 'abc', '1.5', '2026-11-21'"};
    const Rows rows = database.connection.run(words);
    BOOST_CHECK_THROW((void)rows.at<std::int64_t>(0), Failure);
    BOOST_CHECK_THROW((void)(rows.at<std::string, std::int64_t>(0)), Failure);
    BOOST_CHECK_THROW((void)(rows.at<std::string, std::string, Timestamp>(0)), Failure);
    BOOST_CHECK_THROW((void)rows.at<Bytes>(0), Failure);
}

BOOST_AUTO_TEST_CASE(values_travel_unchanged_in_both_directions) {
    Database database;
    constexpr Statement echo{
        "echo", "SELECT $1::text, $2::bigint, $3::boolean, $4::timestamptz, $5::bytea, $6::text"};
    std::string all_bytes;
    for (int byte = 0; byte < 256; ++byte) {
        all_bytes += static_cast<char>(byte);
    }
    for (const char* when :
         {"2026-11-21 12:00:00.123456+00", "1969-12-31 23:59:59.5+00", "1815-06-18 10:00:00+00"}) {
        const Timestamp moment = parse_iso(when);
        const Rows rows = database.connection.run(echo,
                                                  "o'hara \\ \"ñ\" $1; --",
                                                  std::int64_t{-9'000'000'000},
                                                  true,
                                                  moment,
                                                  Bytes{all_bytes},
                                                  std::nullopt);
        const auto [text, number, flag, time, bytes, nothing] =
            rows.at<std::string, std::int64_t, bool, Timestamp, Bytes, std::optional<std::string>>(
                0);
        BOOST_TEST(text == "o'hara \\ \"ñ\" $1; --");
        BOOST_TEST(number == -9'000'000'000);
        BOOST_TEST(flag);
        BOOST_TEST((time == moment), when);
        BOOST_TEST((bytes.value == all_bytes));
        BOOST_TEST(!nothing.has_value());
    }
}

BOOST_AUTO_TEST_CASE(the_first_row_may_be_missing) {
    Database database;
    constexpr Statement none{"none", "SELECT 1 WHERE false"};
    BOOST_TEST(!database.connection.run(none).first<std::int64_t>().has_value());
    BOOST_TEST(database.connection.run(one).first<std::int64_t>().has_value());
}

BOOST_AUTO_TEST_CASE(a_script_that_fails_is_named_and_the_connection_goes_on) {
    Database database;
    database.connection.run_script("two_rows",
                                   "INSERT INTO connection_test VALUES (1, 'a'); "
                                   "INSERT INTO connection_test VALUES (2, 'b')");
    BOOST_TEST(database.rows() == 2);
    const auto error = error_of([&] {
        database.connection.run_script(
            "half_bad", "INSERT INTO connection_test VALUES (3, 'c'); SELECT x FROM nowhere");
    });
    BOOST_TEST(error.statement() == "half_bad");
    BOOST_TEST(database.rows() == 2);
    BOOST_TEST(std::get<0>(database.connection.run(one).at<std::int64_t>(0)) == 1);
}

BOOST_AUTO_TEST_CASE(rows_are_copied_in_and_a_bad_line_stops_all_of_them) {
    Database database;
    constexpr Statement copy{"copy_rows", "COPY connection_test FROM STDIN"};
    BOOST_TEST(database.connection.copy_in(copy, "1\ta\n2\tb\n3\t\\N\n") == 3);
    BOOST_TEST(database.rows() == 3);
    BOOST_TEST(error_of([&] { database.connection.copy_in(copy, "4\td\nx\ty\n"); }).statement()
               == "copy_rows");
    BOOST_TEST(database.rows() == 3);
    BOOST_TEST(std::get<0>(database.connection.run(one).at<std::int64_t>(0)) == 1);
}

BOOST_AUTO_TEST_CASE(behind_a_pooler_nothing_is_left_in_the_session) {
    Database database;
    constexpr Statement prepared{"count_prepared", "SELECT count(*) FROM pg_prepared_statements"};
    Connection pooled(options(true));
    pooled.run(one);
    pooled.run(insert_row, 1, "x");
    BOOST_TEST(std::get<0>(pooled.run(prepared).at<std::int64_t>(0)) == 0);
    database.connection.run(one);
    BOOST_TEST(std::get<0>(database.connection.run(prepared).at<std::int64_t>(0)) > 0);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_away_is_a_temporary_error_at_once) {
    Connection nobody({"postgresql:///x?host=/nonexistent-folder", false, "test"});
    const auto took =
        milliseconds_of([&] { BOOST_TEST(error_of([&] { nobody.run(one); }).is_temporary()); });
    BOOST_TEST(took < 1000);
    BOOST_TEST(!nobody.is_open());
}

BOOST_AUTO_TEST_CASE(a_server_that_never_answers_is_given_up_within_three_seconds) {
    const SilentServer silent;
    Connection nobody({"postgresql:///x?host=" + silent.folder, false, "test"});
    const auto took =
        milliseconds_of([&] { BOOST_TEST(error_of([&] { nobody.run(one); }).is_temporary()); });
    BOOST_TEST(took >= 1900);
    BOOST_TEST(took < 3000);
    // The next one does not wait again.
    BOOST_TEST(
        milliseconds_of([&] { BOOST_TEST(error_of([&] { nobody.run(one); }).is_temporary()); })
        < 300);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(statements)

BOOST_AUTO_TEST_CASE(every_name_is_used_once) {
    // The server knows prepared statements by name, and one connection runs statements of all
    // folders.
    std::map<std::string, std::string> seen;
    for (const auto& statement : named_statements()) {
        const auto [before, is_new] = seen.emplace(statement.name, statement.file);
        BOOST_TEST(
            is_new,
            statement.name << " stands in " << before->second << " and in " << statement.file);
    }
    BOOST_TEST(seen.size() > 60U);
}

BOOST_AUTO_TEST_CASE(every_statement_was_found_in_the_sources) {
    std::size_t count = 0;
    for (const auto& file : test::sources({"common", "tools"}, {".cpp", ".h"})) {
        count += test::matches(file.text, R"re((\bStatement\s+\w+\{\s*"))re").size();
    }
    BOOST_TEST(named_statements().size() == count);
}

BOOST_AUTO_TEST_CASE(every_statement_fits_the_schema) {
    const std::string never_prepared = R"(^\s*(BEGIN|COMMIT|ROLLBACK|LISTEN|COPY|SET|LOCK)\b)";
    Connection connection(options());
    connection.run_script("begin_check", "BEGIN");
    for (const auto& statement : named_statements()) {
        if (!test::matches(statement.sql, never_prepared).empty()) {
            continue;
        }
        connection.run_script("savepoint", "SAVEPOINT before");
        try {
            connection.run_script("prepare", "PREPARE checked AS " + statement.sql);
            connection.run_script("deallocate", "DEALLOCATE checked; RELEASE before");
        } catch (const DatabaseError& error) {
            // Rows that an import makes on its way stand in a temporary table.
            const bool is_temporary_table =
                error.sqlstate() == "42P01"
                && statement.file.find("archive_import") != std::string::npos;
            BOOST_TEST(is_temporary_table,
                       statement.file << ", " << statement.name << ": " << error.what());
            connection.run_script("back", "ROLLBACK TO before");
        }
    }
    connection.run_script("end_check", "ROLLBACK");
}

BOOST_AUTO_TEST_SUITE_END()
