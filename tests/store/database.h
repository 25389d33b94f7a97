// Two connections to the test database (TEST_DATABASE_URL) and a table of their own.
#pragma once

#include <cstdint>
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"
#include "db/connection.h"
#include "db/database_error.h"

namespace ventanilla::test {

inline constexpr db::Statement count_rows{"count_rows", "SELECT count(*) FROM connection_test"};
inline constexpr db::Statement insert_row{"insert_row",
                                          "INSERT INTO connection_test (id, note) VALUES ($1, $2)"};
inline constexpr db::Statement own_pid{"own_pid", "SELECT pg_backend_pid()"};
inline constexpr db::Statement one{"one", "SELECT 1::bigint"};
inline constexpr db::Statement no_such_table{"no_such_table", "SELECT x FROM nowhere"};
inline constexpr db::Statement kill{"kill", "SELECT pg_terminate_backend($1::int)"};
inline constexpr db::Statement is_alive{
    "is_alive", "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1::int)"};

inline db::Connection::Options options(bool pooler = false) {
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

    db::Connection connection{options()};
    db::Connection other{options()};
};

template <class Work>
db::DatabaseError error_of(const Work& work) {
    try {
        work();
    } catch (const db::DatabaseError& error) {
        return error;
    }
    BOOST_FAIL("no DatabaseError");
    return {"", "", ""};
}

}  // namespace ventanilla::test
