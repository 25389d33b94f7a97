#include "core/settings_rules.h"

namespace ventanilla {
namespace {

constexpr std::int64_t unbounded = 1'000'000'000;
constexpr std::size_t min_secret_key_bytes = 32;

}  // namespace

// clang-format off
const std::vector<SettingRule>& setting_rules() {
    static const std::vector<SettingRule> table = {
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
        {"PDF_FONT_DIR", &Settings::pdf_font_dir, "/usr/share/fonts/truetype/liberation", 1, 500, "folder with LiberationSans-Regular.ttf and -Bold.ttf, for receipts and statements"},
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
        {"PHONE_REGION", &Settings::phone_region, "MX", 2, 2, "region of phone numbers without a country code, two capital letters (ISO 3166-1)"},
        {"CREDENTIALS_HOURS", &Settings::credentials_hours, "24", 1, 720, "staff can see a made password for so long"},
        {"MADE_PASSWORD_DAYS", &Settings::made_password_days, "14", 1, 365, "a made password that nobody used ends after so many days"},
        {"CREDENTIALS_BY_MAIL", &Settings::credentials_by_mail, "password", 4, 8, "what a mail with credentials carries: password, or link (the person sets one)"},
        {"ACTIVATION_HOURS", &Settings::activation_hours, "72", 1, 720, "such a link ends after so long"},
        {"PROFILE_APPROVAL", &Settings::profile_approval, "0", 0, 1, "1: what clients change of their contact data waits for staff"},
        {"CURRENCY", &Settings::currency, "MXN", 3, 3, "currency of the organisation, three capital letters (ISO 4217)"},
        {"CHARGES_DAY", &Settings::charges_day, "0", 0, 28, "day of the month from which on the worker makes the month's charges; 0: only the command does"},
        {"CHARGE_DUE_DAY", &Settings::charge_due_day, "10", 1, 31, "day of the month when the month's charges are due"},
        {"PRORATE_FIRST_MONTH", &Settings::prorate_first_month, "0", 0, 1, "1: a service that starts within a month pays the days that are left of it"},
        {"LATE_FEE_AFTER_DAYS", &Settings::late_fee_after_days, "0", 0, 365, "days after the due date when a charge gets its late fee; 0: no late fees"},
        {"LATE_FEE_AMOUNT", &Settings::late_fee_amount, "0", 1, 20, "the late fee, of charges in CURRENCY; 0: see LATE_FEE_PERCENT"},
        {"LATE_FEE_PERCENT", &Settings::late_fee_percent, "0", 1, 6, "the late fee as a part of what is still owed, two decimals at most; 0: see LATE_FEE_AMOUNT"},
        {"LATE_FEE_CONCEPT", &Settings::late_fee_concept, "Recargo por pago tardío", 1, 80, "what a late fee is called on pages and receipts"},
        {"REMINDER_DAYS_BEFORE", &Settings::reminder_days_before, "", 0, 60, "days before the due date when a mail reminds of it, such as 3,1; empty: none"},
        {"REMINDER_DAYS_AFTER", &Settings::reminder_days_after, "", 0, 60, "the same after the due date, for what is still owed"},
        {"SUSPEND_AFTER_DAYS", &Settings::suspend_after_days, "0", 0, 365, "a service with a charge overdue for more days than this is suspended until it is paid; 0: never"},
        {"PROMISE_MAX_DAYS", &Settings::promise_max_days, "15", 1, 365, "a promise of payment, which holds suspension off, ends at most so many days ahead"},
        {"PAY_AT_OFFICE", &Settings::pay_at_office, "En la oficina, en efectivo o por transferencia. Di tu nombre o tu número de cliente y recibe tu comprobante.", 1, 1000, "how to pay at the office; shown in the portal behind the button Pagar"},
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

}  // namespace ventanilla
