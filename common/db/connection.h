// One connection to PostgreSQL, the only place that speaks libpq. Every wait is bounded: 2.5 s to
// connect, 5 s for a statement, 2 s for a lock. A connection that broke is opened anew by the next
// use, so a database that comes back is simply used again. Belongs to one process and one thread;
// open it after the fork.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "db/value.h"

struct pg_conn;
struct pg_result;

namespace ventanilla::db {

// A statement's name goes to the log and names the prepared statement; the text must be a constant.
struct Statement {
    const char* name;
    const char* sql;
};

// The rows that one statement gave.
class Rows {
  public:
    explicit Rows(pg_result* result);

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const { return size() == 0; }

    // How many rows an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t affected() const;

    // What the server says it did, such as "COMMIT" or "UPDATE 3".
    [[nodiscard]] std::string_view command() const;

    // Row `index` as a tuple, column by column. NULL only fits std::optional; else throws Failure.
    template <class... Columns>
    [[nodiscard]] std::tuple<Columns...> at(std::size_t index) const {
        std::tuple<Columns...> row;
        std::apply(
            [&](Columns&... columns) {
                std::size_t column = 0;
                (parse_cell(cell(index, column++), columns), ...);
            },
            row);
        return row;
    }

    // The first row; absent when there is none.
    template <class... Columns>
    [[nodiscard]] std::optional<std::tuple<Columns...>> first() const {
        return empty() ? std::nullopt : std::optional(at<Columns...>(0));
    }

    [[nodiscard]] std::optional<std::string_view> cell(std::size_t row, std::size_t column) const;

  private:
    std::shared_ptr<pg_result> result_;
};

// A statement with its values.
struct Call {
    const Statement* statement;
    Params params;
};

class Connection {
  public:
    struct Options {
        std::string url;               // libpq connection string or URI
        bool pooler = false;           // setting DATABASE_POOLER
        std::string application_name;  // shown in pg_stat_activity
    };

    explicit Connection(Options options);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // Runs one statement. Throws DatabaseError.
    template <class... Values>
    Rows run(const Statement& statement, const Values&... values) {
        std::vector<Call> calls;
        calls.push_back({&statement, Params(values...)});
        return run_all(calls).front();
    }

    // Runs several statements in ONE round trip (libpq's pipeline) and gives their rows in order.
    // They are one transaction by themselves, unless a Transaction is open. Throws DatabaseError
    // for the first that failed.
    std::vector<Rows> run_all(const std::vector<Call>& calls);

    // A statement that travels with the next one run and shares its round trip: who asks and what
    // is asked for are found together. take_ahead() gives its rows; it asks by itself when nothing
    // was run since. When the next one fails, both do.
    void send_ahead(Call call);
    [[nodiscard]] Rows take_ahead();

    // Several statements without values and results, such as a migration, in the simple protocol.
    // `name` for the log.
    void run_script(const char* name, const std::string& sql);

    // COPY ... FROM STDIN: `statement` starts it, `data` is sent, the count of rows comes back.
    // `data` may hold any whole number of lines.
    std::int64_t copy_in(const Statement& statement, std::string_view data);

    // Opens the connection when there is none, and notices (without a round trip) when the server
    // has closed it.
    void ensure_open();
    [[nodiscard]] bool is_open() const { return connection_ != nullptr; }
    void close();

    // Raises the bound on one statement's time, for long work of the command line and the worker.
    // 0: no bound.
    void set_statement_timeout(std::chrono::milliseconds bound);

    // For the worker alone, which waits for NOTIFY: the socket to poll, and whether a notification
    // had come in.
    [[nodiscard]] int socket() const;
    [[nodiscard]] bool take_notifications();

  private:
    friend class Transaction;

    void connect();
    [[nodiscard]] bool has_ended();
    std::vector<Rows> execute(const std::vector<Call>& calls);
    void prepare_and_send(const Call& call, std::vector<bool>& prepared_here);
    [[nodiscard]] std::vector<Rows> collect(const std::vector<Call>& calls,
                                            const std::vector<bool>& prepared_here);
    [[nodiscard]] pg_result* next_result(const char* statement);
    void flush(const char* statement);
    void wait_for(short events, const char* statement);
    [[noreturn]] void fail(const char* statement, pg_result* result);
    [[noreturn]] void lost(const char* statement, const std::string& why);

    Options options_;
    pg_conn* connection_ = nullptr;
    bool said_farewell_ = false;
    std::optional<Call> ahead_;
    std::optional<Rows> ahead_rows_;
    std::set<const char*> prepared_;
    std::chrono::milliseconds statement_bound_;
    std::chrono::steady_clock::time_point deadline_;
    std::chrono::steady_clock::time_point
        refuse_until_;  // do not knock again at once at a dead database
};

// A transaction that rolls back unless committed. BEGIN travels with the first statements, so
// opening costs nothing.
class Transaction {
  public:
    explicit Transaction(Connection& connection) : connection_(connection) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    template <class... Values>
    Rows run(const Statement& statement, const Values&... values) {
        std::vector<Call> calls;
        calls.push_back({&statement, Params(values...)});
        return run_all(std::move(calls)).front();
    }
    std::vector<Rows> run_all(std::vector<Call> calls);

    // Throws CommitUnknown when the connection was lost before the answer came.
    void commit();

  private:
    Connection& connection_;
    bool begun_ = false;
    bool finished_ = false;
};

}  // namespace ventanilla::db
