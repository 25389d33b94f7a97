// When codes get longer because somebody guesses, and when they get short again (SPEC.md 2,
// DESIGN.md figures).
#include <string>

#include <boost/test/unit_test.hpp>

#include "store/code_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(step_up)

BOOST_AUTO_TEST_CASE(nine_wrong_tries_in_a_day_make_the_next_codes_long) {
    CodeSite site;
    (void)site.choose_maria();
    BOOST_TEST(site.wrong_tries(8) == "wrong 2");
    BOOST_TEST(site.step_ups() == 0);
    BOOST_TEST(told(site.type_wrong()) == "longer needed");
    BOOST_TEST(site.step_ups() == 1);
    // The short code is not even looked at, and nothing is counted.
    BOOST_TEST(told(site.type(site.mailed())) == "longer needed");
    BOOST_TEST(site.attempts() == 9);
    BOOST_TEST(site.resend());
    BOOST_TEST(site.digits() == 8);
    BOOST_TEST(pending_code(site.claims(), Flow::Search, visitor())->is_step_up);
    BOOST_TEST(site.mailed().size() == 8U);
    BOOST_TEST(told(site.type_wrong()) == "wrong 4");
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_wrong_tries_of_all_claims_and_browsers_for_a_mailbox_add_up) {
    CodeSite site;
    for (int browser = 0; browser < 2; ++browser) {
        (void)site.choose_maria(apart(browser));
        BOOST_TEST(site.wrong_tries(4, apart(browser)) == "wrong 1");
    }
    (void)site.choose_maria(apart(3));
    BOOST_TEST(site.digits(apart(3)) == 4);
    BOOST_TEST(told(site.type_wrong(apart(3))) == "longer needed");
    site.clock.advance(1min);
    (void)site.choose_maria(apart(4));
    BOOST_TEST(site.digits(apart(4)) == 8);
}

BOOST_AUTO_TEST_CASE(the_step_up_stays_until_a_code_succeeds) {
    CodeSite site;
    (void)site.choose_maria();
    (void)site.wrong_tries(9);
    site.clock.advance(240h);
    (void)site.choose_maria();
    BOOST_TEST(site.digits() == 8);
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
    BOOST_TEST(site.step_ups() == 0);
    site.clock.advance(1min);
    (void)site.choose_maria();
    BOOST_TEST(site.digits() == 4);
    BOOST_TEST(told(site.type_wrong()) == "wrong 4");
}

BOOST_AUTO_TEST_CASE(ten_in_a_row_over_many_days_step_up_too) {
    CodeSite site;
    for (int day = 0; day < 3; ++day) {
        (void)site.choose_maria();
        BOOST_TEST(site.digits() == 4);
        BOOST_TEST(site.wrong_tries(3) == "wrong 2");
        site.clock.advance(25h);
    }
    (void)site.choose_maria();
    BOOST_TEST(site.digits() == 4);
    BOOST_TEST(site.step_ups() == 0);
    BOOST_TEST(told(site.type_wrong()) == "longer needed");
    BOOST_TEST(site.step_ups() == 1);
}

BOOST_AUTO_TEST_CASE(a_success_in_between_begins_the_count_anew) {
    CodeSite site;
    (void)site.choose_maria();
    (void)site.wrong_tries(8);
    BOOST_TEST(site.resend());
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
    site.clock.advance(1min);
    (void)site.choose_maria();
    BOOST_TEST(site.wrong_tries(8) == "wrong 2");
    BOOST_TEST(site.step_ups() == 0);
}

BOOST_AUTO_TEST_CASE(wrong_tries_on_a_dead_code_step_up_for_the_next_one) {
    CodeSite site;
    site.settings.account_wrong_codes = 5;
    (void)site.choose_maria();
    BOOST_TEST(site.wrong_tries(5) == "exhausted");
    BOOST_TEST(site.resend());
    BOOST_TEST(site.digits() == 8);
}

BOOST_AUTO_TEST_CASE(the_whole_site_steps_up_and_a_success_gives_its_claims_tries_back) {
    CodeSite site;
    site.settings.site_wrong_codes = 6;
    site.start_claims(3);
    const auto wrong = [&](int n) {
        return told(site.type(ClaimSite::other_than(site.mailed_to(n)), apart(n)));
    };
    for (int tries = 0; tries < 3; ++tries) {
        BOOST_TEST(wrong(0).starts_with("wrong"));
    }
    BOOST_TEST(wrong(1).starts_with("wrong"));
    BOOST_TEST(wrong(1).starts_with("wrong"));
    BOOST_TEST(wrong(1) == "longer needed");
    BOOST_TEST(told(site.type(site.mailed_to(2), apart(2)))
               == "longer needed");  // who never tried wrongly, too
    BOOST_TEST(site.attempts() == 6);
    BOOST_TEST(site.step_ups() == 0);
    site.clock.advance(1min);
    BOOST_TEST(site.resend(apart(0)));
    BOOST_TEST(site.mailed_to(0).size() == 8U);
    BOOST_TEST(told(site.type(site.mailed_to(0), apart(0))) == "accepted");
    // Three of the six are given back: short codes count again.
    BOOST_TEST(told(site.type(site.mailed_to(2), apart(2))) == "accepted");
    BOOST_TEST(site.resend(apart(1)));
    BOOST_TEST(site.mailed_to(1).size() == 4U);
}

BOOST_AUTO_TEST_CASE(the_budget_of_the_site_is_that_of_the_last_day_and_long_codes_do_not_use_it) {
    CodeSite site;
    site.settings.site_wrong_codes = 3;
    site.start_claims(2);
    for (int tries = 0; tries < 3; ++tries) {
        (void)site.type(ClaimSite::other_than(site.mailed_to(0)), apart(0));
    }
    site.clock.advance(1min);
    BOOST_TEST(site.resend(apart(1)));
    BOOST_TEST(site.mailed_to(1).size() == 8U);
    for (int tries = 0; tries < 4; ++tries) {
        BOOST_TEST(told(site.type(ClaimSite::other_than(site.mailed_to(1)), apart(1)))
                       .starts_with("wrong"));
    }
    site.clock.advance(24h);
    (void)site.choose_maria();
    BOOST_TEST(site.digits() == 4);
}

BOOST_AUTO_TEST_SUITE_END()
