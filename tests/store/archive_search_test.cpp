// Searching the archive: what is listed, to whom, and for how long (SPEC.md 1 and 2).
#include <string>

#include <boost/test/unit_test.hpp>

#include "store/claims.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(archive_search)

BOOST_AUTO_TEST_CASE(a_search_finds_unclaimed_rows_of_both_sources_without_regard_to_case) {
    Claims site;
    site.execute(
        "INSERT INTO archived_record (source_table, legacy_id, data) VALUES "
        "('socios', '1', '{\"username\":\"mar\",\"email\":\"MARIA@correo.com\"}')");
    site.add_archived_user("jose", "jose@correo.com", "x");
    BOOST_TEST(site.search("Maria@Correo.COM") == "m***a,m***r");
    BOOST_TEST(search_result(site.claims(), visitor())->email == "Maria@Correo.COM");
    BOOST_TEST(site.search("nadie@correo.com") == "");
    BOOST_TEST(site.search("%@correo.com") == "");
}

BOOST_AUTO_TEST_CASE(claimed_and_inactive_rows_are_left_out) {
    Claims site;
    site.add_archived_user("marta", "maria@correo.com", "x");
    site.execute("UPDATE archived_user SET claimed_at = now() WHERE username = 'maria'");
    BOOST_TEST(site.search("maria@correo.com") == "m***a");
    site.execute("UPDATE archived_user SET is_active = false WHERE username = 'marta'");
    BOOST_TEST(site.list() == "");
}

BOOST_AUTO_TEST_CASE(a_browser_sees_only_its_own_last_search) {
    Claims site;
    const auto jose = site.add_archived_user("jose", "jose@correo.com", "x");
    (void)site.search("maria@correo.com", visitor(1));
    (void)site.search("jose@correo.com", visitor(2));
    const auto listed = [&](std::int64_t dato, int browser) {
        return listed_account(site.claims(), dato, visitor(browser)).has_value();
    };
    BOOST_TEST(listed(site.maria, 1));
    BOOST_TEST(!listed(jose, 1));
    BOOST_TEST(listed(jose, 2));
    BOOST_TEST(!listed(site.maria, 2));
    BOOST_TEST(!listed(site.maria, 3));
    BOOST_TEST(!listed(0, 1));
    BOOST_TEST(site.list(visitor(3)) == "(nothing)");
    (void)site.search("jose@correo.com", visitor(1));
    BOOST_TEST(!listed(site.maria, 1));
}

BOOST_AUTO_TEST_CASE(a_list_is_gone_after_an_hour) {
    Claims site;
    (void)site.search("maria@correo.com");
    site.clock.advance(1h - 1s);
    BOOST_TEST(site.list() == "m***a");
    site.clock.advance(1s);
    BOOST_TEST(site.list() == "(nothing)");
    BOOST_TEST(!listed_account(site.claims(), site.maria, visitor()).has_value());
}

BOOST_AUTO_TEST_CASE(without_disclosure_nothing_is_listed_before_the_mailbox_is_proved) {
    Claims site;
    site.settings.search_discloses = false;
    BOOST_TEST(site.search("maria@correo.com") == "(nothing)");
    BOOST_TEST(!listed_account(site.claims(), site.maria, visitor()).has_value());
    BOOST_TEST(site.start(start_mailbox_proof(site.claims(), "maria@correo.com", visitor()))
               == "sent");
    BOOST_TEST(site.list() == "(nothing)");
    const auto outcome = site.type(site.mailed());
    BOOST_TEST(told(outcome) == "accepted");
    BOOST_TEST(std::get<CodeAccepted>(outcome).proves_mailbox);
    BOOST_TEST(!std::get<CodeAccepted>(outcome).dato_id.has_value());
    BOOST_TEST(site.list() == "m***a");
    BOOST_TEST(site.list(visitor(2)) == "(nothing)");
    const auto listed = listed_account(site.claims(), site.maria, visitor());
    BOOST_REQUIRE(listed.has_value());
    BOOST_TEST(listed->is_proven);
    start_proven_choice(site.claims(), listed->account, listed->searched_email, visitor());
    BOOST_TEST(verified_claim(site.claims(), Flow::Search, visitor())->dato_id.value()
               == site.maria);
    BOOST_TEST(site.mails() == 1);  // no second code
}

BOOST_AUTO_TEST_CASE(a_proof_ends_with_another_search_and_with_its_time) {
    Claims site;
    site.settings.search_discloses = false;
    (void)site.search("maria@correo.com");
    (void)start_mailbox_proof(site.claims(), "maria@correo.com", visitor());
    (void)site.type(site.mailed());
    site.clock.advance(15min - 1s);
    BOOST_TEST(site.list() == "m***a");
    site.clock.advance(1s);
    BOOST_TEST(site.list() == "(nothing)");
    site.clock.advance(1min);
    (void)site.search("maria@correo.com");
    (void)start_mailbox_proof(site.claims(), "maria@correo.com", visitor());
    (void)site.type(site.mailed());
    BOOST_TEST(site.search("maria@correo.com") == "(nothing)");
}

BOOST_AUTO_TEST_CASE(without_disclosure_an_unknown_email_runs_the_same_way) {
    Claims site;
    site.settings.search_discloses = false;
    (void)site.search("nadie@correo.com");
    BOOST_TEST(site.start(start_mailbox_proof(site.claims(), "nadie@correo.com", visitor()))
               == "sent");
    BOOST_TEST(site.mails() == 0);
    const auto pending = pending_code(site.claims(), Flow::Search, visitor());
    BOOST_REQUIRE(pending.has_value());
    BOOST_TEST(pending->digits == 4);
    BOOST_TEST(told(site.type("0000")) == "wrong 4");
}

BOOST_AUTO_TEST_CASE(a_proof_for_one_email_lists_no_other) {
    Claims site;
    site.settings.search_discloses = false;
    site.add_archived_user("jose", "jose@correo.com", "x");
    (void)site.search("jose@correo.com");
    (void)start_mailbox_proof(site.claims(), "jose@correo.com", visitor());
    const std::string code = site.mailed("jose@correo.com");
    (void)site.search("maria@correo.com");
    (void)site.type(code);
    BOOST_TEST(site.list() == "(nothing)");
}

BOOST_AUTO_TEST_SUITE_END()
