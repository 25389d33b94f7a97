// A statement that failed. Expected conflicts are handled in SQL (ON CONFLICT) or by asking for the
// SQLSTATE where the statement is; everything else travels to the one catch.
#pragma once

#include <string>

#include "core/errors.h"

namespace ventanilla::db {

class DatabaseError : public Failure {
  public:
    // `statement` is the statement's name; `sqlstate` is empty when the connection broke.
    DatabaseError(const std::string& message, std::string statement, std::string sqlstate);

    [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
    [[nodiscard]] const std::string& statement() const { return statement_; }

    // The database is away, overloaded, out of space or made us wait too long: later it may work.
    [[nodiscard]] bool is_temporary() const noexcept override;

    // A unique index, foreign key or check of the schema refused a row (SQLSTATE class 23).
    [[nodiscard]] bool is_constraint_violation() const { return sqlstate_.starts_with("23"); }

  private:
    std::string statement_;
    std::string sqlstate_;
};

// The connection was lost while COMMIT was on its way: the work may be done or not. Never repeated
// blindly.
class CommitUnknown : public DatabaseError {
  public:
    using DatabaseError::DatabaseError;
};

}  // namespace ventanilla::db
