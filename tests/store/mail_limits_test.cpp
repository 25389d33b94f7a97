// The limits on code mails, by address and by network (DESIGN.md, security figures).
#include <string>

#include <boost/test/unit_test.hpp>

#include "store/claims.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(mail_limits)

BOOST_AUTO_TEST_CASE(one_address_gets_a_code_a_minute) {
    Claims site;
    (void)site.choose_maria(visitor(1));
    site.clock.advance(20s);
    BOOST_TEST(site.start(site.choose_maria(visitor(1))) == "gap 40");
    BOOST_TEST(site.start(site.choose_maria(visitor(2, "198.51.100.0/24"))) == "gap 40");
    BOOST_TEST(site.start(send_new_code(site.claims(), Flow::Search, visitor(1)).value())
               == "gap 40");
    BOOST_TEST(site.recover("MARIA@correo.com", visitor(3, "203.0.113.0/24")) == "gap 40");
    BOOST_TEST(site.number("SELECT count(*) FROM claim") == 1);
    site.clock.advance(40s);
    BOOST_TEST(site.resend());
    BOOST_TEST(site.mails() == 2);
}

BOOST_AUTO_TEST_CASE(one_network_asks_for_six_codes_a_day_for_one_address) {
    Claims site;
    for (int mail = 0; mail < 6; ++mail) {
        BOOST_TEST(site.start(site.choose_maria()) == "sent");
        site.clock.advance(20min);
    }
    BOOST_TEST(site.start(site.choose_maria()) == "day " + std::to_string((24 - 2) * 3600));
    BOOST_TEST(site.start(site.choose_maria(visitor(2, "198.51.100.0/24"))) == "sent");
    site.clock.advance(22h);
    BOOST_TEST(site.start(site.choose_maria()) == "sent");
    BOOST_TEST(site.start(site.choose_maria()) == "day 1200");
}

BOOST_AUTO_TEST_CASE(one_address_gets_twenty_codes_a_day_in_all) {
    Claims site;
    for (int mail = 0; mail < 20; ++mail) {
        const Visitor who = visitor(mail, "10.0." + std::to_string(mail) + ".0/24");
        BOOST_TEST(site.start(site.choose_maria(who)) == "sent");
        site.clock.advance(1min);
    }
    BOOST_TEST(site.start(site.choose_maria(visitor(99, "10.1.0.0/24")))
               == "day " + std::to_string(24 * 3600 - 1200));
    BOOST_TEST(site.mails() == 20);
}

BOOST_AUTO_TEST_CASE(one_network_asks_for_ten_codes_an_hour) {
    Claims site;
    for (int number = 0; number < 10; ++number) {
        BOOST_TEST(site.recover("persona" + std::to_string(number) + "@correo.com", visitor(number))
                   == "sent");
        site.clock.advance(1min);
    }
    BOOST_TEST(site.recover("otra@correo.com") == "requests 3000");
    BOOST_TEST(site.recover("otra@correo.com", visitor(1, "198.51.100.0/24")) == "sent");
    site.clock.advance(50min);
    BOOST_TEST(site.recover("tercera@correo.com") == "sent");
    BOOST_TEST(site.recover("cuarta@correo.com") == "requests 60");
}

BOOST_AUTO_TEST_CASE(a_network_that_typed_too_many_wrong_codes_gets_and_tries_no_more) {
    Claims site;
    site.settings.network_wrong_codes = 3;
    (void)site.choose_maria();
    const std::string right = site.mailed();
    for (int wrong = 0; wrong < 3; ++wrong) {
        BOOST_TEST(told(site.type_wrong()) == "wrong " + std::to_string(4 - wrong));
        site.clock.advance(1min);
    }
    const auto outcome = site.type(right);
    BOOST_TEST(told(outcome) == "network throttled");
    BOOST_TEST((std::get<CodeNetworkThrottled>(outcome).retry_at == site.clock.now() + 24h - 3min));
    BOOST_TEST(site.recover("otra@correo.com") == "wrong " + std::to_string(24 * 3600 - 180));
    BOOST_TEST(site.attempts() == 3);
    // The same browser elsewhere.
    BOOST_TEST(told(site.type(right, visitor(1, "198.51.100.0/24"))) == "accepted");
}

BOOST_AUTO_TEST_CASE(thirty_requests_at_once_for_one_address_mail_one_code) {
    Claims site;
    site.add_account("jose", "jose@correo.com", good);
    const auto sent = in_parallel<int>(site, 30, [](Services& services, int number) {
        const auto who = visitor(number, "10.0." + std::to_string(number) + ".0/24");
        return std::holds_alternative<CodeSent>(
                   start_recovery(services.claims, "jose@correo.com", who))
                   ? 1
                   : 0;
    });
    int winners = 0;
    for (const int won : sent) {
        winners += won;
    }
    BOOST_TEST(winners == 1);
    BOOST_TEST(site.mails() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
