// Who may include whom (DESIGN.md, Folders).
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tree/source_tree.h"

using namespace ventanilla::test;

namespace {

using Names = std::set<std::string>;

// For each folder of common/ those that it may include, besides itself.
const std::map<std::string, Names> below = [] {
    std::map<std::string, Names> table = {{"core", {}},
                                          {"db", {"core"}},
                                          {"view", {"core"}},
                                          {"http", {"core"}},
                                          {"accounts", {"core", "db"}},
                                          {"sessions", {"core", "db", "accounts"}},
                                          {"mail", {"core", "db", "view"}}};
    const Names people = {"core", "db", "accounts", "sessions", "mail"};
    for (const char* folder : {"payments", "claims", "clients", "billing", "jobs"}) {
        table[folder] = people;
    }
    // Inside that line: what the organisation does may build on what it knows, without circles.
    table["billing"].insert("clients");
    table["payments"].insert({"clients", "billing"});
    table["jobs"].insert({"clients", "billing", "payments", "claims"});
    Names all;
    for (const auto& [folder, others] : table) {
        all.insert(folder);
    }
    table["app"] = all;
    return table;
}();

// Headers of libraries, by a piece of their name, and the folder of common/ that alone may include
// them.
const std::map<std::string, std::string> owners = {{"libpq", "db"},
                                                   {"fcgi", "http"},
                                                   {"cgicc", "http"},
                                                   {"kainjow", "view"},
                                                   {"gmime", "mail"},
                                                   {"curl/", "mail payments"},
                                                   {"argon2", "accounts"},
                                                   {"zxcvbn", "accounts"},
                                                   {"<crypt.h>", "accounts"},
                                                   {"openssl", "core accounts payments"}};

std::vector<std::string> includes(const std::string& text) {
    return matches(text, R"re(#include\s+(["<][^">]+[">]))re");
}

// "db" of "\"db/connection.h\""; empty for system headers.
std::string folder_of_include(const std::string& include) {
    const auto slash = include.find('/');
    return include.front() == '"' && slash != std::string::npos ? include.substr(1, slash - 1) : "";
}

// "db" of "common/db/connection.h".
std::string folder_of_file(const std::string& path) {
    const auto first = path.find('/');
    return path.substr(first + 1, path.find('/', first + 1) - first - 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(include_lines)

BOOST_AUTO_TEST_CASE(a_folder_of_common_includes_only_folders_below_it) {
    const auto files = sources({"common"}, {".h", ".cpp"});
    BOOST_TEST(files.size() > 50U);
    for (const auto& file : files) {
        const std::string folder = folder_of_file(file.path);
        BOOST_REQUIRE_MESSAGE(below.contains(folder), "DESIGN.md does not know common/" << folder);
        for (const auto& include : includes(file.text)) {
            const std::string other = folder_of_include(include);
            const bool is_known =
                other.empty() || other == folder || below.at(folder).contains(other);
            BOOST_TEST(is_known, file.path << " includes " << include);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_library_is_included_by_its_owner_alone) {
    for (const auto& file : sources({"common", "handlers", "tools"}, {".h", ".cpp"})) {
        const bool is_common = file.path.starts_with("common/");
        for (const auto& include : includes(file.text)) {
            for (const auto& [library, owner] : owners) {
                if (include.find(library) != std::string::npos && include.front() == '<') {
                    const bool is_owner =
                        is_common && owner.find(folder_of_file(file.path)) != std::string::npos;
                    BOOST_TEST(is_owner, file.path << " includes " << include);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(no_header_shows_a_library) {
    for (const auto& file : sources({"common", "handlers", "tools"}, {".h"})) {
        for (const auto& include : includes(file.text)) {
            for (const auto& [library, owner] : owners) {
                const bool shows =
                    include.front() == '<' && include.find(library) != std::string::npos;
                // Private to their folders, as their first lines say.
                const bool is_private =
                    (file.path == "common/view/tree.h" && library == "kainjow")
                    || (file.path == "common/mail/smtp_session.h" && library == "curl/");
                BOOST_TEST((!shows || is_private), file.path << " includes " << include);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_tree_of_a_model_is_private_to_view) {
    for (const auto& file : sources({"common", "handlers", "tools"}, {".h", ".cpp"})) {
        const bool is_inside = file.path.starts_with("common/view/") && file.path.ends_with(".cpp");
        const bool includes_it = file.text.find("\"view/tree.h\"") != std::string::npos;
        BOOST_TEST((is_inside || !includes_it), file.path);
    }
}

BOOST_AUTO_TEST_CASE(a_handler_includes_neither_the_database_nor_another_handler) {
    const Names domain = {"app",
                          "http",
                          "view",
                          "core",
                          "accounts",
                          "sessions",
                          "mail",
                          "payments",
                          "claims",
                          "clients",
                          "billing",
                          "jobs"};
    const auto files = sources({"handlers"}, {".h", ".cpp"});
    BOOST_TEST(files.size() >= 21U);
    for (const auto& file : files) {
        const std::string own = folder_of_file(file.path);
        for (const auto& include : includes(file.text)) {
            const std::string other = folder_of_include(include);
            BOOST_TEST((other.empty() || other == own || domain.contains(other)),
                       file.path << " includes " << include);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_handler_has_the_three_files_of_all) {
    Names folders;
    Names paths;
    for (const auto& file : sources({"handlers"}, {".h", ".cpp"})) {
        folders.insert(folder_of_file(file.path));
        paths.insert(file.path);
    }
    Names wanted;
    for (const auto& name : folders) {
        wanted.insert({"handlers/" + name + "/main.cpp",
                       "handlers/" + name + "/" + name + ".h",
                       "handlers/" + name + "/" + name + ".cpp"});
    }
    for (const auto& path : wanted) {
        BOOST_TEST(paths.contains(path), path);
    }
}

BOOST_AUTO_TEST_CASE(every_header_is_guarded_by_pragma_once) {
    for (const auto& file : sources({"common", "handlers", "tools", "tests"}, {".h"})) {
        BOOST_TEST((file.text.find("#pragma once") != std::string::npos), file.path);
    }
}

BOOST_AUTO_TEST_CASE(an_include_of_ours_names_its_folder_and_exists) {
    for (const auto& file : sources({"common", "handlers"}, {".h", ".cpp"})) {
        for (const auto& include : includes(file.text)) {
            if (include.front() == '"') {
                const std::string name = include.substr(1, include.size() - 2);
                BOOST_TEST((source_exists("common/" + name) || source_exists("handlers/" + name)),
                           file.path << " includes " << include);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
