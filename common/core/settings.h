// All settings of all programs, read from the environment once at start and checked (SPEC.md 6). A
// wrong one ends the program with exit 102 and a line that names it. systemd/env.example documents
// each; a test keeps both equal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ventanilla {

enum class MailBackend { Console, File, Smtp };

struct Settings {
    // Where people reach the site, without a slash at the end. Links in mails come from here, never
    // from a request.
    std::string base_url;
    std::string organization_name;
    std::string portal_name;
    std::string staff_contact;  // shown on every page: how to ask the office
    std::string demo_hint;      // shown on the login page when not empty
    std::string time_zone;

    std::string database_url;  // libpq connection string or URI
    bool database_pooler =
        false;  // behind a transaction pooler: nothing may live longer than a transaction
    std::string secret_key;
    std::string secret_key_previous;  // still accepted during a rotation; may be empty
    std::string templates_dir;
    std::string sql_dir;       // holds migrations/
    std::string run_dir;       // lock files of the hash slots
    std::string pdf_font_dir;  // holds the fonts of receipts and statements

    std::int64_t workers = 0;       // processes a handler; 0: one a core
    std::int64_t max_requests = 0;  // a process is replaced after so many; 0: never
    std::int64_t idle_exit = 0;     // seconds; 0: never

    std::int64_t code_length = 0;
    std::int64_t code_minutes = 0;
    bool search_discloses = true;
    std::int64_t site_wrong_codes = 0;
    std::int64_t account_wrong_codes = 0;
    std::int64_t network_wrong_codes = 0;
    std::int64_t network_code_requests = 0;
    std::int64_t mail_gap_seconds = 0;
    std::int64_t mail_day_network = 0;
    std::int64_t mail_day_total = 0;
    std::int64_t login_network_failures = 0;
    std::int64_t login_failure_ms = 0;
    std::int64_t password_min_length = 0;
    std::int64_t hash_slots = 0;  // 0: cores - 1, at least 1

    std::int64_t session_idle_minutes = 0;
    std::int64_t session_hours = 0;
    std::int64_t staff_idle_minutes = 0;
    std::int64_t staff_session_hours = 0;

    std::string phone_region;
    std::int64_t credentials_hours = 0;
    std::int64_t made_password_days = 0;
    std::string credentials_by_mail;
    std::int64_t activation_hours = 0;

    bool profile_approval = false;

    std::string currency;             // the organisation's own, ISO 4217
    std::int64_t charges_day = 0;     // of the month; 0: the worker makes no charges
    std::int64_t charge_due_day = 0;  // of the month, its last day when it is shorter
    bool prorate_first_month = false;
    std::int64_t late_fee_after_days = 0;  // 0: none
    std::string late_fee_amount;           // as Money::typed reads it
    std::string late_fee_percent;          // of what is still owed, two decimals at most
    std::string late_fee_concept;
    std::string reminder_days_before;  // read_day_list
    std::string reminder_days_after;
    std::int64_t suspend_after_days = 0;  // 0: never
    std::int64_t promise_max_days = 0;
    std::string pay_at_office;  // shown in the portal: how to pay without paying online

    // A provider is there when its keys are set. A second webhook secret counts while one is
    // replaced.
    std::string stripe_secret_key;
    std::string stripe_webhook_secret;
    std::string stripe_webhook_secret_previous;
    std::string stripe_api_base;    // of all three: without a slash at the end
    std::string stripe_currencies;  // of all three: read_currency_list
    bool stripe_oxxo = false;
    std::string mercadopago_access_token;
    std::string mercadopago_webhook_secret;
    std::string mercadopago_webhook_secret_previous;
    std::string mercadopago_api_base;
    std::string mercadopago_currencies;
    std::string paypal_client_id;
    std::string paypal_client_secret;
    std::string paypal_webhook_id;
    std::string paypal_webhook_id_previous;
    std::string paypal_api_base;
    std::string paypal_currencies;
    std::int64_t payment_sweep_seconds = 0;
    std::string payment_minimum;  // as Money::typed reads it; 0: charges are paid whole
    std::int64_t payment_link_days = 0;
    std::int64_t voucher_days = 0;
    bool voucher_holds_suspension = false;

    std::string mail_backend_name;
    std::string mail_dir;
    std::string mail_from;
    std::string smtp_url;
    std::string smtp_user;
    std::string smtp_password;
    std::string smtp_ca_file;  // extra authority for the server's certificate; empty: the system's

    [[nodiscard]] MailBackend mail_backend() const;
    // Mails with credentials carry an activation link instead of the password.
    [[nodiscard]] bool mails_activation_link() const { return credentials_by_mail == "link"; }
    // At least one provider has its keys.
    [[nodiscard]] bool takes_online_payments() const {
        return !stripe_secret_key.empty() || !mercadopago_access_token.empty()
               || !paypal_client_id.empty();
    }
    [[nodiscard]] bool is_https() const { return base_url.starts_with("https://"); }
    [[nodiscard]] std::chrono::minutes code_life() const {
        return std::chrono::minutes(code_minutes);
    }
    [[nodiscard]] std::int64_t worker_count() const;
    [[nodiscard]] int hash_slot_count() const;

    using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

    // Throws Misconfigured naming the setting, its value (never a secret's) and what it should be.
    // Also sets the process's time zone.
    [[nodiscard]] static Settings read(const Lookup& lookup);
    [[nodiscard]] static Settings from_environment();
};

// "3,1": whole numbers from 1 to 365, at most ten, each once; empty: none. Absent for other text.
[[nodiscard]] std::optional<std::vector<int>> read_day_list(const std::string& text);

// "MXN,USD": codes of ISO 4217, each once; empty: none. Absent for other text.
[[nodiscard]] std::optional<std::vector<std::string>> read_currency_list(const std::string& text);

// One line of the table of settings, for the documentation test, `ventanilla ajustes` and
// tools/start.
struct SettingInfo {
    std::string name;
    std::string fallback;
    std::string meaning;
};

[[nodiscard]] std::vector<SettingInfo> setting_table();

}  // namespace ventanilla
