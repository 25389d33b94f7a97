// What stands in several places says the same in all of them: routes, settings, tables.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/settings.h"
#include "tree/source_tree.h"

using namespace ventanilla::test;

namespace {

using Names = std::set<std::string>;

const std::string shared_path = "/admin/clientes/cliente/";

std::string joined(const Names& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

Names without(const Names& all, const Names& some) {
    Names rest;
    std::set_difference(
        all.begin(), all.end(), some.begin(), some.end(), std::inserter(rest, rest.end()));
    return rest;
}

Names as_set(const std::vector<std::string>& list) {
    return {list.begin(), list.end()};
}

// Which program answers a path: handlers' main.cpp. The second program of a path takes its POSTs.
std::map<std::string, std::string> declared_routes() {
    std::map<std::string, std::string> routes;
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        const std::string name = file.path.substr(9, file.path.find('/', 9) - 9);
        const auto code = file.text.substr(file.text.find("int main"));
        const Names only_posts = as_set(matches(code, R"re("(/[^"]*)",\s*nullptr,)re"));
        for (const auto& path : matches(code, R"re("(/[^"]*)")re")) {
            const bool is_second = path == shared_path && only_posts.contains(path);
            BOOST_TEST((is_second || routes.emplace(path, name).second),
                       path << " is declared twice");
        }
    }
    return routes;
}

// One path has two programs: nginx chooses by the method (nginx/http.conf).
struct MethodChoice {
    std::string get;
    std::string post;
};

MethodChoice method_choice() {
    const std::string text = source_text("nginx/http.conf");
    const auto program = [&text](const std::string& method) {
        const auto found = matches(text,
                                   R"(map \$request_method \$ventanilla_client_list \{[^}]*)"
                                       + method + R"(\s+"unix:[^;]*/(\w+)\.sock")");
        return found.empty() ? "" : found.front();
    };
    return {program("default"), program("POST")};
}

struct Location {
    std::string path;
    bool is_exact = false;
    std::string program;
};

std::vector<Location> locations() {
    std::vector<Location> all;
    const std::string text = source_text("nginx/locations.conf");
    const std::string pattern =
        R"(location\s+(=\s+)?(/\S*)\s*\{[^}]*fastcgi_pass\s+"?unix:[^;]*/(\w+)\.sock)";
    const auto marks = matches(text, pattern, 1);
    const auto paths = matches(text, pattern, 2);
    const auto programs = matches(text, pattern, 3);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        all.push_back({paths[i], !marks[i].empty(), programs[i]});
    }
    const std::string chosen = R"(location = (/\S*) \{[^}]*fastcgi_pass \$ventanilla_client_list;)";
    for (const auto& path : matches(text, chosen)) {
        all.push_back({path, true, method_choice().get});
    }
    return all;
}

// As nginx chooses: an exact one, else the longest beginning.
std::string program_for(const std::string& path, const std::vector<Location>& all) {
    const Location* best = nullptr;
    for (const auto& location : all) {
        if (location.is_exact && location.path == path) {
            return location.program;
        }
        if (!location.is_exact && path.starts_with(location.path)
            && (best == nullptr || location.path.size() > best->path.size())) {
            best = &location;
        }
    }
    return best == nullptr ? "" : best->program;
}

std::string with_number(std::string path) {
    for (const char* hole : {"<dato_id>", "<id>", "<token>", "<provider>"}) {
        const auto at = path.find(hole);
        if (at != std::string::npos) {
            path.replace(at, std::string(hole).size(), "17");
        }
    }
    return path;
}

// Declared in this program's main.cpp with a page for this method.
bool declares(const std::string& program, const std::string& path, bool is_post) {
    const std::string code = source_text("handlers/" + program + "/main.cpp");
    const std::string pages =
        is_post ? R"(",\s*[^,]+,\s*(?!nullptr)[a-z_:]+[,}])" : R"(",\s*(?!nullptr)[a-z_:]+,)";
    return !matches(code, "(\"" + path + pages + ')').empty();
}

Names setting_names() {
    Names names;
    for (const auto& info : ventanilla::setting_table()) {
        names.insert(info.name);
    }
    return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routes_agree)

BOOST_AUTO_TEST_CASE(nginx_sends_every_declared_route_to_its_program) {
    const auto all = locations();
    BOOST_TEST(all.size() > 10U);
    const auto routes = declared_routes();
    BOOST_TEST(routes.size() >= 19U);
    for (const auto& [path, program] : routes) {
        BOOST_TEST(program_for(with_number(path), all) == program,
                   path << " goes to " << program_for(with_number(path), all));
    }
}

BOOST_AUTO_TEST_CASE(the_client_list_goes_to_one_program_and_its_form_to_another) {
    const auto [get, post] = method_choice();
    BOOST_REQUIRE(!get.empty());
    BOOST_REQUIRE(!post.empty());
    BOOST_TEST(get != post);
    BOOST_TEST(declares(get, shared_path, false));
    BOOST_TEST(!declares(get, shared_path, true));
    BOOST_TEST(declares(post, shared_path, true));
    BOOST_TEST(!declares(post, shared_path, false));
}

BOOST_AUTO_TEST_CASE(every_location_of_nginx_has_a_program_and_a_route) {
    const auto routes = declared_routes();
    for (const auto& location : locations()) {
        const bool is_served = std::any_of(routes.begin(), routes.end(), [&](const auto& route) {
            const std::string path = with_number(route.first);
            return route.second == location.program
                   && (location.is_exact ? path == location.path : path.starts_with(location.path));
        });
        BOOST_TEST(is_served, "no route of " << location.program << " below " << location.path);
    }
}

BOOST_AUTO_TEST_CASE(each_program_says_its_routes_in_its_manual) {
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        const auto main = file.text.find("int main");
        const Names declared = as_set(matches(file.text.substr(main), R"re("(/[^"]*)")re"));
        const auto begin = file.text.find("Routes");
        const auto end = file.text.find("Outcomes");
        BOOST_REQUIRE_MESSAGE(begin < end && end < main, file.path);
        const Names told =
            as_set(matches(file.text.substr(begin, end - begin),
                           R"re((?:^|[\s,])(/[a-z][a-z/<>_-]*(?:/[a-z_]+\.(?:csv|txt|pdf)|/)))re"));
        BOOST_TEST(joined(declared) == joined(told), file.path);
    }
}

BOOST_AUTO_TEST_CASE(the_addresses_in_paths_h_are_routes) {
    const auto routes = declared_routes();
    for (const auto& path : matches(source_text("common/app/paths.h"), R"re("(/[^"?]*)[^"]*")re")) {
        const bool is_route = std::any_of(routes.begin(), routes.end(), [&](const auto& route) {
            return route.first == path
                   || (route.first.starts_with(path) && route.first.find('<') == path.size());
        });
        BOOST_TEST(is_route, path);
    }
}

BOOST_AUTO_TEST_CASE(the_addresses_in_templates_are_routes) {
    const auto routes = declared_routes();
    for (const auto& file :
         sources({"templates/pages", "templates/partials", "templates/layouts"}, {".mustache"})) {
        for (auto path : matches(file.text, R"re((?:href|action)="(/[^"]*)")re")) {
            path = path.substr(0, path.find("{{#"));
            path = path.substr(0, path.find_first_of("?#"));
            // Behind the last slash or a file's name, a value is a query.
            path = path.substr(
                0,
                std::min(
                    path.size(),
                    path.find("{{", path.rfind(path.find('.') == std::string::npos ? '/' : '.'))));
            for (auto open = path.find("{{"); open != std::string::npos; open = path.find("{{")) {
                path.replace(open, path.find("}}") + 2 - open, "17");
            }
            const bool is_fixed = path == "/" || path.starts_with("/estatico/");
            const bool is_route = std::any_of(routes.begin(), routes.end(), [&](const auto& route) {
                return with_number(route.first) == path;
            });
            BOOST_TEST((is_fixed || is_route), file.path << " leads to " << path);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_readme_has_a_table_of_every_program_and_route) {
    if (!source_exists("README.md")) {
        BOOST_TEST_MESSAGE("README.md is not written yet");
        return;
    }
    const std::string readme = source_text("README.md");
    std::vector<std::string> rows = matches(readme, R"re((?:^|\n)\s*(\|[^\n]*\|))re");
    for (const auto& [path, program] : declared_routes()) {
        const auto same = [&](std::string row) {
            for (const char* hole : {"<dato_id>"}) {
                for (auto at = row.find(hole); at != std::string::npos; at = row.find(hole)) {
                    row.replace(at, std::string(hole).size(), "<id>");
                }
            }
            return row.find('`' + program + '`') != std::string::npos
                   && row.find('`' + path + '`') != std::string::npos;
        };
        BOOST_TEST(std::any_of(rows.begin(), rows.end(), same),
                   "no row of README.md has `" << program << "` and `" << path << '`');
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(settings_agree)

BOOST_AUTO_TEST_CASE(the_example_file_has_every_setting_and_no_other) {
    BOOST_REQUIRE(source_exists("systemd/env.example"));
    const Names told = as_set(
        matches(source_text("systemd/env.example"), R"re((?:^|\n)#?\s?([A-Z][A-Z0-9_]+)=)re"));
    BOOST_TEST(joined(without(setting_names(), told)) == "", "missing in env.example");
    BOOST_TEST(joined(without(told, setting_names())) == "", "unknown to the programs");
}

BOOST_AUTO_TEST_CASE(the_example_file_shows_the_defaults) {
    const std::string text = '\n' + source_text("systemd/env.example");
    for (const auto& info : ventanilla::setting_table()) {
        const auto values = matches(text, "\n#\\s?" + info.name + "=([^\n]*)");
        if (values.empty() || info.fallback.empty()) {
            continue;  // set for real, or without a default
        }
        std::string shown = values.front();
        if (shown.size() >= 2 && (shown.front() == '"' || shown.front() == '\'')
            && shown.back() == shown.front()) {
            shown = shown.substr(1, shown.size() - 2);
        }
        BOOST_TEST(shown == info.fallback,
                   info.name << " is shown as " << shown << ", its default is " << info.fallback);
    }
}

BOOST_AUTO_TEST_CASE(the_settings_that_the_readme_names_exist) {
    if (!source_exists("README.md")) {
        BOOST_TEST_MESSAGE("README.md is not written yet");
        return;
    }
    // Rows of a table that begin with settings; the whole list stands in env.example.
    const std::string readme = source_text("README.md");
    BOOST_TEST(readme.find("systemd/env.example") != std::string::npos);
    std::size_t named = 0;
    for (const auto& cell : matches(readme, R"re(\n\| ((?:`[A-Z][A-Z0-9_]+`(?:, )?)+) \|)re")) {
        for (const auto& name : matches(cell, "`([A-Z0-9_]+)`")) {
            BOOST_TEST(setting_names().contains(name), "README.md names " << name);
            ++named;
        }
    }
    BOOST_TEST(named > 5U);
}

BOOST_AUTO_TEST_CASE(a_setting_that_a_manual_names_exists) {
    const Names names = setting_names();
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        const auto at = file.text.find("Settings  ");
        if (at == std::string::npos) {
            continue;
        }
        const std::string line = file.text.substr(at, file.text.find("Options", at) - at);
        for (const auto& name : matches(line, R"re(\b([A-Z]{2,}_[A-Z_]*)\*?)re")) {
            const bool is_known =
                std::any_of(names.begin(), names.end(), [&](const std::string& known) {
                    return known.starts_with(name);
                });
            BOOST_TEST(is_known, file.path << " names " << name);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tables_agree)

BOOST_AUTO_TEST_CASE(every_table_has_its_line_in_the_readme_of_sql) {
    const std::string readme = source_text("sql/README.md");
    for (const auto& file : sources({"sql/migrations"}, {".sql"})) {
        for (const auto& table :
             matches(file.text, R"(CREATE (?:TABLE|VIEW) (?:IF NOT EXISTS )?(\w+))")) {
            BOOST_TEST((readme.find('`' + table + '`') != std::string::npos),
                       table << " of " << file.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_table_of_the_migrations_is_emptied_between_tests) {
    const std::string support = source_text("tests/support/test_services.cpp");
    for (const auto& file : sources({"sql/migrations"}, {".sql"})) {
        for (const auto& table : matches(file.text, R"(CREATE TABLE (\w+))")) {
            BOOST_TEST((support.find(table) != std::string::npos), table << " of " << file.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_tables_that_a_manual_names_exist) {
    Names tables;
    for (const auto& file : sources({"sql/migrations"}, {".sql"})) {
        for (const auto& table : matches(file.text, R"(CREATE TABLE (\w+))")) {
            tables.insert(table);
        }
    }
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        const auto at = file.text.find("Tables  ");
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, file.path);
        const std::string line = file.text.substr(at + 6, file.text.find('\n', at) - at - 6);
        for (const auto& table : matches(line, R"((\w+)\s*(?:,|;|$))")) {
            const bool is_words = table == "form";  // "account and more for the form"
            BOOST_TEST((is_words || tables.contains(table)), file.path << " names " << table);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
