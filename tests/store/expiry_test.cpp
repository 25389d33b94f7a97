// What is deleted when its time is over, and what stays.
#include "claims/expiry.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "claims/login_chain.h"
#include "store/claims.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(expiry)

BOOST_AUTO_TEST_CASE(what_is_still_of_use_stays) {
    Claims site;
    site.add_account("viva", "viva@correo.com", "vieja clave 77");
    BOOST_TEST(std::holds_alternative<LoggedIn>(
        log_in(site.claims(), "viva", "vieja clave 77", visitor())));
    BOOST_TEST(
        std::holds_alternative<LoginRefusal>(log_in(site.claims(), "viva", "otra", visitor())));
    (void)site.choose_maria();
    (void)site.type_wrong();
    site.clock.advance(29min);
    BOOST_TEST(remove_expired(site.database(), site.clock.now()) == 0);
}

BOOST_AUTO_TEST_CASE(each_thing_goes_in_its_time) {
    Claims site;
    site.add_account("viva", "viva@correo.com", "vieja clave 77");
    (void)log_in(site.claims(), "viva", "vieja clave 77", visitor());
    (void)log_in(site.claims(), "viva", "otra", visitor());
    (void)site.choose_maria();
    (void)site.type_wrong();
    site.execute("UPDATE mail_outbox SET status = 'sent'");
    const auto removed_after = [&](std::chrono::microseconds time) {
        site.clock.advance(time);
        return remove_expired(site.database(), site.clock.now());
    };
    BOOST_TEST(removed_after(30min + 1s) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM session") == 0);
    BOOST_TEST(removed_after(24h) == 2);
    BOOST_TEST(site.number("SELECT count(*) FROM login_failure") == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM archive_search") == 0);
    BOOST_TEST(removed_after(24h * 29) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM claim") == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM verification_code") == 0);
    BOOST_TEST(site.attempts() == 0);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox") == 1);
    BOOST_TEST(removed_after(24h * 60) == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM account") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM archived_user") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log") > 0);
}

BOOST_AUTO_TEST_CASE(many_rows_go_in_portions_and_mails_that_wait_or_failed_stay) {
    Claims site;
    site.execute(
        "INSERT INTO login_failure (person, place, is_device, failed_at) "
        "SELECT 'p', 'x', false, '2026-11-19 12:00+00' FROM generate_series(1, 4500)");
    site.execute(
        "INSERT INTO mail_outbox (message, recipient, status, created_at, next_attempt_at) "
        "SELECT 'm', 'r', status, '2026-01-01', '2026-01-01' "
        "FROM unnest(array['pending', 'sending', 'failed', 'sent', 'expired']) AS status");
    BOOST_TEST(remove_expired(site.database(), site.clock.now()) == 4502);
    BOOST_TEST(site.mails() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
