// The connection against a real PostgreSQL: batches, scripts, copies, and a server that goes away.
#include <string>

#include <boost/test/unit_test.hpp>

#include "store/database.h"

using namespace ventanilla;
using namespace ventanilla::db;
using namespace ventanilla::test;

namespace {

constexpr Statement transaction_id{"transaction_id", "SELECT txid_current()"};

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

BOOST_AUTO_TEST_CASE(a_refused_row_is_a_constraint_violation_and_not_temporary) {
    Database database;
    database.connection.run(insert_row, 1, "x");
    const auto error = error_of([&] { database.connection.run(insert_row, 1, "y"); });
    BOOST_TEST(error.is_constraint_violation());
    BOOST_TEST(!error.is_temporary());
    BOOST_TEST(error.sqlstate() == "23505");
    BOOST_TEST(error.statement() == "insert_row");
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

BOOST_AUTO_TEST_SUITE_END()
