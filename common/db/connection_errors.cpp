// What becomes of a connection when a statement failed or its answer never came.
#include <algorithm>
#include <memory>

#include <libpq-fe.h>

#include "db/connection.h"
#include "db/database_error.h"

namespace ventanilla::db {
namespace {

std::string first_line(const char* text) {
    std::string line(text == nullptr ? "" : text);
    line.resize(std::min(line.find('\n'), line.size()));
    return line;
}

}  // namespace

void Connection::fail(const char* statement, pg_result* result) {
    const std::unique_ptr<pg_result, decltype(&PQclear)> owner(result, &PQclear);
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string sqlstate(state == nullptr ? "" : state);
    // A server that is going down, or a plan that no longer fits the schema: begin anew with a
    // fresh connection.
    const bool poisoned = sqlstate.empty() || sqlstate.starts_with("57P")
                          || sqlstate.starts_with("08") || sqlstate == "0A000"
                          || sqlstate == "26000" || sqlstate == "25006"
                          || PQstatus(connection_) != CONNECTION_OK;
    const std::string text =
        first_line(message == nullptr ? PQresultErrorMessage(result) : message);
    if (poisoned) {
        close();
    }
    throw DatabaseError(text, statement, sqlstate);
}

void Connection::lost(const char* statement, const std::string& why) {
    const std::string reason = first_line(why.c_str());  // `why` may belong to the connection
    close();
    throw DatabaseError(reason, statement, "");
}

}  // namespace ventanilla::db
