#include "db/database_error.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ventanilla::db {

DatabaseError::DatabaseError(const std::string& message,
                             std::string statement,
                             std::string sqlstate)
    : Failure("database: " + statement + ": " + message
              + (sqlstate.empty() ? "" : " [" + sqlstate + "]")),
      statement_(std::move(statement)),
      sqlstate_(std::move(sqlstate)) {}

bool DatabaseError::is_temporary() const noexcept {
    // Connection lost, connection class, resources, operator intervention, lock and serialization
    // troubles, read-only standby after a failover.
    constexpr std::array<std::string_view, 7> classes = {
        "08", "53", "57", "55P03", "40", "25006", "58"};
    return sqlstate_.empty()
           || std::any_of(classes.begin(), classes.end(), [&](std::string_view prefix) {
                  return std::string_view(sqlstate_).substr(0, prefix.size()) == prefix;
              });
}

}  // namespace ventanilla::db
