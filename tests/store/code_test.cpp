// Typing codes: every outcome, the step-up, and races for tries and for the right code (SPEC.md 2,
// DESIGN.md figures).
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "claims/login_chain.h"
#include "core/digest.h"
#include "store/claim_site.h"
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

Visitor apart(int number) {
    return visitor(number, "10.0." + std::to_string(number) + ".0/24");
}

struct CodeSite : ClaimSite {
    // So many wrong tries, on as many codes as that takes; the last outcome. Ends at least a minute
    // later.
    std::string wrong_tries(int count, const Visitor& who = visitor()) {
        std::string last;
        for (int i = 0; i < count; ++i) {
            last = told(type_wrong(who));
            if (last == "exhausted" && i + 1 < count) {
                clock.advance(61s);
                if (!resend(who)) {
                    throw std::runtime_error("no new code");
                }
            }
        }
        clock.advance(61s);
        return last;
    }
    int digits(const Visitor& who = visitor()) {
        return expected_digits(claims(), Flow::Search, who).value_or(0);
    }
    // People p0, p1, ... of the archive, each with a claim in a browser and network of their own.
    void start_claims(int count) {
        for (int n = 0; n < count; ++n) {
            const std::string email = "p" + std::to_string(n) + "@correo.com";
            const auto dato = add_archived_user("p" + std::to_string(n), email, "x");
            (void)choose(dato, apart(n), email);
        }
    }
    std::string mailed_to(int n) { return mailed("p" + std::to_string(n) + "@correo.com"); }
    std::int64_t step_ups() { return number("SELECT count(*) FROM code_step_up"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(codes)

BOOST_AUTO_TEST_CASE(the_right_code_is_accepted_once) {
    CodeSite site;
    (void)site.choose_maria();
    const auto outcome = site.type(site.mailed());
    BOOST_TEST(told(outcome) == "accepted");
    BOOST_TEST(std::get<CodeAccepted>(outcome).dato_id.value() == site.maria);
    BOOST_TEST(!std::get<CodeAccepted>(outcome).proves_mailbox);
    BOOST_TEST(!std::get<CodeAccepted>(outcome).opened.has_value());
    BOOST_TEST(told(site.type(site.mailed())) == "used");
    BOOST_TEST(told(site.type_wrong()) == "used");
    BOOST_TEST(
        site.number("SELECT count(*) FROM verification_code WHERE used_at = '2026-11-21 12:00+00'")
        == 1);
    BOOST_TEST(site.text("SELECT string_agg(outcome, ',') FROM code_attempt") == "right");
}

BOOST_AUTO_TEST_CASE(five_wrong_tries_kill_a_code_and_the_right_one_comes_too_late) {
    CodeSite site;
    (void)site.choose_maria();
    for (const char* wanted :
         {"wrong 4", "wrong 3", "wrong 2", "wrong 1", "exhausted", "exhausted"}) {
        BOOST_TEST(told(site.type_wrong()) == wanted);
    }
    BOOST_TEST(told(site.type(site.mailed())) == "exhausted");
    BOOST_TEST(site.attempts() == 5);
    BOOST_TEST(site.number("SELECT tries FROM verification_code") == 5);
    site.clock.advance(1min);
    BOOST_TEST(site.resend());
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_fifth_try_may_be_the_right_one) {
    CodeSite site;
    (void)site.choose_maria();
    for (int wrong = 0; wrong < 4; ++wrong) {
        (void)site.type_wrong();
    }
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_code_ends_at_the_very_second) {
    CodeSite site;
    (void)site.choose_maria();
    site.clock.advance(15min - 1us);
    BOOST_TEST(told(site.type_wrong()) == "wrong 4");
    site.clock.advance(1us);
    BOOST_TEST(told(site.type(site.mailed())) == "expired");
    BOOST_TEST(site.attempts() == 1);
    BOOST_TEST(site.resend());
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_code_works_only_in_the_browser_that_asked_for_it) {
    CodeSite site;
    (void)site.choose_maria(visitor(1));
    BOOST_TEST(told(site.type(site.mailed(), visitor(2))) == "no claim");
    BOOST_TEST(site.attempts() == 0);
    BOOST_TEST(told(site.type(site.mailed(), visitor(1, "198.51.100.0/24"))) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_resend_replaces_the_code_and_typing_the_old_one_costs_no_try) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string first = site.mailed();
    site.clock.advance(1min);
    BOOST_TEST(site.resend());
    const Timestamp replaced_at = site.clock.now();
    BOOST_TEST(site.newest_mail("maria@correo.com")["message"] == "verification_code_resent");
    BOOST_TEST(site.mailed() != first);
    site.clock.advance(1min);
    BOOST_TEST(site.resend());
    for (int i = 0; i < 8; ++i) {
        const auto outcome = site.type(first);
        BOOST_TEST(told(outcome) == "replaced");
        BOOST_TEST((std::get<CodeReplaced>(outcome).replaced_at == replaced_at));
    }
    BOOST_TEST(site.attempts() == 0);
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
    BOOST_TEST(told(site.type(first)) == "used");
}

BOOST_AUTO_TEST_CASE(a_resend_gives_five_new_tries_and_fifteen_new_minutes) {
    CodeSite site;
    (void)site.choose_maria();
    (void)site.type_wrong();
    site.clock.advance(14min);
    BOOST_TEST(site.resend());
    site.clock.advance(14min);
    BOOST_TEST(told(site.type_wrong()) == "wrong 4");
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_strangers_resend_never_kills_another_claims_code) {
    CodeSite site;
    (void)site.choose_maria(visitor(1));
    const std::string mine = site.mailed();
    site.clock.advance(1min);
    (void)site.choose_maria(visitor(2));
    site.clock.advance(1min);
    BOOST_TEST(site.resend(visitor(2)));
    for (int wrong = 0; wrong < 5; ++wrong) {
        (void)site.type_wrong(visitor(2));
    }
    BOOST_TEST(told(site.type(mine, visitor(1))) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_new_claim_of_the_same_browser_takes_the_place_of_the_old_one) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string first = site.mailed();
    site.clock.advance(1min);
    (void)site.choose_maria();
    const std::string second = site.mailed();
    if (first != second) {
        BOOST_TEST(told(site.type(first)) == "wrong 4");
    }
    BOOST_TEST(told(site.type(second)) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_claim_that_matches_nothing_treats_every_code_as_wrong) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("nadie", "nadie@correo.com"), visitor());
    for (const char* wanted : {"wrong 4", "wrong 3", "wrong 2", "wrong 1", "exhausted"}) {
        BOOST_TEST(told(site.type("1234", visitor(), Flow::Form)) == wanted);
    }
    site.clock.advance(1min);
    BOOST_TEST(site.resend(visitor(), Flow::Form));
    BOOST_TEST(told(site.type("1234", visitor(), Flow::Form)) == "wrong 4");
    site.clock.advance(15min);
    BOOST_TEST(told(site.type("1234", visitor(), Flow::Form)) == "expired");
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 0);
}

BOOST_AUTO_TEST_CASE(the_form_opens_the_account_with_the_password_given_before) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    BOOST_TEST(site.text("SELECT password_hash FROM claim").starts_with("argon2$"));
    const auto outcome = site.type(site.mailed(), visitor(), Flow::Form);
    BOOST_TEST(told(outcome) == "accepted");
    const auto& opened = std::get<CodeAccepted>(outcome).opened;
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->username == "maria");
    BOOST_TEST(site.services.sessions.find(opened->session_token)->account.id
               == opened->account_id);
    BOOST_TEST(
        site.text("SELECT concat_ws('|', first_name, last_name, email, weak_password) FROM account")
        == "María|Pérez|maria@correo.com|f");
    BOOST_TEST(
        verify_password(site.text("SELECT password_hash FROM account"), "tres palabras sueltas"));
    BOOST_TEST(
        site.number(
            "SELECT count(*) FROM claim WHERE password_hash IS NULL AND finished_at IS NOT NULL")
        == 1);
    BOOST_TEST(site.newest_mail("maria@correo.com")["message"] == "account_reactivated");
    BOOST_TEST(told(site.type("0000", visitor(), Flow::Form)) == "used");
}

BOOST_AUTO_TEST_CASE(the_right_code_of_an_account_that_came_back_meanwhile_opens_nothing) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    const std::string code = site.mailed();
    BOOST_TEST(std::holds_alternative<LoggedIn>(
        log_in(site.claims(), "maria", "vieja clave 77", visitor(2))));
    BOOST_TEST(told(site.type(code, visitor(), Flow::Form)) == "already claimed");
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
}

BOOST_AUTO_TEST_CASE(without_a_free_name_the_code_stays_usable) {
    CodeSite site;
    (void)start_form(site.claims(), ClaimSite::form_of("maria", "maria@correo.com"), visitor());
    const std::string code = site.mailed();
    site.execute(
        "INSERT INTO account (username, password_hash) SELECT 'maria' || CASE WHEN n < 0 THEN '' ELSE n::text END, "
        "'!' FROM generate_series(-1, 98) AS n");
    BOOST_TEST(told(site.type(code, visitor(), Flow::Form)) == "no free username");
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 100);
    site.execute("DELETE FROM account WHERE username = 'maria7'");
    const auto outcome = site.type(code, visitor(), Flow::Form);
    BOOST_TEST(told(outcome) == "accepted");
    BOOST_TEST(std::get<CodeAccepted>(outcome).opened->username == "maria7");
}

BOOST_AUTO_TEST_CASE(a_code_stands_nowhere_in_the_clear) {
    CodeSite site;
    site.settings.code_length = 8;
    (void)site.choose_maria();
    const std::string code = site.mailed();
    BOOST_TEST(code.size() == 8U);
    std::string everything;
    for (const char* table : {"claim",
                              "verification_code",
                              "mail_outbox",
                              "audit_log",
                              "archive_search",
                              "code_attempt"}) {
        everything +=
            site.text("SELECT string_agg(t::text, ' ') FROM " + std::string(table) + " AS t");
    }
    BOOST_TEST(everything.size() > 200U);
    for (const auto& form : {code, hex(code), hex(sha256(code)), base64url(code), base64(code)}) {
        BOOST_TEST(everything.find(form) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_length_of_codes_is_a_setting) {
    CodeSite site;
    site.settings.code_length = 6;
    (void)site.choose_maria();
    BOOST_TEST(site.mailed().size() == 6U);
    BOOST_TEST(site.digits() == 6);
    BOOST_TEST(told(site.type(site.mailed())) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_code_survives_the_rotation_of_the_secret_key) {
    CodeSite site;
    (void)site.choose_maria();
    const std::string code = site.mailed();
    Settings rotated = site.settings;
    rotated.secret_key_previous = site.settings.secret_key;
    rotated.secret_key = "another-key-0123456789abcdef0123456789";
    Services services(rotated, site.clock, test_renderer(), "rotated");
    BOOST_TEST(told(use_code(services.claims, Flow::Search, code, visitor())) == "accepted");
}

BOOST_AUTO_TEST_SUITE_END()

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
