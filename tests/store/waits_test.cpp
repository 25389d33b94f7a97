// No wait for the database is longer than the documents say.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "store/database.h"

using namespace ventanilla;
using namespace ventanilla::db;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

constexpr Statement nap{"nap", "SELECT pg_sleep(20)"};
constexpr Statement lock_row{"lock_row",
                             "SELECT note FROM connection_test WHERE id = 1 FOR UPDATE"};

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

}  // namespace

BOOST_AUTO_TEST_SUITE(waits)

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
