// How long the staff's list of clients takes, beside its floor: a bare libpq program that asks for
// the same fifty rows (and, as a second floor, for their count too). In turn, so that the machine's
// moods fall on all. tests/bench/client_list.sh makes the database.
//
//   client_list DATABASE_URL
#include "clients/client_list.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace {

using namespace ventanilla;

constexpr int rounds = 31;

constexpr const char* bare_page =
    "SELECT client.id, full_name, client.email, phone, username, is_active, last_login_at "
    "FROM client LEFT JOIN account ON account.id = account_id WHERE is_deleted = false "
    "ORDER BY sort_name, client.id LIMIT 50";
constexpr const char* bare_count = "SELECT count(*) FROM client WHERE is_deleted = false";

PGconn* connected(const char* url) {
    PGconn* connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK) {
        std::fprintf(stderr, "client_list: %s", PQerrorMessage(connection));
        std::exit(1);
    }
    PQclear(PQprepare(connection, "page", bare_page, 0, nullptr));
    PQclear(PQprepare(connection, "count", bare_count, 0, nullptr));
    return connection;
}

void ask(PGconn* connection, const char* name, int rows) {
    PGresult* result = PQexecPrepared(connection, name, 0, nullptr, nullptr, nullptr, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != rows) {
        std::fprintf(stderr, "client_list: %s: %s", name, PQerrorMessage(connection));
        std::exit(1);
    }
    PQclear(result);
}

double milliseconds(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
        .count();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + rounds / 2, values.end());
    return values[rounds / 2];
}

// Both in turn; the second is the floor.
void compare(const std::string& what,
             const std::function<void()>& ours,
             const std::function<void()>& floor,
             const char* goal) {
    std::vector<double> times;
    std::vector<double> floors;
    ours();
    floor();
    for (int round = 0; round < rounds; ++round) {
        times.push_back(milliseconds(ours));
        floors.push_back(milliseconds(floor));
    }
    const double time = median(times);
    const double least = median(floors);
    std::printf("%-44s ratio %5.2f (%.2f ms against %.2f ms)%s\n",
                what.c_str(),
                time / least,
                time,
                least,
                goal);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: client_list DATABASE_URL\n");
        return 100;
    }
    PGconn* bare = connected(argv[1]);
    db::Connection connection({argv[1], false, "client_list_bench"});
    std::int64_t matches = 0;
    const auto page = [&](const std::string& text, std::int64_t number) {
        matches = client_page(connection, {text}, ClientOrder::Name, number).total;
    };
    const auto first = [&] { page("", 1); };
    compare(
        "first page, beside its rows alone", first, [&] { ask(bare, "page", 50); }, "");
    compare(
        "first page, beside its rows and their count",
        first,
        [&] {
            ask(bare, "page", 50);
            ask(bare, "count", 1);
        },
        "");
    compare(
        "last page, beside the first", [&] { page("", 2000); }, first, "");
    for (const char* text :
         {"999 595 0000", "maria garcia", "hernández", "garcia", "ma", "ejemplo"}) {
        page(text, 1);
        compare(
            "search \"" + std::string(text) + "\" (" + std::to_string(matches)
                + "), beside the first",
            [&] { page(text, 1); },
            first,
            ", goal under 2");
    }
    PQfinish(bare);
}
