// Whatever the code writes into the audit log has its name in Spanish, for staff and for the
// account's owner.
#include <algorithm>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tree/source_tree.h"

using namespace ventanilla::test;

namespace {

using Names = std::set<std::string>;

void add(Names& names, const std::string& text, const char* pattern) {
    for (const auto& name : matches(text, pattern)) {
        names.insert(name);
    }
}

// A literal of a file that writes the log, in the shape of an action: what it is about, and a past
// tense. Keys of JSON and names of statements stand behind a brace.
constexpr const char* past_tense =
    R"re([^{]"([a-z]+(?:_[a-z]+)*_[a-z]*(?:ed|sent|seen|made))"[,;\s):}])re";

Names written_actions() {
    Names names;
    for (const auto& file : sources({"common", "tools"}, {".cpp"})) {
        const std::string code = without_comments(file.text);
        const bool writes = code.find("audited(") != std::string::npos
                            || code.find("AuditEvent") != std::string::npos;
        if (writes) {
            add(names, code, past_tense);
            add(names, code, R"re(audited\(\s*\{[^;"]*?,\s*"([a-z_]+)")re");
        }
        add(names, code, R"re(INSERT INTO audit_log[^']*'([a-z_]+)')re");
    }
    for (const auto& file : sources({"handlers"}, {".cpp"})) {
        add(names, without_comments(file.text), R"re("(credentials_[a-z]+)")re");
    }
    names.erase("mail_failed");  // the state of a mail
    return names;
}

Names labelled(const std::string& prefix) {
    Names names;
    add(names,
        '\n' + source_text("templates/texts.txt"),
        ("\n" + prefix + R"re(_([a-z_]+)\s*=)re").c_str());
    return names;
}

std::string joined(const Names& names, const Names& without) {
    std::string text;
    for (const auto& name : names) {
        if (!without.contains(name)) {
            text += (text.empty() ? "" : ", ") + name;
        }
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_actions)

BOOST_AUTO_TEST_CASE(every_action_that_the_code_writes_has_its_name_for_staff) {
    const Names written = written_actions();
    BOOST_TEST(written.contains("login"));                      // in one word
    BOOST_TEST(written.contains("service_suspended_by_rule"));  // in SQL
    BOOST_TEST(written.contains("profile_change_refused"));     // through a function
    BOOST_TEST(joined(written, labelled("audit")) == "");
}

BOOST_AUTO_TEST_CASE(every_name_in_the_texts_is_an_action_that_the_code_writes) {
    BOOST_TEST(joined(labelled("audit"), written_actions()) == "");
    Names told = written_actions();
    told.insert({"mine", "of_staff"});  // the words for what has none
    BOOST_TEST(joined(labelled("activity"), told) == "");
}

BOOST_AUTO_TEST_CASE(every_action_that_concerns_an_account_has_its_name_for_the_owner) {
    // What only staff do, and nobody in particular has done to them: their own page tells it in the
    // words of the audit log.
    const Names of_staff = {"archive_imported",
                            "claim_started",
                            "clients_imported",
                            "credentials_discarded",
                            "credentials_downloaded",
                            "credentials_printed",
                            "credentials_seen",
                            "drawer_closed",
                            "job_cancelled",
                            "job_confirmed",
                            "job_retried",
                            "late_fees_added",
                            "month_charged"};
    Names told = labelled("activity");
    BOOST_TEST(joined(of_staff, written_actions()) == "");
    told.insert(of_staff.begin(), of_staff.end());
    BOOST_TEST(joined(written_actions(), told) == "");
}

BOOST_AUTO_TEST_SUITE_END()
