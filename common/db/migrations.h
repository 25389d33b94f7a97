// The schema's history: files NNNN_words.sql, numbered from 0001 without gaps, each applied once,
// in order, in one transaction together with its row in schema_migration. What was applied never
// changes: a file whose text is another one by now, or that is gone, stops everything before
// anything is done. A migration holds no BEGIN or COMMIT and nothing that must run outside of a
// transaction.
#pragma once

#include <string>
#include <vector>

#include "core/errors.h"
#include "db/connection.h"

namespace ventanilla::db {

// The folder and the database do not fit together, or somebody else is migrating. Nothing was
// applied because of it.
class MigrationRefused : public Failure {
  public:
    using Failure::Failure;
};

// Applies what is missing and returns the names ("0001_accounts") in order; empty when there was
// nothing to do. Several runs at once are safe: the others wait, 60 s at most, for an advisory lock
// that is held from the first look to the last row. The lock belongs to the server's session, so
// the connection must not go through a transaction pooler. Throws MigrationRefused, Misconfigured
// when `folder` holds no migrations, or DatabaseError with the migration's name; migrations before
// a failed one stay. The connection is closed at the end.
std::vector<std::string> migrate(Connection& connection, const std::string& folder);

// The names that migrate() would apply; changes nothing. Empty: the schema is up to date. Throws as
// migrate() does.
[[nodiscard]] std::vector<std::string> pending_migrations(Connection& connection,
                                                          const std::string& folder);

}  // namespace ventanilla::db
