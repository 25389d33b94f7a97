// Races for tries and for the right code.
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "store/code_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

using Counts = std::map<std::string, int>;

Counts counted(const std::vector<std::string>& outcomes) {
    Counts counts;
    for (const auto& outcome : outcomes) {
        ++counts[outcome];
    }
    return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(code_races)

BOOST_AUTO_TEST_CASE(fifty_wrong_codes_at_once_use_exactly_five_tries) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string wrong = ClaimSite::other_than(site.mailed());
    const Counts counts = counted(in_parallel<std::string>(site, 50, [&](Services& services, int) {
        return told(use_code(services.claims, Flow::Search, wrong, visitor()));
    }));
    BOOST_TEST(site.attempts() == 5);
    BOOST_TEST(site.number("SELECT tries FROM verification_code") == 5);
    BOOST_TEST(counts.at("exhausted") == 46);
    for (const char* left : {"wrong 1", "wrong 2", "wrong 3", "wrong 4"}) {
        BOOST_TEST(counts.contains(left), left);
    }
}

BOOST_AUTO_TEST_CASE(fifty_right_codes_at_once_are_accepted_once) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string code = site.mailed();
    const Counts counts = counted(in_parallel<std::string>(site, 50, [&](Services& services, int) {
        return told(use_code(services.claims, Flow::Search, code, visitor()));
    }));
    BOOST_TEST(counts.at("accepted") == 1);
    BOOST_TEST(site.attempts() <= 5);
    BOOST_TEST(site.number("SELECT count(*) FROM code_attempt WHERE outcome = 'right'") == 1);
    for (const auto& [outcome, count] : counts) {
        BOOST_TEST((outcome == "accepted" || outcome == "used" || outcome == "exhausted"), outcome);
    }
}

BOOST_AUTO_TEST_CASE(fifty_right_codes_of_a_form_at_once_open_one_account) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    const std::string code = site.mailed();
    const Counts counts = counted(in_parallel<std::string>(site, 50, [&](Services& services, int) {
        return told(use_code(services.claims, Flow::Form, code, visitor()));
    }));
    BOOST_TEST(counts.at("accepted") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 1);
}

BOOST_AUTO_TEST_CASE(two_claims_for_one_archived_account_open_it_once) {
    CodeSite site;
    std::vector<std::string> codes;
    for (int n = 0; n < 8; ++n) {
        (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), apart(n));
        codes.push_back(site.mailed());
        site.clock.advance(1min);
    }
    const Counts counts = counted(in_parallel<std::string>(site, 8, [&](Services& services, int n) {
        return told(
            use_code(services.claims, Flow::Form, codes.at(static_cast<std::size_t>(n)), apart(n)));
    }));
    BOOST_TEST(counts.at("accepted") == 1);
    BOOST_TEST(counts.at("already claimed") == 7);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
}

BOOST_AUTO_TEST_CASE(thirty_wrong_codes_at_once_never_overshoot_the_budget_of_the_site) {
    CodeSite site;
    site.settings.site_wrong_codes = 10;
    site.start_claims(30);
    std::vector<std::string> wrong;
    for (int n = 0; n < 30; ++n) {
        wrong.push_back(ClaimSite::other_than(site.mailed_to(n)));
    }
    const Counts counts =
        counted(in_parallel<std::string>(site, 30, [&](Services& services, int n) {
            return told(use_code(
                services.claims, Flow::Search, wrong.at(static_cast<std::size_t>(n)), apart(n)));
        }));
    BOOST_TEST(site.attempts() == 10);
    BOOST_TEST(counts.at("wrong 4") == 9);
    BOOST_TEST(counts.at("longer needed") == 21);
}

BOOST_AUTO_TEST_CASE(the_budget_of_a_mailbox_is_not_overshot_by_many_browsers_at_once) {
    CodeSite site;
    std::vector<std::string> wrong;
    for (int n = 0; n < 12; ++n) {
        (void)site.choose_maria(apart(n));
        wrong.push_back(ClaimSite::other_than(site.mailed()));
        site.clock.advance(1min);
    }
    (void)in_parallel<int>(site, 36, [&](Services& services, int n) {
        const int browser = n % 12;
        (void)use_code(services.claims,
                       Flow::Search,
                       wrong.at(static_cast<std::size_t>(browser)),
                       apart(browser));
        return 0;
    });
    BOOST_TEST(site.attempts() == 9);
    BOOST_TEST(site.step_ups() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
