#include "core/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>
#include <unistd.h>
#include <variant>

#include "core/errors.h"
#include "core/money.h"
#include "core/payment_settings.h"
#include "core/settings_rules.h"
#include "core/text.h"

namespace ventanilla {
namespace {

bool is_secret(const std::string& name) {
    return name.find("SECRET") != std::string::npos || name.find("PASSWORD") == 5
           || name.find("TOKEN") != std::string::npos || name == "DATABASE_URL";
}

// A value must not break the line that complains about it.
std::string on_one_line(std::string value) {
    for (char& c : value) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return value;
}

[[noreturn]] void refuse(const SettingRule& rule,
                         const std::string& value,
                         const std::string& wanted) {
    const std::string shown = is_secret(rule.name) ? "(not shown)" : '"' + on_one_line(value) + '"';
    throw Misconfigured("setting " + std::string(rule.name) + " is " + shown + ": " + wanted);
}

void assign_number(const SettingRule& rule, const std::string& value, std::int64_t& target) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), target);
    if (error != std::errc() || end != value.data() + value.size() || target < rule.least
        || target > rule.greatest) {
        refuse(rule,
               value,
               "must be a whole number from " + std::to_string(rule.least) + " to "
                   + std::to_string(rule.greatest));
    }
}

void assign_text(const SettingRule& rule, const std::string& value, std::string& target) {
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

void assign(const SettingRule& rule, const std::string& value, Settings& settings) {
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

void check_late_fee(const Settings& settings) {
    const auto amount = Money::typed(settings.late_fee_amount, settings.currency);
    if (!amount) {
        throw Misconfigured("setting LATE_FEE_AMOUNT is \"" + settings.late_fee_amount
                            + "\": must be an amount, such as 50.00");
    }
    const auto percent = Money::typed(settings.late_fee_percent, settings.currency);
    constexpr std::int64_t whole = 100'00;
    if (!percent || percent->minor_units() > whole) {
        throw Misconfigured("setting LATE_FEE_PERCENT is \"" + settings.late_fee_percent
                            + "\": must be a number from 0 to 100, such as 2.5");
    }
    if (amount->is_positive() && percent->is_positive()) {
        throw Misconfigured("setting LATE_FEE_PERCENT is \"" + settings.late_fee_percent
                            + "\": must be 0 when LATE_FEE_AMOUNT is not");
    }
}

void check_billing(const Settings& settings) {
    if (!is_currency_code(settings.currency)) {
        throw Misconfigured("setting CURRENCY is \"" + settings.currency
                            + "\": must be three capital letters, such as MXN");
    }
    check_late_fee(settings);
    for (const auto& [name, value] :
         {std::pair("REMINDER_DAYS_BEFORE", &settings.reminder_days_before),
          std::pair("REMINDER_DAYS_AFTER", &settings.reminder_days_after)}) {
        if (!read_day_list(*value)) {
            throw Misconfigured(
                "setting " + std::string(name) + " is \"" + *value
                + "\": must be days from 1 to 365 with commas between them, such as 3,1");
        }
    }
}

void check_together(const Settings& settings) {
    check_billing(settings);
    check_payment_settings(settings);
    const bool plain = settings.base_url.starts_with("http://");
    if ((!plain && !settings.is_https()) || settings.base_url.ends_with('/')) {
        throw Misconfigured("setting BASE_URL is \"" + settings.base_url
                            + "\": must begin with http:// or https:// and not end with a slash");
    }
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (!is_capital(settings.phone_region[0]) || !is_capital(settings.phone_region[1])) {
        throw Misconfigured("setting PHONE_REGION is \"" + settings.phone_region
                            + "\": must be two capital letters, such as MX");
    }
    if (settings.credentials_by_mail != "password" && settings.credentials_by_mail != "link") {
        throw Misconfigured("setting CREDENTIALS_BY_MAIL is \"" + settings.credentials_by_mail
                            + "\": must be password or link");
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

std::optional<std::vector<int>> read_day_list(const std::string& text) {
    constexpr std::size_t most = 10;
    std::vector<int> days;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at != end) {
        int day = 0;
        const auto [rest, error] = std::from_chars(at, end, day);
        const bool is_new = std::find(days.begin(), days.end(), day) == days.end();
        if (error != std::errc() || day < 1 || day > 365 || !is_new || days.size() == most
            || (rest != end && (*rest != ',' || rest + 1 == end))) {
            return std::nullopt;
        }
        days.push_back(day);
        at = rest == end ? end : rest + 1;
    }
    return days;
}

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
    for (const auto& rule : setting_rules()) {
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
    for (const auto& rule : setting_rules()) {
        table.push_back({rule.name, rule.fallback, rule.meaning});
    }
    return table;
}

}  // namespace ventanilla
