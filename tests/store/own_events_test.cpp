// What an account's owner is told of what happened to it.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "accounts/audit.h"
#include "accounts/audit_trail.h"
#include "store/billing_site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

using Lines = std::vector<std::string>;

namespace {

struct OwnEvents : BillingSite {
    std::int64_t client = add_client("Ana Ruiz");
    std::string token = log_in(client, "ana");
    std::int64_t account = number("SELECT id FROM account WHERE username = 'ana'");

    void happens(std::optional<std::int64_t> actor,
                 const std::string& action,
                 const std::string& subject) {
        clock.advance(1min);
        database().run_all({audited({actor, action, subject, "192.0.2.0/24"}, clock.now())});
    }
    // "login mine from 192.0.2.0/24", "client_changed"
    Lines told(const std::string& by, std::int64_t count = 20) {
        Lines lines;
        for (const auto& event : own_events(database(), by, count)) {
            lines.push_back(event.action + (event.is_mine ? " mine" : "")
                            + (event.network.empty() ? "" : " from " + event.network));
        }
        return lines;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(own_events_of_an_account)

BOOST_FIXTURE_TEST_CASE(what_i_did_and_what_was_done_to_me_the_newest_first, OwnEvents) {
    happens(account, "login", "");
    happens(staff_id, "client_changed", "client:" + std::to_string(client));
    happens(staff_id, "staff_created", "account:" + std::to_string(account));
    happens(std::nullopt, "service_suspended_by_rule", "client:" + std::to_string(client));
    happens(account, "profile_changed", "client:" + std::to_string(client));
    BOOST_TEST(told(token)
                   == (Lines{"profile_changed mine from 192.0.2.0/24",
                             "service_suspended_by_rule",
                             "staff_created",
                             "client_changed",
                             "login mine from 192.0.2.0/24"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(nothing_of_others_is_told, OwnEvents) {
    happens(staff_id, "login", "");
    happens(staff_id, "client_changed", "client:" + std::to_string(client + 1));
    happens(staff_id, "credentials_seen", "job:" + std::to_string(client));
    happens(std::nullopt, "claim_started", "claim:" + std::to_string(account));
    happens(staff_id, "client_changed", "client:" + std::to_string(client) + "0");
    BOOST_TEST(told(token).empty());
    BOOST_TEST(told("no such token").empty());
}

BOOST_FIXTURE_TEST_CASE(only_so_many_are_told, OwnEvents) {
    for (const char* action : {"first", "second", "third"}) {
        happens(account, action, "");
        happens(staff_id, std::string(action) + "_too", "client:" + std::to_string(client));
    }
    BOOST_TEST(told(token, 3) == (Lines{"third_too", "third mine from 192.0.2.0/24", "second_too"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(without_a_client_the_account_s_own_events_are_told, OwnEvents) {
    happens(account, "login", "");
    happens(staff_id, "client_deleted", "client:" + std::to_string(client));
    execute("UPDATE client SET account_id = NULL");
    BOOST_TEST(told(token) == (Lines{"login mine from 192.0.2.0/24"}),
               boost::test_tools::per_element());
    execute("UPDATE client SET account_id = " + std::to_string(account) + ", is_deleted = true");
    BOOST_TEST(told(token).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
