// systemd's units and the package: that they know every program, and what they say of them holds.
#include <algorithm>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"
#include "core/settings.h"
#include "tree/source_tree.h"

using namespace ventanilla::test;

namespace {

using Names = std::set<std::string>;

Names all(const std::string& text, const std::string& pattern) {
    const auto found = matches(text, pattern);
    return {found.begin(), found.end()};
}

std::string joined(const Names& names) {
    std::string text;
    for (const auto& name : names) {
        text += name + ' ';
    }
    return text;
}

std::string unit(const std::string& name) {
    return '\n' + source_text("systemd/" + name);
}

Names handlers() {
    Names names;
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        names.insert(file.path.substr(9, file.path.find('/', 9) - 9));
    }
    return names;
}

// The one number behind NAME in a text.
long long number(const std::string& text, const std::string& name) {
    const auto found = matches(text, name + R"re((\d+))re");
    BOOST_REQUIRE_MESSAGE(found.size() == 1, name);
    return std::stoll(found.front());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(units_agree)

BOOST_AUTO_TEST_CASE(the_target_opens_a_socket_for_every_handler_and_no_other) {
    BOOST_TEST(handlers().size() >= 9U);
    BOOST_TEST(joined(all(unit("ventanilla.target"), R"re(\nWants=ventanilla@(\w+)\.socket)re"))
               == joined(handlers()));
}

BOOST_AUTO_TEST_CASE(the_sockets_are_where_nginx_looks_for_them) {
    BOOST_TEST(unit("ventanilla@.socket").find("\nListenStream=%t/ventanilla/%i.sock\n")
               != std::string::npos);
    const std::string sites = source_text("nginx/locations.conf") + source_text("nginx/http.conf");
    BOOST_TEST(joined(all(sites, R"re("unix:/run/ventanilla/(\w+)\.sock")re"))
               == joined(handlers()));
}

BOOST_AUTO_TEST_CASE(the_package_has_every_program_and_the_manuals_of_all_handlers) {
    Names programs = handlers();
    const auto listed =
        matches(source_text("tools/lib/programs.sh"), R"re(\nhandlers=\(([^)]*)\))re");
    BOOST_REQUIRE(listed.size() == 1U);
    BOOST_TEST(joined(all(listed.front(), R"re((\w+))re")) == joined(programs));
    programs.insert({"worker", "ventanilla"});
    const auto installed = matches(source_text("tools/packaging/package.cmake"),
                                   R"re(install\(TARGETS\s+([^)]*?)\s+DESTINATION)re");
    BOOST_REQUIRE(installed.size() == 1U);
    BOOST_TEST(joined(all(installed.front(), R"re((\w+))re")) == joined(programs));
}

BOOST_AUTO_TEST_CASE(every_unit_is_in_the_package_and_runs_one_of_its_programs) {
    Names programs = handlers();
    programs.insert({"worker", "ventanilla", "%i"});
    const std::string package = source_text("tools/packaging/package.cmake");
    for (const auto& file : sources({"systemd"}, {})) {
        BOOST_TEST((package.find(file.path) != std::string::npos), file.path);
        for (const auto& name :
             matches(file.text, R"re(\nExecStart=/usr/lib/ventanilla/(\S+))re")) {
            BOOST_TEST(programs.contains(name), file.path << " runs " << name);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_heal_by_itself_is_not_started_again) {
    const std::string codes = std::to_string(ventanilla::exit_usage) + ' '
                              + std::to_string(ventanilla::exit_misconfigured);
    for (const char* name : {"ventanilla@.service", "ventanilla-worker.service"}) {
        BOOST_TEST(
            unit(name).find("\nRestartPreventExitStatus=" + codes + '\n') != std::string::npos,
            name);
    }
}

BOOST_AUTO_TEST_CASE(a_handler_is_given_the_time_and_the_processes_that_it_takes) {
    const std::string prefork = source_text("common/app/prefork.cpp");
    const std::string service = unit("ventanilla@.service");
    const auto leave_ms = number(prefork, R"re(leave_bound\{)re");
    BOOST_TEST(number(service, "\nTimeoutStopSec=") * 1000 > leave_ms);
    BOOST_TEST(number(service, "\nTasksMax=") > number(prefork, "max_children = "));
}

BOOST_AUTO_TEST_CASE(settings_that_a_unit_names_exist) {
    Names known;
    for (const auto& info : ventanilla::setting_table()) {
        known.insert(info.name);
    }
    std::size_t named = 0;
    for (const auto& file : sources({"systemd"}, {".service", ".conf"})) {
        for (const auto& line : matches(file.text, R"re(\nEnvironment=([^\n]*))re")) {
            for (const auto& name : matches(line, R"re(([A-Z][A-Z0-9_]+)=)re")) {
                BOOST_TEST(known.contains(name), file.path << " sets " << name);
                ++named;
            }
        }
    }
    BOOST_TEST(named > 0U);
}

BOOST_AUTO_TEST_CASE(every_line_of_the_sandbox_has_its_reason) {
    for (const char* name : {"hardening.conf", "user.conf"}) {
        const std::string text = source_text(std::string("systemd/") + name);
        BOOST_TEST(matches(text, R"re(\n(\w+=))re").size() > 10U, name);
        // A comment or another line of the same group stands above.
        for (const auto& line : matches(text, R"re((?:^|\n)(?:\[\w+\])?\n(\w+=[^\n]*))re")) {
            BOOST_ERROR(name << ": no reason above " << line);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_upgrade_never_touches_a_socket) {
    const std::string script = source_text("tools/packaging/maintainer/postinst");
    BOOST_TEST((script.find("try-restart 'ventanilla@*.service'") != std::string::npos));
    BOOST_TEST(matches(script, R"re(((?:restart|stop)[^\n#]*\.socket))re").empty());
    // Without the kind of unit, sockets are meant too.
    BOOST_TEST(matches(script, R"re((ventanilla@\*)(?!\.service))re").empty());
}

BOOST_AUTO_TEST_CASE(the_changelog_of_the_package_begins_with_this_version) {
    const auto version =
        matches(source_text("CMakeLists.txt"), R"re(project\(ventanilla VERSION (\S+))re");
    BOOST_REQUIRE(version.size() == 1U);
    BOOST_TEST(source_text("tools/packaging/changelog")
                   .starts_with("ventanilla (" + version.front() + ") "));
}

BOOST_AUTO_TEST_SUITE_END()
