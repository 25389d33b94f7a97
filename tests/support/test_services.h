// The real services over a real, empty, migrated database (TEST_DATABASE_URL) with a clock that
// tests set.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/services.h"
#include "app/visit.h"

namespace ventanilla::test {

// Settings as a program reads them, with test values for what has no default. TEST_DATABASE_URL
// must be set.
Settings test_settings();

// All pages, texts and mails of templates/, loaded once.
const Renderer& test_renderer();

// Begins with empty tables. Times start at 2026-11-21 12:00 UTC.
class TestServices {
  public:
    TestServices();

    Settings settings;  // may be changed: the services refer to it
    FixedClock clock;
    Services services;

    db::Connection& database() { return services.database; }
    const ClaimServices& claims() { return services.claims; }

    // The values of the first row of a query; for what a test wants to see in the tables.
    std::string text(const std::string& sql);
    std::int64_t number(const std::string& sql);
    void execute(const std::string& sql);

    // One archived account of the table archived_user; returns its dato_id. The password is stored
    // as old hashes are.
    std::int64_t add_archived_user(const std::string& username,
                                   const std::string& email,
                                   const std::string& password);
    // A live account; returns its id.
    std::int64_t add_account(const std::string& username,
                             const std::string& email,
                             const std::string& password);

    // A mail of the outbox, opened: the newest to this recipient. Throws when there is none.
    nlohmann::json newest_mail(const std::string& recipient);
};

// A visitor with a browser of its own; `number` tells browsers apart.
Visitor visitor(int number = 1, const std::string& network = "192.0.2.0/24");

}  // namespace ventanilla::test
