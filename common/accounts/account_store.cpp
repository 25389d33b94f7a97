#include "accounts/account_store.h"

#include <set>

#include <nlohmann/json.hpp>

#include "accounts/audit.h"
#include "accounts/password_hash.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr int last_suffix = 98;
constexpr std::size_t max_username_characters = 150;
constexpr const char* nameless = "usuario";

// The candidates travel as a JSON array: $1.
std::string candidates_json(const std::string& base) {
    return nlohmann::json(unique_username_candidates(base)).dump();
}

// Each of the wanted accounts ($1, as JSON) under the first of its names that is free, counting
// those before it that want the same. Two that come to one name all the same (maria with a 1, and
// maria1), and those who lose a name to somebody else, get nothing here and come again. Sorted, so
// that two transactions that want the same names wait for each other in one order.
static_assert(last_suffix == 98);
constexpr db::Statement insert_accounts{"insert_accounts", R"sql(
    WITH wanted AS MATERIALIZED (
        SELECT account.*,
               row_number() OVER (PARTITION BY lower(base) ORDER BY position) - 1 AS skipped
        FROM jsonb_to_recordset($1::jsonb) AS account (
            position bigint, base text, email text, password_hash text, first_name text, last_name text,
            weak boolean, made_ends timestamptz)
    ), named AS MATERIALIZED (
        SELECT wanted.*, CASE
            WHEN skipped = 0 AND NOT EXISTS (SELECT FROM account WHERE lower(username) = lower(base)) THEN base
            ELSE (SELECT candidate FROM (
                      SELECT number, left(base, $3 - length(number::text)) || number AS candidate
                      FROM generate_series(0, 98) AS number
                      UNION ALL SELECT -1, base) AS candidates
                  WHERE (SELECT count(*) FROM account WHERE lower(username) = lower(candidate)) = 0
                  ORDER BY number OFFSET skipped LIMIT 1) END AS name
        FROM wanted
    ), chosen AS MATERIALIZED (
        SELECT DISTINCT ON (lower(name)) * FROM named WHERE name IS NOT NULL ORDER BY lower(name), position
    ), made AS (
        INSERT INTO account (username, email, password_hash, first_name, last_name, weak_password,
                             asks_own_password, password_expires_at, created_at)
        SELECT name, nullif(email, ''), password_hash, first_name, last_name, weak,
               made_ends IS NOT NULL, made_ends, $2
        FROM chosen ORDER BY lower(name)
        ON CONFLICT (lower(username)) DO NOTHING
        RETURNING id, username
    )
    SELECT position, id, username FROM chosen JOIN made ON username = name
    UNION ALL SELECT position, NULL, NULL FROM named WHERE name IS NULL
)sql"};

nlohmann::json wanted_account(const NewAccount& account, std::size_t position) {
    const auto& ends = account.made_password_expires_at;
    return {{"position", position},
            {"base", unique_username_candidates(account.username_base).front()},
            {"email", account.email},
            {"password_hash", account.password_hash},
            {"first_name", account.first_name},
            {"last_name", account.last_name},
            {"weak", account.weak_password},
            {"made_ends", ends ? nlohmann::json(iso_text(*ends)) : nlohmann::json()}};
}

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

constexpr db::Statement rehash_password{"rehash_password", R"sql(
    UPDATE account SET password_hash = $2
    WHERE id = $1 AND password_hash = $3
)sql"};

constexpr db::Statement store_chosen_password{"store_chosen_password", R"sql(
    UPDATE account
    SET password_hash = $2, weak_password = false, asks_own_password = false, password_expires_at = NULL,
        password_chosen_at = $3
    WHERE id = $1
)sql"};

constexpr db::Statement store_made_password{"store_made_password", R"sql(
    UPDATE account
    SET password_hash = $2, weak_password = false, asks_own_password = true, password_expires_at = $3
    WHERE id = $1
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
    return create_accounts(transaction, {account}, now).front();
}

std::vector<std::optional<CreatedAccount>> create_accounts(db::Transaction& transaction,
                                                           const std::vector<NewAccount>& accounts,
                                                           Timestamp now) {
    std::vector<std::optional<CreatedAccount>> created(accounts.size());
    nlohmann::json waiting = nlohmann::json::array();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        waiting.push_back(wanted_account(accounts[i], i));
    }
    // Who gets nothing in a round lost a name for good, so there are at most as many rounds as
    // names.
    for (int round = 0; round <= last_suffix + 1 && !waiting.empty(); ++round) {
        const auto rows =
            transaction.run(insert_accounts, waiting.dump(), now, max_username_characters);
        std::set<std::size_t> settled;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto [position, id, username] =
                rows.at<std::int64_t, std::optional<std::int64_t>, std::optional<std::string>>(i);
            const auto index = static_cast<std::size_t>(position);
            settled.insert(index);
            if (id) {
                created[index] = CreatedAccount{*id, username.value()};
            }
        }
        std::erase_if(waiting.get_ref<nlohmann::json::array_t&>(), [&](const auto& account) {
            return settled.contains(account.at("position").template get<std::size_t>());
        });
    }
    return created;
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

db::Call rehashed_password(std::int64_t account_id,
                           const std::string& new_hash,
                           const std::string& only_if_still) {
    return {&rehash_password, db::Params(account_id, new_hash, only_if_still)};
}

db::Call chosen_password(std::int64_t account_id, const std::string& hash, Timestamp now) {
    return {&store_chosen_password, db::Params(account_id, hash, now)};
}

db::Call storing_made_password(std::int64_t account_id,
                               const std::string& hash,
                               Timestamp expires_at) {
    return {&store_made_password, db::Params(account_id, hash, expires_at)};
}

}  // namespace ventanilla
