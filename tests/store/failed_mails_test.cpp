// What staff see of mails that were given up.
#include "mail/failed_mails.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

constexpr std::size_t most_shown = 100;

struct Mails : TestServices {
    void add(const std::string& status, int count = 1) {
        execute(
            "INSERT INTO mail_outbox (message, recipient, status, attempts, created_at, next_attempt_at, last_error)"
            " SELECT 'payment_received', 'persona' || n || '@ejemplo.com', '"
            + status
            + "', 12, '2026-11-20 10:00+00', '2026-11-20 10:00+00', '550 no such user' FROM generate_series(1, "
            + std::to_string(count) + ") AS n");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_up_mails)

BOOST_FIXTURE_TEST_CASE(a_failed_mail_says_to_whom_it_was_and_why_it_failed, Mails) {
    add("failed");
    const auto mails = failed_mails(database());
    BOOST_REQUIRE_EQUAL(mails.size(), 1U);
    BOOST_TEST(mails[0].message == "payment_received");
    BOOST_TEST(mails[0].recipient == "persona1@ejemplo.com");
    BOOST_TEST(mails[0].attempts == 12);
    BOOST_TEST(mails[0].last_error == "550 no such user");
    BOOST_TEST(iso_text(mails[0].created_at) == "2026-11-20 10:00:00.000000+00");
}

BOOST_FIXTURE_TEST_CASE(mails_that_wait_or_went_out_are_not_among_them, Mails) {
    add("pending");
    add("sent");
    BOOST_TEST(failed_mails(database()).empty());
}

BOOST_FIXTURE_TEST_CASE(a_failed_mail_without_a_word_of_the_server_is_shown_too, Mails) {
    add("failed");
    execute("UPDATE mail_outbox SET last_error = NULL");
    BOOST_TEST(failed_mails(database()).at(0).last_error.empty());
}

BOOST_FIXTURE_TEST_CASE(the_newest_hundred_are_shown, Mails) {
    add("failed", 105);
    const auto mails = failed_mails(database());
    BOOST_TEST(mails.size() == most_shown);
    BOOST_TEST(mails.front().recipient == "persona105@ejemplo.com");
    BOOST_TEST(mails.back().recipient == "persona6@ejemplo.com");
}

BOOST_AUTO_TEST_SUITE_END()
