// What only the command line and the worker need: scripts, COPY, long statements, notifications.
#include <memory>
#include <poll.h>

#include <libpq-fe.h>

#include "db/connection.h"

namespace ventanilla::db {
namespace {

// Scripts and imports take as long as they take.
constexpr std::chrono::hours no_bound{24};

}  // namespace

void Connection::run_script(const char* name, const std::string& sql) {
    ensure_open();
    deadline_ = std::chrono::steady_clock::now() + no_bound;
    PQexitPipelineMode(connection_);
    if (PQsendQuery(connection_, sql.c_str()) != 1) {
        lost(name, PQerrorMessage(connection_));
    }
    flush(name);
    std::unique_ptr<pg_result, decltype(&PQclear)> failure(nullptr, &PQclear);
    while (pg_result* result = next_result(name)) {
        const ExecStatusType status = PQresultStatus(result);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY
            && failure == nullptr) {
            failure.reset(result);
        } else {
            PQclear(result);
        }
    }
    PQenterPipelineMode(connection_);
    if (failure != nullptr) {
        fail(name, failure.release());
    }
}

std::int64_t Connection::copy_in(const Statement& statement, std::string_view data) {
    ensure_open();
    deadline_ = std::chrono::steady_clock::now() + no_bound;
    PQexitPipelineMode(connection_);
    if (PQsendQuery(connection_, statement.sql) != 1) {
        lost(statement.name, PQerrorMessage(connection_));
    }
    flush(statement.name);
    pg_result* start = next_result(statement.name);
    const ExecStatusType started = PQresultStatus(start);
    if (started != PGRES_COPY_IN) {
        fail(statement.name, start);
    }
    PQclear(start);
    constexpr std::size_t chunk = 1U << 20U;
    for (std::size_t at = 0; at < data.size(); at += chunk) {
        const auto part = data.substr(at, chunk);
        while (PQputCopyData(connection_, part.data(), static_cast<int>(part.size())) == 0) {
            wait_for(POLLOUT, statement.name);
        }
    }
    while (PQputCopyEnd(connection_, nullptr) == 0) {
        wait_for(POLLOUT, statement.name);
    }
    flush(statement.name);
    pg_result* outcome = next_result(statement.name);
    while (pg_result* more = next_result(statement.name)) {
        PQclear(more);
    }
    PQenterPipelineMode(connection_);
    if (PQresultStatus(outcome) != PGRES_COMMAND_OK) {
        fail(statement.name, outcome);
    }
    return Rows(outcome).affected();
}

void Connection::set_statement_timeout(std::chrono::milliseconds bound) {
    static const Statement set_timeout{"set_statement_timeout",
                                       "SELECT set_config('statement_timeout', $1, false)"};
    run(set_timeout, std::to_string(bound.count()));
    statement_bound_ = bound.count() == 0 ? no_bound : bound;
}

bool Connection::take_notifications() {
    if (PQconsumeInput(connection_) == 0) {
        lost("notifications", PQerrorMessage(connection_));
    }
    bool any = false;
    while (PGnotify* notification = PQnotifies(connection_)) {
        PQfreemem(notification);
        any = true;
    }
    return any;
}

int Connection::socket() const {
    return PQsocket(connection_);
}

}  // namespace ventanilla::db
