#include "db/migrations.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/digest.h"
#include "db/database_error.h"

namespace ventanilla::db {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t version_digits = 4;
// Any number that nothing else in this database locks.
constexpr std::int64_t lock_key = 7'301'001;
constexpr const char* lock_wait = "60s";
// A running site holds its locks for milliseconds; what waits longer would make everybody queue
// behind it.
constexpr const char* table_lock_wait = "10s";
constexpr std::chrono::milliseconds usual_statement_time{5000};

struct Migration {
    std::int64_t version = 0;
    std::string name;
    std::string checksum;
    std::string sql;
};

struct Applied {
    std::int64_t version = 0;
    std::string name;
    std::string checksum;
};

bool is_migration_name(std::string_view name) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_word = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; };
    return name.size() > version_digits + 1 && name[version_digits] == '_'
           && std::all_of(name.begin(), name.begin() + version_digits, is_digit)
           && std::all_of(name.begin(), name.end(), is_word);
}

Migration read_migration(const fs::path& path) {
    Migration migration;
    migration.name = path.stem().string();
    if (!is_migration_name(migration.name)) {
        throw MigrationRefused(path.string() + " is not named NNNN_lower_case_words.sql");
    }
    migration.version = std::stoll(migration.name.substr(0, version_digits));
    std::ifstream file(path, std::ios::binary);
    migration.sql.assign(std::istreambuf_iterator<char>(file), {});
    if (!file || migration.sql.empty()) {
        throw MigrationRefused(path.string() + " cannot be read or is empty");
    }
    migration.checksum = hex(sha256(migration.sql));
    return migration;
}

std::vector<Migration> read_folder(const std::string& folder) {
    std::vector<Migration> migrations;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".sql") {
            migrations.push_back(read_migration(entry.path()));
        }
    }
    if (error || migrations.empty()) {
        throw Misconfigured("setting SQL_DIR: no migrations in " + folder);
    }
    std::sort(migrations.begin(), migrations.end(), [](const Migration& a, const Migration& b) {
        return a.name < b.name;
    });
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        if (migrations[i].version != static_cast<std::int64_t>(i) + 1) {
            throw MigrationRefused("migrations must be numbered from 0001 without gaps or repeats; "
                                   + migrations[i].name + " is number " + std::to_string(i + 1)
                                   + " in " + folder);
        }
    }
    return migrations;
}

constexpr Statement find_history{"find_history", R"sql(
    SELECT to_regclass('schema_migration') IS NOT NULL
)sql"};

constexpr Statement read_history{"read_history", R"sql(
    SELECT version, name, checksum FROM schema_migration ORDER BY version
)sql"};

std::vector<Applied> applied_migrations(Connection& connection) {
    std::vector<Applied> history;
    if (!std::get<0>(connection.run(find_history).at<bool>(0))) {
        return history;
    }
    const Rows rows = connection.run(read_history);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [version, name, checksum] = rows.at<std::int64_t, std::string, std::string>(i);
        history.push_back({version, name, checksum});
    }
    return history;
}

// What the folder has beyond the history. The history must be the folder's beginning, letter for
// letter.
std::vector<Migration> missing_ones(std::vector<Migration> migrations,
                                    const std::vector<Applied>& history) {
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Applied& done = history[i];
        if (i >= migrations.size() || migrations[i].version != done.version
            || migrations[i].name != done.name) {
            throw MigrationRefused("the database has migration " + done.name
                                   + ", which is not in the folder");
        }
        if (migrations[i].checksum != done.checksum) {
            throw MigrationRefused("migration " + done.name
                                   + " was changed after it had been applied; put the old text back "
                                     "and write a new migration");
        }
    }
    migrations.erase(migrations.begin(),
                     migrations.begin() + static_cast<std::ptrdiff_t>(history.size()));
    return migrations;
}

constexpr Statement set_lock_wait{"set_lock_wait", R"sql(
    SELECT set_config('lock_timeout', $1, false)
)sql"};

constexpr Statement take_lock{"take_migration_lock", R"sql(
    SELECT pg_advisory_lock($1)
)sql"};

// Ends with the session: whatever happens, closing the connection gives the lock and the settings
// back.
class MigrationSession {
  public:
    explicit MigrationSession(Connection& connection) : connection_(connection) {
        connection_.set_statement_timeout(std::chrono::milliseconds(0));
        connection_.run(set_lock_wait, lock_wait);
        try {
            connection_.run(take_lock, lock_key);
        } catch (const DatabaseError& error) {
            close();
            if (error.sqlstate() == "55P03") {
                throw MigrationRefused("another run has been migrating this database for a minute");
            }
            throw;
        } catch (...) {
            close();
            throw;
        }
        connection_.run(set_lock_wait, table_lock_wait);
    }
    MigrationSession(const MigrationSession&) = delete;
    MigrationSession& operator=(const MigrationSession&) = delete;
    ~MigrationSession() { close(); }

  private:
    void close() noexcept {
        try {
            if (connection_.is_open()) {
                connection_.set_statement_timeout(usual_statement_time);
            }
        } catch (const Failure&) {
            // The connection is gone already, and the lock with it.
        }
        connection_.close();
    }

    Connection& connection_;
};

constexpr const char* create_history = R"sql(
    CREATE TABLE IF NOT EXISTS schema_migration (
        version    bigint PRIMARY KEY,
        name       text NOT NULL,
        checksum   text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
)sql";

// One message of the simple protocol is one transaction. The row comes first: should the lock ever
// be lost with a broken connection, the primary key still lets nobody apply a migration twice.
void apply(Connection& connection, const Migration& migration) {
    const std::string row = "INSERT INTO schema_migration (version, name, checksum) VALUES ("
                            + std::to_string(migration.version) + ", '" + migration.name + "', '"
                            + migration.checksum + "');\n";
    connection.run_script(migration.name.c_str(), row + migration.sql);
}

}  // namespace

std::vector<std::string> migrate(Connection& connection, const std::string& folder) {
    const auto migrations = read_folder(folder);
    const MigrationSession session(connection);
    const auto missing = missing_ones(migrations, applied_migrations(connection));
    connection.run_script("create_history", create_history);
    std::vector<std::string> names;
    for (const auto& migration : missing) {
        apply(connection, migration);
        names.push_back(migration.name);
    }
    return names;
}

std::vector<std::string> pending_migrations(Connection& connection, const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& migration :
         missing_ones(read_folder(folder), applied_migrations(connection))) {
        names.push_back(migration.name);
    }
    return names;
}

}  // namespace ventanilla::db
