// Settings: what they are when nobody says, and that each wrong one is refused by its name.
#include "core/settings.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"

using namespace ventanilla;
using namespace std::string_literals;

namespace {

using Values = std::map<std::string, std::string>;

Settings read(Values values) {
    values.try_emplace("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    return Settings::read([&](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    });
}

// What is said about a wrong value; empty when it is taken.
std::string complaint(const Values& values) {
    try {
        (void)read(values);
    } catch (const Misconfigured& error) {
        return error.what();
    }
    return "";
}

void refused(const std::string& name, const std::string& value) {
    BOOST_TEST_CONTEXT(name << "=" << value.substr(0, 60)) {
        const std::string said = complaint({{name, value}});
        BOOST_TEST(said.find("setting " + name + " ") != std::string::npos, said);
        BOOST_TEST(said.find('\n') == std::string::npos);
    }
}

void taken(const std::string& name, const std::string& value) {
    BOOST_TEST_CONTEXT(name << "=" << value.substr(0, 60)) {
        BOOST_TEST(complaint({{name, value}}) == "");
    }
}

struct Numbers {
    const char* name;
    std::int64_t least;
    std::int64_t greatest;
};

constexpr std::int64_t unbounded = 1'000'000'000;

const std::vector<Numbers> numbers = {{"WORKERS", 0, 64},
                                      {"MAX_REQUESTS", 0, unbounded},
                                      {"IDLE_EXIT", 0, 86400},
                                      {"CODE_LENGTH", 4, 8},
                                      {"CODE_MINUTES", 1, 60},
                                      {"SITE_WRONG_CODES", 1, unbounded},
                                      {"ACCOUNT_WRONG_CODES", 1, unbounded},
                                      {"NETWORK_WRONG_CODES", 1, unbounded},
                                      {"NETWORK_CODE_REQUESTS", 1, unbounded},
                                      {"MAIL_GAP_SECONDS", 0, 3600},
                                      {"MAIL_DAY_NETWORK", 1, unbounded},
                                      {"MAIL_DAY_TOTAL", 1, unbounded},
                                      {"LOGIN_NETWORK_FAILURES", 1, unbounded},
                                      {"LOGIN_FAILURE_MS", 0, 5000},
                                      {"PASSWORD_MIN_LENGTH", 8, 64},
                                      {"HASH_SLOTS", 0, 64},
                                      {"SESSION_IDLE_MINUTES", 1, 1440},
                                      {"SESSION_HOURS", 1, 720},
                                      {"STAFF_IDLE_MINUTES", 1, 1440},
                                      {"STAFF_SESSION_HOURS", 1, 720},
                                      {"CREDENTIALS_HOURS", 1, 720},
                                      {"MADE_PASSWORD_DAYS", 1, 365},
                                      {"ACTIVATION_HOURS", 1, 720},
                                      {"CHARGES_DAY", 0, 28},
                                      {"CHARGE_DUE_DAY", 1, 31},
                                      {"LATE_FEE_AFTER_DAYS", 0, 365},
                                      {"SUSPEND_AFTER_DAYS", 0, 365},
                                      {"PROMISE_MAX_DAYS", 1, 365},
                                      {"PAYMENT_SWEEP_SECONDS", 1, 3600},
                                      {"PAYMENT_LINK_DAYS", 1, 90},
                                      {"VOUCHER_DAYS", 1, 7}};

struct Texts {
    const char* name;
    std::size_t least;
    std::size_t greatest;
};

const std::vector<Texts> texts = {{"ORGANIZATION_NAME", 1, 120},
                                  {"PORTAL_NAME", 1, 80},
                                  {"STAFF_CONTACT", 1, 500},
                                  {"DEMO_HINT", 0, 500},
                                  {"DATABASE_URL", 1, 1000},
                                  {"SECRET_KEY", 32, 500},
                                  {"SECRET_KEY_PREVIOUS", 0, 500},
                                  {"TEMPLATES_DIR", 1, 500},
                                  {"SQL_DIR", 1, 500},
                                  {"RUN_DIR", 1, 200},
                                  {"PDF_FONT_DIR", 1, 500},
                                  {"PAY_AT_OFFICE", 1, 1000},
                                  {"LATE_FEE_CONCEPT", 1, 80},
                                  {"MAIL_DIR", 1, 500},
                                  {"SMTP_USER", 0, 254},
                                  {"SMTP_PASSWORD", 0, 500},
                                  {"SMTP_CA_FILE", 0, 500}};

}  // namespace

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(the_defaults_are_those_of_the_documents) {
    const Settings settings = read({});
    BOOST_TEST(settings.base_url == "http://127.0.0.1:8080");
    BOOST_TEST(settings.organization_name == "Centro Fray Bartolomé de las Casas");
    BOOST_TEST(settings.portal_name == "AdminiRed");
    BOOST_TEST(settings.code_length == 4);
    BOOST_TEST(settings.code_minutes == 15);
    BOOST_TEST(settings.search_discloses);
    BOOST_TEST(settings.site_wrong_codes == 25);
    BOOST_TEST(settings.account_wrong_codes == 9);
    BOOST_TEST(settings.network_wrong_codes == 30);
    BOOST_TEST(settings.network_code_requests == 10);
    BOOST_TEST(settings.mail_gap_seconds == 60);
    BOOST_TEST(settings.mail_day_network == 6);
    BOOST_TEST(settings.mail_day_total == 20);
    BOOST_TEST(settings.login_network_failures == 100);
    BOOST_TEST(settings.password_min_length == 8);
    BOOST_TEST(settings.session_idle_minutes == 30);
    BOOST_TEST(settings.session_hours == 12);
    BOOST_TEST(settings.staff_idle_minutes == 15);
    BOOST_TEST(settings.staff_session_hours == 8);
    BOOST_TEST((settings.mail_backend() == MailBackend::Console));
    BOOST_TEST(!settings.is_https());
    BOOST_TEST(!settings.database_pooler);
    BOOST_TEST(settings.worker_count() >= 1);
    BOOST_TEST(settings.hash_slot_count() >= 1);
}

BOOST_AUTO_TEST_CASE(every_number_has_its_bounds) {
    for (const auto& [name, least, greatest] : numbers) {
        taken(name, std::to_string(least));
        taken(name, std::to_string(greatest));
        refused(name, std::to_string(least - 1));
        refused(name, std::to_string(greatest + 1));
        for (const char* value :
             {"", "x", "1x", " 5", "5 ", "+5", "5.0", "0x5", "99999999999999999999"}) {
            refused(name, value);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_text_has_its_bounds) {
    for (const auto& [name, least, greatest] : texts) {
        taken(name, std::string(least, 'a'));
        taken(name, std::string(greatest, 'a'));
        refused(name, std::string(greatest + 1, 'a'));
        if (least > 0) {
            refused(name, std::string(least - 1, 'a'));
        }
        refused(name, std::string(least, 'a') + "\n");
        refused(name, std::string(least, 'a') + "\x1b");
    }
}

BOOST_AUTO_TEST_CASE(switches_are_0_or_1) {
    for (const char* name :
         {"SEARCH_DISCLOSES", "DATABASE_POOLER", "PRORATE_FIRST_MONTH", "PROFILE_APPROVAL"}) {
        taken(name, "0");
        taken(name, "1");
        for (const char* value : {"", "2", "yes", "true", "on", "01"}) {
            refused(name, value);
        }
    }
    BOOST_TEST(!read({{"SEARCH_DISCLOSES", "0"}}).search_discloses);
    BOOST_TEST(read({{"DATABASE_POOLER", "1"}}).database_pooler);
}

BOOST_AUTO_TEST_CASE(a_region_is_two_capital_letters_and_credentials_travel_in_one_of_two_ways) {
    taken("PHONE_REGION", "GT");
    for (const char* value : {"", "M", "mx", "MEX", "M1", "ÑÑ"}) {
        refused("PHONE_REGION", value);
    }
    taken("CREDENTIALS_BY_MAIL", "password");
    BOOST_TEST(!read({}).mails_activation_link());
    BOOST_TEST(read({{"CREDENTIALS_BY_MAIL", "link"}}).mails_activation_link());
    for (const char* value : {"", "links", "PASSWORD", "both"}) {
        refused("CREDENTIALS_BY_MAIL", value);
    }
}

BOOST_AUTO_TEST_CASE(every_setting_of_the_table_was_tried_here) {
    // Those of money have tests of their own in money_test.cpp, those of paying online in
    // payment_settings_test.cpp.
    std::set<std::string> tried = {"CURRENCY",
                                   "LATE_FEE_AMOUNT",
                                   "LATE_FEE_PERCENT",
                                   "REMINDER_DAYS_BEFORE",
                                   "REMINDER_DAYS_AFTER",
                                   "PRORATE_FIRST_MONTH",
                                   "VOUCHER_HOLDS_SUSPENSION",
                                   "PROFILE_APPROVAL",
                                   "PHONE_REGION",
                                   "CREDENTIALS_BY_MAIL",
                                   "BASE_URL",
                                   "TIME_ZONE",
                                   "DATABASE_POOLER",
                                   "SEARCH_DISCLOSES",
                                   "MAIL_BACKEND",
                                   "MAIL_FROM",
                                   "SMTP_URL"};
    for (const auto& rule : numbers) {
        tried.insert(rule.name);
    }
    for (const auto& rule : texts) {
        tried.insert(rule.name);
    }
    for (const auto& info : setting_table()) {
        const bool is_of_a_provider = info.name.starts_with("STRIPE_")
                                      || info.name.starts_with("MERCADOPAGO_")
                                      || info.name.starts_with("PAYPAL_");
        if (is_of_a_provider || info.name == "PAYMENT_MINIMUM") {
            continue;
        }
        BOOST_TEST_CONTEXT(info.name) {
            BOOST_TEST(tried.erase(info.name) == 1U);
            BOOST_TEST(!info.meaning.empty());
        }
    }
    BOOST_TEST(tried.empty());
}

BOOST_AUTO_TEST_CASE(the_address_of_the_site_is_http_or_https_without_a_slash_at_the_end) {
    taken("BASE_URL", "https://portal.ejemplo.org");
    taken("BASE_URL", "http://localhost:8080");
    for (const char* value : {"",
                              "https://",
                              "http://",
                              "ftp://x.org",
                              "portal.ejemplo.org",
                              "https://x.org/",
                              "//x.org",
                              "HTTPS"}) {
        refused("BASE_URL", value);
    }
    BOOST_TEST(read({{"BASE_URL", "https://x.org"}}).is_https());
}

BOOST_AUTO_TEST_CASE(the_time_zone_must_exist) {
    taken("TIME_ZONE", "UTC");
    taken("TIME_ZONE", "America/Mexico_City");
    refused("TIME_ZONE", "");
    refused("TIME_ZONE", "America/Atlantis");
}

BOOST_AUTO_TEST_CASE(a_folder_of_zones_is_no_time_zone) {
    refused("TIME_ZONE", "America");
}

BOOST_AUTO_TEST_CASE(a_file_outside_of_the_zones_is_no_time_zone) {
    refused("TIME_ZONE", "../../../etc/passwd");
}

BOOST_AUTO_TEST_CASE(mails_go_to_one_of_three_places) {
    for (const char* value : {"", "Console", "sendmail", "smtps"}) {
        refused("MAIL_BACKEND", value);
    }
    BOOST_TEST((read({{"MAIL_BACKEND", "file"}}).mail_backend() == MailBackend::File));
    const Values smtp = {{"MAIL_BACKEND", "smtp"}, {"SMTP_URL", "smtp://mail.ejemplo.org:587"}};
    BOOST_TEST((read(smtp).mail_backend() == MailBackend::Smtp));
    for (const char* url : {"", "http://mail.ejemplo.org", "mail.ejemplo.org:587"}) {
        const std::string said = complaint({{"MAIL_BACKEND", "smtp"}, {"SMTP_URL", url}});
        BOOST_TEST(said.find("setting SMTP_URL ") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_sender_of_mails_is_an_address) {
    taken("MAIL_FROM", "no-responder@ejemplo.org");
    refused("MAIL_FROM", "ab");
    refused("MAIL_FROM", "not an address");
    refused("MAIL_FROM", "a@b.org,c@d.org");
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf_8_is_refused) {
    refused("ORGANIZATION_NAME", "Centro \xff");
    refused("PORTAL_NAME", "\xc3");
}

BOOST_AUTO_TEST_CASE(secrets_are_never_shown) {
    const std::string tail = "\n";
    for (const char* name :
         {"SECRET_KEY", "SECRET_KEY_PREVIOUS", "SMTP_PASSWORD", "DATABASE_URL"}) {
        const std::string value = "hush-hush-" + std::string(40, 's') + tail;
        const std::string said = complaint({{name, value}});
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(said.find("setting "s + name) != std::string::npos);
            BOOST_TEST(said.find("hush") == std::string::npos);
            BOOST_TEST(said.find("not shown") != std::string::npos);
        }
    }
    BOOST_TEST(complaint({{"SECRET_KEY", "hush"}}).find("hush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(there_is_no_secret_key_by_default) {
    const auto nothing = [](const std::string&) -> std::optional<std::string> {
        return std::nullopt;
    };
    BOOST_CHECK_THROW((void)Settings::read(nothing), Misconfigured);
}

BOOST_AUTO_TEST_CASE(what_is_not_secret_is_shown_as_it_stands) {
    BOOST_TEST(complaint({{"CODE_LENGTH", "nine"}})
               == "setting CODE_LENGTH is \"nine\": must be a whole number from 4 to 8");
}

BOOST_AUTO_TEST_SUITE_END()
