// Every named statement of the sources against the migrated schema (TEST_DATABASE_URL).
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "store/database.h"
#include "tree/source_tree.h"

using namespace ventanilla;
using namespace ventanilla::db;
using namespace ventanilla::test;

namespace {

struct NamedStatement {
    std::string file;
    std::string name;
    std::string sql;
};

std::vector<NamedStatement> named_statements() {
    const std::string pattern =
        R"re(Statement\s+\w+\{\s*"(\w+)",\s*(?:R"sql\(([\s\S]*?)\)sql"|((?:"(?:[^"\\]|\\.)*"\s*)+))\s*\})re";
    std::vector<NamedStatement> all;
    for (const auto& file : sources({"common", "tools"}, {".cpp", ".h"})) {
        const auto names = matches(file.text, pattern, 1);
        const auto raw = matches(file.text, pattern, 2);
        const auto quoted = matches(file.text, pattern, 3);
        for (std::size_t i = 0; i < names.size(); ++i) {
            std::string sql = raw[i];
            for (const auto& piece : matches(quoted[i], R"re("((?:[^"\\]|\\.)*)")re")) {
                sql += piece;
            }
            all.push_back({file.path, names[i], sql});
        }
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statements)

BOOST_AUTO_TEST_CASE(every_name_is_used_once) {
    // The server knows prepared statements by name, and one connection runs statements of all
    // folders.
    std::map<std::string, std::string> seen;
    for (const auto& statement : named_statements()) {
        const auto [before, is_new] = seen.emplace(statement.name, statement.file);
        BOOST_TEST(
            is_new,
            statement.name << " stands in " << before->second << " and in " << statement.file);
    }
    BOOST_TEST(seen.size() > 60U);
}

BOOST_AUTO_TEST_CASE(every_statement_was_found_in_the_sources) {
    std::size_t count = 0;
    for (const auto& file : sources({"common", "tools"}, {".cpp", ".h"})) {
        count += matches(file.text, R"re((\bStatement\s+\w+\{\s*"))re").size();
    }
    BOOST_TEST(named_statements().size() == count);
}

BOOST_AUTO_TEST_CASE(every_statement_fits_the_schema) {
    const std::string never_prepared = R"(^\s*(BEGIN|COMMIT|ROLLBACK|LISTEN|COPY|SET|LOCK)\b)";
    Connection connection(options());
    connection.run_script("begin_check", "BEGIN");
    for (const auto& statement : named_statements()) {
        if (!matches(statement.sql, never_prepared).empty()) {
            continue;
        }
        connection.run_script("savepoint", "SAVEPOINT before");
        try {
            connection.run_script("prepare", "PREPARE checked AS " + statement.sql);
            connection.run_script("deallocate", "DEALLOCATE checked; RELEASE before");
        } catch (const DatabaseError& error) {
            // Rows that an import makes on its way stand in a temporary table.
            const bool is_temporary_table =
                error.sqlstate() == "42P01"
                && statement.file.find("archive_import") != std::string::npos;
            BOOST_TEST(is_temporary_table,
                       statement.file << ", " << statement.name << ": " << error.what());
            connection.run_script("back", "ROLLBACK TO before");
        }
    }
    connection.run_script("end_check", "ROLLBACK");
}

BOOST_AUTO_TEST_SUITE_END()
