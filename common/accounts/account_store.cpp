#include "accounts/account_store.h"

#include <nlohmann/json.hpp>

#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr int last_suffix = 98;
constexpr std::size_t max_username_characters = 150;
constexpr const char* nameless = "usuario";

// The candidates travel as a JSON array: $1 of both statements.
std::string candidates_json(const std::string& base) {
    return nlohmann::json(unique_username_candidates(base)).dump();
}

constexpr db::Statement insert_account{"insert_account", R"sql(
    INSERT INTO account (username, email, password_hash, first_name, last_name, weak_password, created_at)
    SELECT candidate.name, nullif($2, ''), $3, $4, $5, $6, $7
    FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS candidate(name, position)
    WHERE NOT EXISTS (SELECT FROM account WHERE lower(username) = lower(candidate.name))
    ORDER BY candidate.position
    LIMIT 1
    ON CONFLICT (lower(username)) DO NOTHING
    RETURNING id, username
)sql"};

constexpr db::Statement find_free_username{"find_free_username", R"sql(
    SELECT candidate.name
    FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS candidate(name, position)
    WHERE NOT EXISTS (SELECT FROM account WHERE lower(username) = lower(candidate.name))
    ORDER BY candidate.position
    LIMIT 1
)sql"};

constexpr db::Statement insert_staff{"insert_staff", R"sql(
    INSERT INTO account (username, email, password_hash, is_staff, role, created_at)
    VALUES ($1, $2, $3, true, $4, $5)
    ON CONFLICT (lower(username)) DO NOTHING
    RETURNING id
)sql"};

constexpr db::Statement replace_password{"replace_password", R"sql(
    UPDATE account SET password_hash = $2, weak_password = weak_password AND $3::text IS NOT NULL
    WHERE id = $1 AND ($3::text IS NULL OR password_hash = $3)
)sql"};

}  // namespace

std::vector<std::string> unique_username_candidates(const std::string& base) {
    std::string kept = username_characters(base);
    if (kept.empty()) {
        kept = nameless;
    }
    std::vector<std::string> candidates = {kept};
    for (int suffix = 0; suffix <= last_suffix; ++suffix) {
        const std::string digits = std::to_string(suffix);
        candidates.push_back(first_characters(kept, max_username_characters - digits.size())
                             + digits);
    }
    return candidates;
}

std::optional<CreatedAccount> create_account(db::Transaction& transaction,
                                             const NewAccount& account,
                                             Timestamp now) {
    const std::string candidates = candidates_json(account.username_base);
    // Each round that inserts nothing lost its name to somebody else, so there are at most as many
    // as names.
    for (int round = 0; round <= last_suffix + 1; ++round) {
        const auto rows = transaction.run(insert_account,
                                          candidates,
                                          account.email,
                                          account.password_hash,
                                          account.first_name,
                                          account.last_name,
                                          account.weak_password,
                                          now);
        if (const auto row = rows.first<std::int64_t, std::string>()) {
            return CreatedAccount{std::get<0>(*row), std::get<1>(*row)};
        }
        if (transaction.run(find_free_username, candidates).empty()) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<std::string> free_username(db::Connection& connection, const std::string& base) {
    const auto row = connection.run(find_free_username, candidates_json(base)).first<std::string>();
    return row ? std::optional(std::get<0>(*row)) : std::nullopt;
}

std::variant<std::int64_t, StaffRefusal> create_staff(db::Connection& connection,
                                                      const Settings& settings,
                                                      const std::string& username,
                                                      const std::string& email,
                                                      const std::string& role,
                                                      const std::string& password,
                                                      Timestamp now) {
    if (username.empty() || username_characters(username) != username) {
        return StaffRefusal::UsernameUnusable;
    }
    if (!looks_like_email(email)) {
        return StaffRefusal::EmailMalformed;
    }
    if (password_problem(password, settings.password_min_length, {username, email})) {
        return StaffRefusal::PasswordRefused;
    }
    db::Transaction transaction(connection);
    const auto row =
        transaction.run(insert_staff, username, email, hash_password(password), role, now)
            .first<std::int64_t>();
    if (!row) {
        return StaffRefusal::UsernameTaken;
    }
    const std::int64_t id = std::get<0>(*row);
    transaction.run_all({audited({std::nullopt,
                                  "staff_created",
                                  "account:" + std::to_string(id),
                                  "",
                                  nlohmann::json{{"role", role}}.dump()},
                                 now)});
    transaction.commit();
    return id;
}

db::Call replaced_password(std::int64_t account_id,
                           const std::string& new_hash,
                           const std::optional<std::string>& only_if_still) {
    return {&replace_password, db::Params(account_id, new_hash, only_if_still)};
}

}  // namespace ventanilla
