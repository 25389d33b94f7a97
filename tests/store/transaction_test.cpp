// Transactions against a real PostgreSQL: what is kept, what is undone, what nobody can know.
#include <boost/test/unit_test.hpp>

#include "store/database.h"

using namespace ventanilla;
using namespace ventanilla::db;
using namespace ventanilla::test;

BOOST_AUTO_TEST_SUITE(transactions)

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

BOOST_AUTO_TEST_SUITE_END()
