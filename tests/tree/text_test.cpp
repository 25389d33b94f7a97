// What no file of the repository may hold, and that texts and templates are all in use.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tree/source_tree.h"

using namespace ventanilla::test;

namespace {

using Names = std::set<std::string>;

const std::vector<std::string> everywhere = {"common",
                                             "handlers",
                                             "templates",
                                             "sql",
                                             "nginx",
                                             "systemd",
                                             "tools",
                                             "tests",
                                             ".ci",
                                             "debian",
                                             "docs"};

std::vector<SourceFile> all_files() {
    auto files = sources(everywhere, {});
    for (const char* name : {"CMakeLists.txt",
                             "README.md",
                             ".clang-format",
                             ".clang-tidy",
                             ".editorconfig",
                             ".gitignore"}) {
        if (source_exists(name)) {
            files.push_back({name, source_text(name)});
        }
    }
    return files;
}

bool is_this_test(const SourceFile& file) {
    return file.path.starts_with("tests/tree/");
}

// String literals of C++ code, raw ones included, without comments.
std::vector<std::string> literals(const std::string& code) {
    auto all = matches(code, R"re("((?:[^"\\\n]|\\.)*)")re");
    for (auto& raw : matches(code, R"re(R"\w*\(([\s\S]*?)\)\w*")re")) {
        all.push_back(raw);
    }
    return all;
}

// Keys of texts.txt that the C++ sources pick, as far as a reader without a compiler can tell.
Names picked_texts() {
    Names keys;
    for (const auto& file : sources({"handlers", "common/app"}, {".cpp"})) {
        const std::string code = without_comments(file.text);
        for (const char* pattern : {R"re(errors\.add\(\s*"[^"]*",\s*"([a-z_]+)")re",
                                    R"re("((?:notice|reason)_[a-z_]+)")re",
                                    R"re(renderer\.text\(\s*"([a-z_]+[a-z])")re",
                                    R"re(check_name\([^;]*?,\s*"([a-z_]+)"\))re",
                                    R"re(\bin_the_way\(visit, flow, "([a-z_]+)")re",
                                    R"re(return "([a-z]+_[a-z_]+)")re",
                                    R"re(\?\s*"([a-z]+_[a-z_]+)"\s*:)re",
                                    R"re(\?\s*"[a-z_]+"\s*:\s*"([a-z]+_[a-z_]+)")re"}) {
            for (const auto& key : matches(code, pattern)) {
                keys.insert(key);
            }
        }
    }
    return keys;
}

Names known_texts() {
    const auto keys = matches('\n' + source_text("templates/texts.txt"), R"re(\n([a-z_]+)\s*=)re");
    return {keys.begin(), keys.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_texts)

BOOST_AUTO_TEST_CASE(no_template_switches_escaping_off) {
    for (const auto& file : sources({"templates"}, {})) {
        BOOST_TEST(matches(file.text, R"re((\{\{\s*[{&=]))re").empty(), file.path);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_to_do) {
    for (const auto& file : all_files()) {
        if (!is_this_test(file) && !file.path.starts_with("tests/support/data/")) {
            BOOST_TEST(matches(file.text, R"re(\b(TODO|FIXME)\b)re").empty(), file.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_file_names_the_machine_it_was_written_on) {
    for (const auto& file : all_files()) {
        if (!is_this_test(file)) {
            BOOST_TEST(matches(file.text, R"re((?:^|[\s"'=:(])(/(?:work|farm)/))re").empty(),
                       file.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_lock_file_of_npm_names_no_server) {
    BOOST_REQUIRE(source_exists("tests/package-lock.json"));
    BOOST_TEST((source_text("tests/package-lock.json").find("\"resolved\"") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(no_source_file_is_longer_than_300_lines) {
    for (const auto& file : sources({"common", "handlers", "tools"}, {".h", ".cpp", ".sh"})) {
        const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
        BOOST_TEST(lines <= 300, file.path << " has " << lines << " lines");
    }
}

BOOST_AUTO_TEST_CASE(every_text_file_ends_its_last_line_and_has_no_carriage_returns) {
    for (const auto& file :
         sources({"common", "handlers", "sql", "nginx", "systemd", "tools"}, {})) {
        BOOST_TEST((file.text.empty() || file.text.back() == '\n'), file.path);
        BOOST_TEST((file.text.find('\r') == std::string::npos), file.path);
    }
}

BOOST_AUTO_TEST_CASE(spanish_stands_in_templates_and_not_in_the_programs_that_show_them) {
    // Defaults of settings, words that are compared with what people typed or exported, and the
    // forms of credentials that SPEC.md 3 fixes letter by letter.
    const Names allowed = {"common/core/settings_rules.cpp",
                           "common/accounts/password_policy.cpp",
                           "common/claims/archive_import_row.cpp",
                           "common/jobs/credential_forms.cpp"};
    for (const auto& file : sources({"common", "handlers"}, {".h", ".cpp"})) {
        if (allowed.contains(file.path)) {
            continue;
        }
        for (const auto& literal : literals(without_comments(file.text))) {
            BOOST_TEST(matches(literal, "(á|é|í|ó|ú|ñ|¿|¡|Á|É|Í|Ó|Ú|Ñ)").empty(),
                       file.path << ": \"" << literal << '"');
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(texts_in_use)

BOOST_AUTO_TEST_CASE(every_text_that_a_page_picks_exists) {
    const Names known = known_texts();
    const Names picked = picked_texts();
    BOOST_TEST(picked.size() > 30U);
    // Not texts: templates, statements and fields that look like keys.
    const Names others = {"errors/csrf", "reason_"};
    for (const auto& key : picked) {
        BOOST_TEST((known.contains(key) || others.contains(key)), key << " is not in texts.txt");
    }
}

BOOST_AUTO_TEST_CASE(every_text_is_picked_by_some_page) {
    std::string code;
    for (const auto& file : sources({"handlers", "common"}, {".cpp"})) {
        code += without_comments(file.text);
    }
    for (const auto& key : known_texts()) {
        const bool is_made_up =
            key.starts_with("entered_by_")   // "entered_by_" + the session's value
            || key.starts_with("item_")      // "item_" + why a client of a job was left out
            || key.starts_with("reason_")    // the same as a sentence
            || key.starts_with("audit_")     // "audit_" + the action in the log
            || key.starts_with("activity_")  // the same for the account's owner
            || key.starts_with("means_") || key.starts_with("provider_")
            || key.starts_with("pay_with_")  // and a payment.provider
            || key.starts_with("payment_state_") || key.starts_with("service_state_")
            || key.starts_with("try_stage_") || key.starts_with("settled_")
            || key.starts_with("quarantine_");  // and payment_quarantine.reason
        BOOST_TEST((is_made_up || code.find('"' + key + '"') != std::string::npos),
                   key << " of texts.txt is never picked");
    }
}

BOOST_AUTO_TEST_CASE(every_way_a_session_begins_has_its_text) {
    const Names known = known_texts();
    for (const auto& name :
         matches(source_text("common/sessions/session.cpp"), R"re(return "([a-z]+)";)re")) {
        BOOST_TEST(known.contains("entered_by_" + name), name);
    }
}

BOOST_AUTO_TEST_CASE(every_reason_of_a_job_has_its_text) {
    const Names known = known_texts();
    const auto reasons =
        matches(source_text("common/jobs/job_names.cpp"), R"re(return "([a-z_]+)";)re");
    BOOST_TEST(reasons.size() >= 9U);
    for (const auto& reason : reasons) {
        BOOST_TEST(known.contains("item_" + reason), reason);
    }
}

BOOST_AUTO_TEST_CASE(every_partial_and_layout_is_used) {
    std::string all;
    for (const auto& file : sources({"templates"}, {".mustache"})) {
        all += file.text;
    }
    for (const auto& file : sources({"templates/partials"}, {".mustache"})) {
        const std::string name = file.path.substr(19, file.path.size() - 19 - 9);
        BOOST_TEST(!matches(all, "(\\{\\{>\\s*" + name + "\\b)").empty(),
                   file.path << " is never used");
    }
    for (const auto& file : sources({"templates/layouts"}, {".mustache"})) {
        const std::string name = file.path.substr(18, file.path.size() - 18 - 9);
        BOOST_TEST((name == "page" || all.find("{{! layout: " + name + " }}") != std::string::npos),
                   file.path);
    }
}

BOOST_AUTO_TEST_CASE(every_mail_has_a_subject_a_text_and_html_and_a_message) {
    const std::string outbox = source_text("common/mail/outbox.cpp");
    Names messages;
    Names files;
    for (const auto& file : sources({"templates/mail"}, {".mustache"})) {
        const std::string name = file.path.substr(15);
        files.insert(name);
        messages.insert(name.substr(0, name.find('.')));
    }
    for (const auto& message : messages) {
        for (const char* part : {".subject.mustache", ".txt.mustache", ".html.mustache"}) {
            BOOST_TEST(files.contains(message + part), message << part);
        }
        BOOST_TEST((outbox.find('"' + message + '"') != std::string::npos), message);
    }
}

BOOST_AUTO_TEST_SUITE_END()
