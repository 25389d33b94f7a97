// Links that let a person set the first password.
#include "jobs/activation.h"

#include <boost/test/unit_test.hpp>

#include "claims/login_chain.h"
#include "store/job_site.h"
#include "store/parallel.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t hours = 72;
const std::string chosen = "tres palabras sueltas";

struct Site : JobSite {
    std::string link() {
        const NewActivation made = new_activation(account, clock.now(), hours);
        database().run_all({made.store});
        return made.token;
    }
    // "fine", "unknown", "expired", "used", "inactive"
    template <class Outcome>
    static std::string told(const Outcome& outcome) {
        const auto* refusal = std::get_if<ActivationRefusal>(&outcome);
        if (refusal == nullptr) {
            return "fine";
        }
        switch (*refusal) {
            case ActivationRefusal::Unknown:
                return "unknown";
            case ActivationRefusal::Expired:
                return "expired";
            case ActivationRefusal::Used:
                return "used";
            case ActivationRefusal::Inactive:
                return "inactive";
        }
        return "?";
    }
    std::string look(const std::string& token) {
        return told(find_activation(database(), token, clock.now()));
    }
    std::string use(const std::string& token) {
        return told(activate(claims(), token, chosen, visitor()));
    }

    std::int64_t ana = add_client_with_user("Ana López", "ana@ejemplo.com");
    std::int64_t account = number("SELECT account_id FROM client");
};

}  // namespace

BOOST_AUTO_TEST_SUITE(activation_links)

BOOST_AUTO_TEST_CASE(opening_a_link_changes_nothing_and_says_whose_it_is) {
    Site test;
    const std::string token = test.link();
    BOOST_TEST(token.size() == 43U);
    for (int times = 0; times < 3; ++times) {
        const auto found = find_activation(test.database(), token, test.clock.now());
        const auto& activation = std::get<Activation>(found);
        BOOST_TEST(activation.full_name == "Ana López");
        BOOST_TEST(activation.username == "ana@ejemplo.com");
        BOOST_TEST(activation.email == "ana@ejemplo.com");
    }
    BOOST_TEST(test.opens(test.ana, test.password_of(test.ana)));
}

BOOST_AUTO_TEST_CASE(it_sets_the_password_once_logs_in_and_forgets_the_made_one) {
    Site test;
    const std::string token = test.link();
    const std::string made = test.password_of(test.ana);
    (void)log_in(test.claims(), "ana@ejemplo.com", made, visitor(2));
    const auto outcome = activate(test.claims(), token, chosen, visitor());
    const auto& activated = std::get<Activated>(outcome);
    BOOST_TEST(test.services.sessions.find(activated.session_token)->account.id == test.account);
    BOOST_TEST(test.number("SELECT count(*) FROM session") == 1);
    BOOST_TEST(test.opens(test.ana, chosen));
    BOOST_TEST(test.password_of(test.ana).empty());
    BOOST_TEST(test.newest_mail("ana@ejemplo.com")["message"] == "password_changed");
    BOOST_TEST(
        test.text(
            "SELECT NOT asks_own_password AND last_login_at IS NOT NULL FROM account WHERE NOT is_staff")
        == "t");
    BOOST_TEST(test.events("account_activated") == 1);
    BOOST_TEST(test.look(token) == "used");
    BOOST_TEST(test.use(token) == "used");
}

BOOST_AUTO_TEST_CASE(a_link_ends_after_its_hours_and_when_a_newer_one_is_made) {
    Site test;
    const std::string first = test.link();
    test.clock.advance(1h);
    const std::string second = test.link();
    BOOST_TEST(test.look(first) == "expired");
    BOOST_TEST(test.use(first) == "expired");
    BOOST_TEST(test.look(second) == "fine");
    test.clock.advance(std::chrono::hours(hours));
    BOOST_TEST(test.look(second) == "expired");
    BOOST_TEST(test.use(second) == "expired");
}

BOOST_AUTO_TEST_CASE(a_link_of_a_disabled_account_or_of_nobody_does_nothing) {
    Site test;
    const std::string token = test.link();
    test.one(JobAction::DisableAccess, test.ana);
    BOOST_TEST(test.look(token) == "inactive");
    BOOST_TEST(test.use(token) == "inactive");
    BOOST_TEST(test.use(std::string(43, 'A')) == "unknown");
    BOOST_TEST(!test.opens(test.ana, chosen));
}

BOOST_AUTO_TEST_CASE(a_new_made_password_makes_earlier_links_worthless) {
    Site test;
    const std::string token = test.link();
    test.clock.advance(1h);
    test.one(JobAction::NewPassword, test.ana);
    BOOST_TEST(test.use(token) == "expired");
}

BOOST_AUTO_TEST_CASE(of_two_at_once_one_sets_the_password) {
    Site test;
    const std::string token = test.link();
    const auto told = in_parallel<std::string>(test, 2, [&](Services& services, int number) {
        return Site::told(activate(
            services.claims, token, "clave numero " + std::to_string(number), visitor(number)));
    });
    BOOST_TEST(std::count(told.begin(), told.end(), "fine") == 1);
    BOOST_TEST(std::count(told.begin(), told.end(), "used") == 1);
    const std::string winner = told[0] == "fine" ? "clave numero 0" : "clave numero 1";
    BOOST_TEST(test.opens(test.ana, winner));
}

BOOST_AUTO_TEST_CASE(only_a_hash_of_the_link_is_stored) {
    Site test;
    const std::string token = test.link();
    BOOST_TEST(test.number("SELECT count(*) FROM activation_link AS link WHERE position('" + token
                           + "' IN link::text) > 0")
               == 0);
}

BOOST_AUTO_TEST_SUITE_END()
