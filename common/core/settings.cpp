#include "core/settings.h"

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>
#include <unistd.h>
#include <variant>

#include "core/errors.h"
#include "core/text.h"

namespace ventanilla {
namespace {

using Text = std::string Settings::*;
using Number = std::int64_t Settings::*;
using Switch = bool Settings::*;

constexpr std::int64_t unbounded = 1'000'000'000;
constexpr std::size_t min_secret_key_bytes = 32;

// Least and greatest bound numbers, and the length of texts in bytes.
struct Rule {
    const char* name;
    std::variant<Text, Number, Switch> target;
    const char* fallback;
    std::int64_t least;
    std::int64_t greatest;
    const char* meaning;
};

// clang-format off
const std::vector<Rule>& rules() {
    static const std::vector<Rule> table = {
        {"BASE_URL", &Settings::base_url, "http://127.0.0.1:8080", 8, 200, "address of the site, without a slash at the end; https turns on secure cookies"},
        {"ORGANIZATION_NAME", &Settings::organization_name, "Centro Fray Bartolomé de las Casas", 1, 120, "name of the organisation on pages and in mails"},
        {"PORTAL_NAME", &Settings::portal_name, "AdminiRed", 1, 80, "name of the portal on pages and in mails"},
        {"STAFF_CONTACT", &Settings::staff_contact, "Acude a la oficina o llama al teléfono de tu recibo; con una identificación te ayudamos a recuperar tu cuenta.", 1, 500, "how to ask staff; shown on every page and in every mail"},
        {"DEMO_HINT", &Settings::demo_hint, "", 0, 500, "a hint above the login form; only for demonstrations"},
        {"TIME_ZONE", &Settings::time_zone, "America/Mexico_City", 1, 60, "time zone of the times that people read"},
        {"DATABASE_URL", &Settings::database_url, "postgresql:///ventanilla", 1, 1000, "libpq connection string or URI; several hosts fail over"},
        {"DATABASE_POOLER", &Settings::database_pooler, "0", 0, 1, "1 behind a transaction pooler such as PgBouncer: no prepared statements, no connection options"},
        {"SECRET_KEY", &Settings::secret_key, "", min_secret_key_bytes, 500, "at least 32 random characters; signs and seals everything (openssl rand -hex 32)"},
        {"SECRET_KEY_PREVIOUS", &Settings::secret_key_previous, "", 0, 500, "the key before the last rotation, still accepted; empty otherwise"},
        {"TEMPLATES_DIR", &Settings::templates_dir, "/usr/share/ventanilla/templates", 1, 500, "folder of the page and mail templates"},
        {"SQL_DIR", &Settings::sql_dir, "/usr/share/ventanilla/sql", 1, 500, "folder with the migrations"},
        {"RUN_DIR", &Settings::run_dir, "/run/ventanilla", 1, 200, "folder for lock files that all programs share"},
        {"WORKERS", &Settings::workers, "0", 0, 64, "processes of a handler; 0: one a core"},
        {"MAX_REQUESTS", &Settings::max_requests, "10000", 0, unbounded, "requests after which a process is replaced; 0: never"},
        {"IDLE_EXIT", &Settings::idle_exit, "0", 0, 86400, "seconds without a request after which a handler leaves memory; 0: never"},
        {"CODE_LENGTH", &Settings::code_length, "4", 4, 8, "digits of a verification code"},
        {"CODE_MINUTES", &Settings::code_minutes, "15", 1, 60, "minutes that a code is valid, and that a proven step may take"},
        {"SEARCH_DISCLOSES", &Settings::search_discloses, "1", 0, 1, "0: archived accounts are listed only after a code proved the mailbox"},
        {"SITE_WRONG_CODES", &Settings::site_wrong_codes, "25", 1, unbounded, "wrong short codes on the whole site in 24 h before all codes get longer"},
        {"ACCOUNT_WRONG_CODES", &Settings::account_wrong_codes, "9", 1, unbounded, "wrong short codes for one mailbox in 24 h before its codes get longer"},
        {"NETWORK_WRONG_CODES", &Settings::network_wrong_codes, "30", 1, unbounded, "wrong codes from one network in 24 h"},
        {"NETWORK_CODE_REQUESTS", &Settings::network_code_requests, "10", 1, unbounded, "codes that one network may ask for in an hour"},
        {"MAIL_GAP_SECONDS", &Settings::mail_gap_seconds, "60", 0, 3600, "seconds between two code mails to one address"},
        {"MAIL_DAY_NETWORK", &Settings::mail_day_network, "6", 1, unbounded, "code mails to one address asked for by one network in 24 h"},
        {"MAIL_DAY_TOTAL", &Settings::mail_day_total, "20", 1, unbounded, "code mails to one address in 24 h"},
        {"LOGIN_NETWORK_FAILURES", &Settings::login_network_failures, "100", 1, unbounded, "failed logins from one network in an hour"},
        {"LOGIN_FAILURE_MS", &Settings::login_failure_ms, "400", 0, 5000, "a failed login is answered no sooner, so that the time tells nothing"},
        {"PASSWORD_MIN_LENGTH", &Settings::password_min_length, "8", 8, 64, "characters that a new password has at least"},
        {"HASH_SLOTS", &Settings::hash_slots, "0", 0, 64, "password hashes computed at once on this host; 0: cores - 1, at least 1"},
        {"SESSION_IDLE_MINUTES", &Settings::session_idle_minutes, "30", 1, 1440, "a client's session ends after so long without a request"},
        {"SESSION_HOURS", &Settings::session_hours, "12", 1, 720, "a client's session lasts at most so long"},
        {"STAFF_IDLE_MINUTES", &Settings::staff_idle_minutes, "15", 1, 1440, "the same for staff"},
        {"STAFF_SESSION_HOURS", &Settings::staff_session_hours, "8", 1, 720, "the same for staff"},
        {"MAIL_BACKEND", &Settings::mail_backend_name, "console", 1, 10, "console (printed and kept as a file), file, or smtp"},
        {"MAIL_DIR", &Settings::mail_dir, "/var/lib/ventanilla/mail", 1, 500, "folder where console and file keep one .eml a mail"},
        {"MAIL_FROM", &Settings::mail_from, "no-responder@localhost.localdomain", 3, 254, "address that mails come from"},
        {"SMTP_URL", &Settings::smtp_url, "", 0, 500, "smtp://host:587 (STARTTLS required unless the host is loopback) or smtps://host:465"},
        {"SMTP_USER", &Settings::smtp_user, "", 0, 254, "login at the mail server; empty: none"},
        {"SMTP_PASSWORD", &Settings::smtp_password, "", 0, 500, "its password"},
        {"SMTP_CA_FILE", &Settings::smtp_ca_file, "", 0, 500, "certificate authority of the mail server when it is not one of the system's"},
    };
    return table;
}
// clang-format on

bool is_secret(const std::string& name) {
    return name.find("SECRET") != std::string::npos || name.find("PASSWORD") == 5
           || name == "DATABASE_URL";
}

// A value must not break the line that complains about it.
std::string on_one_line(std::string value) {
    for (char& c : value) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return value;
}

[[noreturn]] void refuse(const Rule& rule, const std::string& value, const std::string& wanted) {
    const std::string shown = is_secret(rule.name) ? "(not shown)" : '"' + on_one_line(value) + '"';
    throw Misconfigured("setting " + std::string(rule.name) + " is " + shown + ": " + wanted);
}

void assign_number(const Rule& rule, const std::string& value, std::int64_t& target) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), target);
    if (error != std::errc() || end != value.data() + value.size() || target < rule.least
        || target > rule.greatest) {
        refuse(rule,
               value,
               "must be a whole number from " + std::to_string(rule.least) + " to "
                   + std::to_string(rule.greatest));
    }
}

void assign_text(const Rule& rule, const std::string& value, std::string& target) {
    const auto size = static_cast<std::int64_t>(value.size());
    if (size < rule.least || size > rule.greatest) {
        refuse(rule,
               value,
               "must have " + std::to_string(rule.least) + " to " + std::to_string(rule.greatest)
                   + " bytes; " + rule.meaning);
    }
    for (const char c : value) {
        if (static_cast<unsigned char>(c) < 0x20) {
            refuse(rule, value, "must not have control characters");
        }
    }
    if (!is_valid_text(value)) {
        refuse(rule, "", "must be UTF-8");
    }
    target = value;
}

void assign(const Rule& rule, const std::string& value, Settings& settings) {
    if (const auto* text = std::get_if<Text>(&rule.target)) {
        assign_text(rule, value, settings.*(*text));
    } else if (const auto* number = std::get_if<Number>(&rule.target)) {
        assign_number(rule, value, settings.*(*number));
    } else if (value == "0" || value == "1") {
        settings.*std::get<Switch>(rule.target) = value == "1";
    } else {
        refuse(rule, value, "must be 0 or 1");
    }
}

void check_together(const Settings& settings) {
    const bool plain = settings.base_url.starts_with("http://");
    if ((!plain && !settings.is_https()) || settings.base_url.ends_with('/')) {
        throw Misconfigured("setting BASE_URL is \"" + settings.base_url
                            + "\": must begin with http:// or https:// and not end with a slash");
    }
    const auto& backend = settings.mail_backend_name;
    if (backend != "console" && backend != "file" && backend != "smtp") {
        throw Misconfigured("setting MAIL_BACKEND is \"" + backend
                            + "\": must be console, file or smtp");
    }
    const bool has_smtp_url =
        settings.smtp_url.starts_with("smtp://") || settings.smtp_url.starts_with("smtps://");
    if (backend == "smtp" && !has_smtp_url) {
        throw Misconfigured("setting SMTP_URL is \"" + settings.smtp_url
                            + "\": MAIL_BACKEND=smtp needs smtp://HOST or smtps://HOST");
    }
    if (!looks_like_email(settings.mail_from)) {
        throw Misconfigured("setting MAIL_FROM is \"" + settings.mail_from
                            + "\": must be one mail address");
    }
    const bool is_zone =
        settings.time_zone.find("..") == std::string::npos
        && std::filesystem::is_regular_file("/usr/share/zoneinfo/" + settings.time_zone);
    if (!is_zone && settings.time_zone != "UTC") {
        throw Misconfigured("setting TIME_ZONE is \"" + settings.time_zone
                            + "\": no such zone under /usr/share/zoneinfo");
    }
}

std::int64_t cores() {
    return std::max<std::int64_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

MailBackend Settings::mail_backend() const {
    if (mail_backend_name == "smtp") {
        return MailBackend::Smtp;
    }
    return mail_backend_name == "file" ? MailBackend::File : MailBackend::Console;
}

std::int64_t Settings::worker_count() const {
    return workers > 0 ? workers : cores();
}

int Settings::hash_slot_count() const {
    return static_cast<int>(hash_slots > 0 ? hash_slots : std::max<std::int64_t>(1, cores() - 1));
}

Settings Settings::read(const Lookup& lookup) {
    Settings settings;
    for (const auto& rule : rules()) {
        assign(rule, lookup(rule.name).value_or(rule.fallback), settings);
    }
    check_together(settings);
    setenv("TZ", settings.time_zone.c_str(), 1);
    tzset();
    return settings;
}

Settings Settings::from_environment() {
    return read([](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    });
}

std::vector<SettingInfo> setting_table() {
    std::vector<SettingInfo> table;
    for (const auto& rule : rules()) {
        table.push_back({rule.name, rule.fallback, rule.meaning});
    }
    return table;
}

}  // namespace ventanilla
