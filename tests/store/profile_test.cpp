// A client's own contact data in a real database.
#include "clients/profile.h"

#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "store/billing_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

ProfileServices profile_services(Services& services) {
    return {
        services.database, services.settings, services.clock, services.outbox, services.code_keys};
}

// "changed", "waits", "wrong 4", "none", "expired", "exhausted".
std::string told(const std::variant<EmailChanged, EmailCodeWrong, EmailCodeRefusal>& outcome) {
    if (const auto* changed = std::get_if<EmailChanged>(&outcome)) {
        return changed->waits_for_staff ? "waits" : "changed";
    }
    if (const auto* wrong = std::get_if<EmailCodeWrong>(&outcome)) {
        return "wrong " + std::to_string(wrong->tries_left);
    }
    switch (std::get<EmailCodeRefusal>(outcome)) {
        case EmailCodeRefusal::NoCode:
            return "none";
        case EmailCodeRefusal::Expired:
            return "expired";
        case EmailCodeRefusal::Exhausted:
            return "exhausted";
    }
    return "?";
}

struct ProfileSite : BillingSite {
    ProfileSite() {
        execute("UPDATE client SET phone = '9931234567', address = 'Centro' WHERE id = "
                + std::to_string(client));
        account = services.sessions.find(token)->account;
    }
    ProfileServices profile = profile_services(services);
    std::int64_t client = add_client("Ana Ruiz", "ana@correo.com");
    std::string token = log_in(client, "ana");
    Account account;
    const std::string network = "192.0.2.0/24";

    std::string change(const ProfileData& data) {
        const auto outcome = change_profile(profile, account, data, network);
        if (const auto* problems = std::get_if<ProfileProblems>(&outcome)) {
            return problems->front().text_key;
        }
        switch (std::get<ProfileOutcome>(outcome)) {
            case ProfileOutcome::Changed:
                return "changed";
            case ProfileOutcome::Waiting:
                return "waiting";
            case ProfileOutcome::Unchanged:
                return "unchanged";
            case ProfileOutcome::NoClient:
                return "no client";
        }
        return "?";
    }
    bool ask(const std::string& email) {
        return std::holds_alternative<EmailCodeSent>(
            ask_new_email(profile, account, email, network));
    }
    std::string mailed(const std::string& email) {
        return newest_mail(email)["code"].get<std::string>();
    }
    std::string type(const std::string& code) {
        return told(use_email_code(profile, account, code, network));
    }
    static std::string other_than(std::string code) {
        code.back() = code.back() == '9' ? '0' : static_cast<char>(code.back() + 1);
        return code;
    }
    std::string stored() {
        return text(
            "SELECT concat_ws('|', full_name, email, phone, address) FROM client WHERE id = "
            + std::to_string(client));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(contact_data_change_at_once_and_are_checked) {
    ProfileSite site;
    BOOST_TEST(site.change({"Ana Ruiz", "9931234567", "Centro"}) == "unchanged");
    BOOST_TEST(site.change({"", "9931234567", "Centro"}) == "client_name_required");
    BOOST_TEST(site.change({"Ana", "no es un número", "Centro"}) == "client_phone_unusable");
    BOOST_TEST(site.change({"Ana Ruiz Gil", "993 765 4321", ""}) == "changed");
    BOOST_TEST(site.stored() == "Ana Ruiz Gil|ana@correo.com|9937654321");
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'profile_changed'") == 1);
    BOOST_TEST(site.number("SELECT version FROM client WHERE id = 1") == 2);
    site.execute("UPDATE client SET account_id = NULL");
    BOOST_TEST(site.change({"Ana", "", ""}) == "no client");
}

BOOST_AUTO_TEST_CASE(changes_wait_for_staff_when_the_setting_says_so) {
    ProfileSite site;
    site.settings.profile_approval = true;
    BOOST_TEST(site.change({"Ana Gil", "9931234567", "Centro"}) == "waiting");
    BOOST_TEST(site.change({"Ana Ruiz", "9931234567", "Sur 5"}) == "waiting");
    BOOST_TEST(site.stored() == "Ana Ruiz|ana@correo.com|9931234567|Centro");
    const auto profile = profile_of(site.profile, site.token);
    BOOST_TEST(profile.waiting->full_name.value() == "Ana Gil");
    BOOST_TEST(profile.waiting->address.value() == "Sur 5");
    BOOST_TEST(!profile.waiting->phone.has_value());
    const auto wishes = waiting_wishes(site.database());
    BOOST_REQUIRE_EQUAL(wishes.size(), 1U);
    BOOST_TEST(wishes[0].fields[0].before == "Ana Ruiz");
    BOOST_TEST(wishes[0].fields[0].after == "Ana Gil");
    const auto count = approve_wishes(site.profile, {wishes[0].id, 999}, site.staff);
    BOOST_TEST(count.decided == 1);
    BOOST_TEST(count.gone == 1);
    BOOST_TEST(site.stored() == "Ana Gil|ana@correo.com|9931234567|Sur 5");
    BOOST_TEST(approve_wishes(site.profile, {wishes[0].id}, site.staff).gone == 1);
    BOOST_TEST(!profile_of(site.profile, site.token).waiting.has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_wish_changes_nothing) {
    ProfileSite site;
    site.settings.profile_approval = true;
    static_cast<void>(site.change({"Otra", "", ""}));
    const auto id = waiting_wishes(site.database()).at(0).id;
    BOOST_TEST(refuse_wishes(site.profile, {id}, "falta identificación", site.staff).decided == 1);
    BOOST_TEST(site.stored() == "Ana Ruiz|ana@correo.com|9931234567|Centro");
    BOOST_TEST(site.text("SELECT status || ' ' || reason FROM profile_change")
               == "refused falta identificación");
    BOOST_TEST(site.number("SELECT count(*) FROM audit_log WHERE action = 'profile_change_refused'")
               == 1);
}

BOOST_AUTO_TEST_CASE(approvals_at_once_carry_a_wish_out_once) {
    ProfileSite site;
    site.settings.profile_approval = true;
    static_cast<void>(site.change({"Ana Gil", "", ""}));
    const auto id = waiting_wishes(site.database()).at(0).id;
    const auto decided = in_parallel<std::int64_t>(site, 4, [&](Services& services, int) {
        return approve_wishes(profile_services(services), {id}, site.staff).decided;
    });
    BOOST_TEST(decided[0] + decided[1] + decided[2] + decided[3] == 1);
}

BOOST_AUTO_TEST_CASE(a_new_email_counts_after_its_code_and_the_old_address_is_told) {
    ProfileSite site;
    BOOST_TEST(site.ask(" nueva@correo.com "));
    BOOST_TEST(profile_of(site.profile, site.token).unproven_email.value() == "nueva@correo.com");
    BOOST_TEST(site.stored() == "Ana Ruiz|ana@correo.com|9931234567|Centro");
    const std::string code = site.mailed("nueva@correo.com");
    BOOST_TEST(site.type(ProfileSite::other_than(code)) == "wrong 4");
    BOOST_TEST(site.type(code) == "changed");
    BOOST_TEST(site.type(code) == "none");
    BOOST_TEST(
        site.text(
            "SELECT client.email || ' ' || account.email || ' ' || username FROM client JOIN account "
            "ON account.id = account_id")
        == "nueva@correo.com nueva@correo.com ana");
    const auto told = site.newest_mail("ana@correo.com");
    BOOST_TEST(told["message"] == "email_changed");
    BOOST_TEST(told["new_email"] == "nueva@correo.com");
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox WHERE message = 'email_changed'")
               == 1);
}

BOOST_AUTO_TEST_CASE(an_email_that_is_malformed_or_the_same_is_refused) {
    ProfileSite site;
    const auto refusal = [&](const std::string& email) {
        return std::get<EmailRefusal>(
            ask_new_email(site.profile, site.account, email, site.network));
    };
    BOOST_TEST((refusal("nadie") == EmailRefusal::Malformed));
    BOOST_TEST((refusal("") == EmailRefusal::Malformed));
    BOOST_TEST((refusal("ana@correo.com") == EmailRefusal::SameAsNow));
}

BOOST_AUTO_TEST_CASE(codes_of_a_new_email_have_a_gap_tries_and_an_end) {
    ProfileSite site;
    BOOST_TEST(site.ask("nueva@correo.com"));
    BOOST_TEST(!site.ask("otra@correo.com"));
    site.clock.advance(60s);
    const std::string first = site.mailed("nueva@correo.com");
    BOOST_TEST(site.ask("nueva@correo.com"));
    const std::string code = site.mailed("nueva@correo.com");
    if (first != code) {
        BOOST_TEST(site.type(first) == "wrong 4");
    } else {
        BOOST_TEST(site.type(ProfileSite::other_than(code)) == "wrong 4");
    }
    for (const char* outcome : {"wrong 3", "wrong 2", "wrong 1", "exhausted", "exhausted"}) {
        BOOST_TEST(site.type(ProfileSite::other_than(code)) == outcome);
    }
    BOOST_TEST(site.type(code) == "exhausted");
    BOOST_TEST(!pending_email(site.profile, site.token).has_value());
    site.clock.advance(60s);
    BOOST_TEST(site.ask("nueva@correo.com"));
    site.clock.advance(15min);
    BOOST_TEST(site.type(site.mailed("nueva@correo.com")) == "expired");
}

BOOST_AUTO_TEST_CASE(somebody_who_guesses_gets_longer_codes) {
    ProfileSite site;
    for (int round = 0; round < 2; ++round) {
        BOOST_TEST(site.ask("victima@correo.com"));
        const std::string code = site.mailed("victima@correo.com");
        BOOST_TEST(code.size() == 4U);
        for (int i = 0; i < 5; ++i) {
            static_cast<void>(site.type(ProfileSite::other_than(code)));
        }
        site.clock.advance(60s);
    }
    BOOST_TEST(site.ask("victima@correo.com"));
    BOOST_TEST(site.mailed("victima@correo.com").size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_right_code_typed_many_times_at_once_counts_once) {
    ProfileSite site;
    BOOST_TEST(site.ask("nueva@correo.com"));
    const std::string code = site.mailed("nueva@correo.com");
    const auto outcomes = in_parallel<std::string>(site, 4, [&](Services& services, int) {
        return told(use_email_code(profile_services(services), site.account, code, site.network));
    });
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "changed") == 1);
    BOOST_TEST(site.number("SELECT count(*) FROM mail_outbox WHERE message = 'email_changed'")
               == 1);
}

BOOST_AUTO_TEST_CASE(a_proven_email_waits_for_staff_too) {
    ProfileSite site;
    site.settings.profile_approval = true;
    static_cast<void>(site.change({"Ana Gil", "9931234567", "Centro"}));
    BOOST_TEST(site.ask("nueva@correo.com"));
    BOOST_TEST(site.type(site.mailed("nueva@correo.com")) == "waits");
    BOOST_TEST(site.text("SELECT email FROM client WHERE id = 1") == "ana@correo.com");
    const auto wishes = waiting_wishes(site.database());
    BOOST_TEST(wishes.at(0).fields.size() == 2U);
    BOOST_TEST(approve_wishes(site.profile, {wishes.at(0).id}, site.staff).decided == 1);
    BOOST_TEST(
        site.text(
            "SELECT client.email || ' ' || account.email FROM client JOIN account ON account.id = account_id")
        == "nueva@correo.com nueva@correo.com");
    BOOST_TEST(site.newest_mail("ana@correo.com")["message"] == "email_changed");
}

BOOST_AUTO_TEST_CASE(profile_and_session_share_one_round_trip) {
    ProfileSite site;
    site.services.sessions.look_ahead(site.token);
    BOOST_TEST(profile_of(site.profile, site.token).full_name == "Ana Ruiz");
    BOOST_TEST(site.services.sessions.found_ahead()->account.username == "ana");
    BOOST_TEST(profile_of(site.profile, "no such token").full_name.empty());
}

BOOST_AUTO_TEST_CASE(an_account_without_a_client_has_its_own_name_and_email) {
    ProfileSite site;
    site.execute(
        "UPDATE client SET account_id = NULL;"
        "UPDATE account SET first_name = 'Ana', last_name = '', email = 'suya@correo.com'");
    BOOST_TEST(profile_of(site.profile, site.token).full_name == "Ana");
    BOOST_TEST(profile_of(site.profile, site.token).email == "suya@correo.com");
    site.execute("UPDATE account SET last_name = 'Ruiz'");
    BOOST_TEST(profile_of(site.profile, site.token).full_name == "Ana Ruiz");
}

BOOST_AUTO_TEST_CASE(an_account_without_a_client_changes_its_own_email) {
    ProfileSite site;
    site.execute("UPDATE client SET account_id = NULL");
    BOOST_TEST(!profile_of(site.profile, site.token).client_id.has_value());
    BOOST_TEST(site.ask("nueva@correo.com"));
    BOOST_TEST(site.type(site.mailed("nueva@correo.com")) == "changed");
    BOOST_TEST(site.text("SELECT email FROM account WHERE username = 'ana'") == "nueva@correo.com");
    BOOST_TEST(site.text("SELECT email FROM client WHERE id = 1") == "ana@correo.com");
}

BOOST_AUTO_TEST_SUITE_END()
