#include "db/connection.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <poll.h>

#include <libpq-fe.h>

#include "db/database_error.h"

namespace ventanilla::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_bound{2500};
constexpr milliseconds statement_default{5000};
// The client waits a little longer than the server, which then gets to say why it gave up.
constexpr milliseconds statement_grace{500};
// After a failed attempt others are refused at once for this long, so that requests do not queue up
// behind attempts.
constexpr milliseconds knock_pause{500};

// Sent as start-up options; a role behind a pooler gets the same through ALTER ROLE.
// Planning a page's statements costs more than running them, and no value changes which index is
// right. A generic plan's estimates are high enough to have a statement of milliseconds compiled
// for seconds.
constexpr const char* session_options =
    "-c plan_cache_mode=force_generic_plan -c jit=off -c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000 "
    "-c client_min_messages=warning";

int remaining_ms(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
}

// A server that goes down says so to an idle connection as a notice; the end of the socket may come
// a little later.
void note_farewell(void* said_farewell, const PGresult* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::string_view(severity) == "FATAL") {
        *static_cast<bool*>(said_farewell) = true;
    }
}

}  // namespace

Connection::Connection(Options options)
    : options_(std::move(options)), statement_bound_(statement_default) {}

Connection::~Connection() {
    close();
}

void Connection::close() {
    if (connection_ != nullptr) {
        PQfinish(connection_);
        connection_ = nullptr;
    }
    prepared_.clear();
    statement_bound_ = statement_default;
}

void Connection::ensure_open() {
    if (connection_ == nullptr) {
        connect();
        return;
    }
    if (has_ended()) {
        close();
        connect();
    }
}

// An idle connection has nothing to say but notifications: a readable socket mostly means that the
// server said goodbye, first in a message and then by closing.
bool Connection::has_ended() {
    pollfd readable{PQsocket(connection_), POLLIN, 0};
    while (poll(&readable, 1, 0) > 0) {
        const bool consumed = PQconsumeInput(connection_) != 0;
        const bool is_busy = PQisBusy(connection_) != 0;  // reads what has come, notices too
        if (!consumed || said_farewell_ || PQstatus(connection_) != CONNECTION_OK) {
            return true;
        }
        // Nothing was asked, so a result that is there can only be the server's last word.
        if (!is_busy) {
            if (pg_result* result = PQgetResult(connection_)) {
                PQclear(result);
                return true;
            }
        }
    }
    return false;
}

void Connection::connect() {
    if (steady_clock::now() < refuse_until_) {
        throw DatabaseError("still away", "connect", "");
    }
    deadline_ = steady_clock::now() + connect_bound;
    // libpq asks for the session's time zone by this name; unlike an option it also passes a
    // pooler.
    setenv("PGTZ", "UTC", 1);
    const std::array<const char*, 7> names = {"dbname",
                                              "application_name",
                                              "client_encoding",
                                              "connect_timeout",
                                              "fallback_application_name",
                                              options_.pooler ? nullptr : "options",
                                              nullptr};
    const std::array<const char*, 7> values = {options_.url.c_str(),
                                               options_.application_name.c_str(),
                                               "UTF8",
                                               "2",
                                               "ventanilla",
                                               session_options,
                                               nullptr};
    connection_ = PQconnectStartParams(names.data(), values.data(), 1);
    try {
        if (connection_ == nullptr || PQstatus(connection_) == CONNECTION_BAD) {
            lost("connect", PQerrorMessage(connection_));
        }
        said_farewell_ = false;
        PQsetNoticeReceiver(connection_, &note_farewell, &said_farewell_);
        for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK;) {
            wait_for(step == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, "connect");
            step = PQconnectPoll(connection_);
            if (step == PGRES_POLLING_FAILED) {
                lost("connect", PQerrorMessage(connection_));
            }
        }
        if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) {
            lost("connect", "no pipeline mode");
        }
    } catch (const DatabaseError&) {
        refuse_until_ = steady_clock::now() + knock_pause;
        throw;
    }
}

std::vector<Rows> Connection::run_all(const std::vector<Call>& calls) {
    ensure_open();
    if (!ahead_) {
        return execute(calls);
    }
    std::vector<Call> together = {std::move(*ahead_)};
    ahead_.reset();
    together.insert(together.end(), calls.begin(), calls.end());
    auto rows = execute(together);
    ahead_rows_ = std::move(rows.front());
    rows.erase(rows.begin());
    return rows;
}

void Connection::send_ahead(Call call) {
    ahead_ = std::move(call);
    ahead_rows_.reset();
}

Rows Connection::take_ahead() {
    if (ahead_) {
        run_all({});
    }
    if (!ahead_rows_) {
        throw DatabaseError("its rows were lost with another statement", "ahead", "");
    }
    Rows rows = std::move(*ahead_rows_);
    ahead_rows_.reset();
    return rows;
}

std::vector<Rows> Connection::execute(const std::vector<Call>& calls) {
    deadline_ = steady_clock::now() + statement_bound_ + statement_grace;
    std::vector<bool> prepared_here;
    for (const auto& call : calls) {
        prepare_and_send(call, prepared_here);
    }
    if (PQpipelineSync(connection_) != 1) {
        lost(calls.front().statement->name, PQerrorMessage(connection_));
    }
    flush(calls.front().statement->name);
    return collect(calls, prepared_here);
}

void Connection::prepare_and_send(const Call& call, std::vector<bool>& prepared_here) {
    const Statement& statement = *call.statement;
    const bool prepare = !options_.pooler && !prepared_.contains(statement.name);
    prepared_here.push_back(prepare);
    if (prepare) {
        if (PQsendPrepare(connection_, statement.name, statement.sql, 0, nullptr) != 1) {
            lost(statement.name, PQerrorMessage(connection_));
        }
        prepared_.insert(statement.name);
    }
    std::vector<const char*> values;
    values.reserve(call.params.texts().size());
    for (const auto& text : call.params.texts()) {
        values.push_back(text ? text->c_str() : nullptr);
    }
    const int count = static_cast<int>(values.size());
    const int sent =
        options_.pooler ? PQsendQueryParams(
            connection_, statement.sql, count, nullptr, values.data(), nullptr, nullptr, 0)
                        : PQsendQueryPrepared(
                            connection_, statement.name, count, values.data(), nullptr, nullptr, 0);
    if (sent != 1) {
        lost(statement.name, PQerrorMessage(connection_));
    }
}

std::vector<Rows> Connection::collect(const std::vector<Call>& calls,
                                      const std::vector<bool>& prepared_here) {
    std::vector<Rows> all;
    std::unique_ptr<pg_result, decltype(&PQclear)> failure(nullptr, &PQclear);
    const char* failed = nullptr;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const char* name = calls[i].statement->name;
        const int expected = prepared_here[i] ? 2 : 1;
        for (int part = 0; part < expected; ++part) {
            pg_result* result = next_result(name);
            while (pg_result* more = next_result(name)) {
                PQclear(more);
            }
            const ExecStatusType status = PQresultStatus(result);
            const bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
            const bool is_preparation = expected == 2 && part == 0;
            if (is_preparation && !fine) {
                prepared_.erase(name);
            }
            if (fine && !is_preparation) {
                all.emplace_back(result);
                continue;
            }
            if (!fine && status != PGRES_PIPELINE_ABORTED && failed == nullptr) {
                failed = name;
                failure.reset(result);
                continue;
            }
            PQclear(result);
        }
    }
    PQclear(next_result("sync"));
    if (failed != nullptr) {
        fail(failed, failure.release());
    }
    return all;
}

pg_result* Connection::next_result(const char* statement) {
    while (PQisBusy(connection_) != 0) {
        wait_for(POLLIN, statement);
        if (PQconsumeInput(connection_) == 0) {
            lost(statement, PQerrorMessage(connection_));
        }
    }
    return PQgetResult(connection_);
}

void Connection::flush(const char* statement) {
    for (;;) {
        const int state = PQflush(connection_);
        if (state == 0) {
            return;
        }
        if (state < 0) {
            lost(statement, PQerrorMessage(connection_));
        }
        wait_for(POLLOUT, statement);
    }
}

void Connection::wait_for(short events, const char* statement) {
    pollfd waiting{PQsocket(connection_), events, 0};
    for (;;) {
        const int ready = poll(&waiting, 1, remaining_ms(deadline_));
        if (ready > 0) {
            return;
        }
        if (ready == 0) {
            lost(statement, "no answer in time");
        }
    }
}

}  // namespace ventanilla::db
