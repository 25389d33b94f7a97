#include "support/test_services.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"
#include "core/digest.h"

namespace ventanilla::test {
namespace {

std::string scratch_folder() {
    const std::string folder =
        (std::filesystem::temp_directory_path() / ("ventanilla-test-" + std::to_string(getpid())))
            .string();
    std::filesystem::create_directories(folder);
    std::atexit([] {
        std::filesystem::remove_all(std::filesystem::temp_directory_path()
                                    / ("ventanilla-test-" + std::to_string(getpid())));
    });
    return folder;
}

}  // namespace

Settings test_settings() {
    static const std::string folder = scratch_folder();
    const char* url = std::getenv("TEST_DATABASE_URL");
    if (url == nullptr) {
        throw std::runtime_error("TEST_DATABASE_URL is not set; tests/run does that");
    }
    return Settings::read([&](const std::string& name) -> std::optional<std::string> {
        if (name == "DATABASE_URL") {
            return url;
        }
        if (name == "SECRET_KEY") {
            return "test-key-0123456789abcdef0123456789abcdef";
        }
        if (name == "TEMPLATES_DIR") {
            return VENTANILLA_SOURCE_DIR "/templates";
        }
        if (name == "SQL_DIR") {
            return VENTANILLA_SOURCE_DIR "/sql";
        }
        if (name == "RUN_DIR" || name == "MAIL_DIR") {
            return folder;
        }
        return name == "HASH_SLOTS" ? std::optional<std::string>("2") : std::nullopt;
    });
}

const Renderer& test_renderer() {
    static const Renderer renderer = [] {
        Renderer loaded(VENTANILLA_SOURCE_DIR "/templates");
        for (const auto& entry :
             std::filesystem::directory_iterator(VENTANILLA_SOURCE_DIR "/templates/pages")) {
            loaded.load_pages(entry.path().filename().string());
        }
        loaded.load_mails();
        return loaded;
    }();
    return renderer;
}

TestServices::TestServices()
    : settings(test_settings()),
      clock(parse_iso("2026-11-21 12:00:00+00")),
      services(settings, clock, test_renderer(), "test") {
    execute(
        "TRUNCATE account, session, login_failure, audit_log, archived_user, archived_record, archive_import, "
        "archive_search, claim, verification_code, code_attempt, code_step_up, mail_outbox, "
        "client, service, client_import, bulk_job, bulk_job_item, activation_link, "
        "charge, payment, ledger_entry, cash_closing, reminder, payment_promise, profile_change, email_change, online_payment, "
        "online_payment_charge, payment_event, payment_link, payment_quarantine, payment_provider_health "
        "RESTART IDENTITY CASCADE");
}

std::string TestServices::text(const std::string& sql) {
    // Statement names are told apart by their address: a fresh connection for each ad hoc query.
    db::Connection connection({settings.database_url, true, "ventanilla-test"});
    const db::Statement statement{"test_query", sql.c_str()};
    const auto row = connection.run(statement).first<std::optional<std::string>>();
    return row ? std::get<0>(*row).value_or("") : "";
}

std::int64_t TestServices::number(const std::string& sql) {
    return std::stoll(text(sql));
}

void TestServices::execute(const std::string& sql) {
    database().run_script("test_script", sql);
}

std::int64_t TestServices::add_archived_user(const std::string& username,
                                             const std::string& email,
                                             const std::string& password) {
    static constexpr db::Statement insert{"test_insert_archived_user", R"sql(
        INSERT INTO archived_user (legacy_id, username, email, password_hash, first_name, last_name)
        VALUES (gen_random_uuid()::text, $1, $2, 'md5$salt$' || md5('salt' || $3), 'Nombre', 'Apellido')
        RETURNING id
    )sql"};
    return std::get<0>(database().run(insert, username, email, password).at<std::int64_t>(0));
}

std::int64_t TestServices::add_account(const std::string& username,
                                       const std::string& email,
                                       const std::string& password) {
    static constexpr db::Statement insert{"test_insert_account", R"sql(
        INSERT INTO account (username, email, password_hash) VALUES ($1, $2, $3) RETURNING id
    )sql"};
    return std::get<0>(
        database().run(insert, username, email, hash_password(password)).at<std::int64_t>(0));
}

nlohmann::json TestServices::newest_mail(const std::string& recipient) {
    static constexpr db::Statement find{"test_find_mail", R"sql(
        SELECT model, message FROM mail_outbox WHERE recipient = $1 ORDER BY id DESC LIMIT 1
    )sql"};
    const auto [sealed, message] = database().run(find, recipient).at<db::Bytes, std::string>(0);
    nlohmann::json mail = services.outbox.open(sealed.value).value();
    mail["message"] = message;
    return mail;
}

Visitor visitor(int number, const std::string& network) {
    return {sha256("browser " + std::to_string(number)), network, "Firefox · Linux", std::nullopt};
}

}  // namespace ventanilla::test
