#include "db/connection.h"
#include "db/database_error.h"

namespace ventanilla::db {
namespace {
constexpr Statement begin_statement{"begin", "BEGIN"};
constexpr Statement commit_statement{"commit", "COMMIT"};
constexpr Statement rollback_statement{"rollback", "ROLLBACK"};
}  // namespace

std::vector<Rows> Transaction::run_all(std::vector<Call> calls) {
    if (begun_) {
        // A fresh connection would silently run the rest outside of the transaction.
        if (!connection_.is_open()) {
            throw DatabaseError(
                "the transaction's connection is gone", calls.front().statement->name, "");
        }
        return connection_.execute(calls);
    }
    begun_ = true;
    calls.insert(calls.begin(), Call{&begin_statement, Params()});
    auto rows = connection_.run_all(calls);
    rows.erase(rows.begin());
    return rows;
}

void Transaction::commit() {
    if (!begun_) {
        return;
    }
    finished_ = true;
    try {
        // The server answers a COMMIT after a failed statement with a rollback and calls it a
        // success.
        if (run(commit_statement).command() != "COMMIT") {
            throw DatabaseError("the transaction was rolled back", commit_statement.name, "25P02");
        }
    } catch (const DatabaseError& error) {
        if (error.sqlstate().empty() || error.sqlstate().starts_with("57P")
            || error.sqlstate().starts_with("08")) {
            throw CommitUnknown(error.what(), "commit", error.sqlstate());
        }
        throw;
    }
}

Transaction::~Transaction() {
    if (!begun_ || finished_ || !connection_.is_open()) {
        return;
    }
    try {
        run(rollback_statement);
    } catch (const Failure&) {
        connection_.close();  // the server rolls back by itself
    }
}

}  // namespace ventanilla::db
