#include "claims/archive_search.h"

#include "core/text.h"

namespace ventanilla {
namespace {

// A list that stands open in a browser longer than this has to be asked for again.
constexpr std::chrono::hours search_life{1};

constexpr db::Statement store_search{"store_search", R"sql(
    INSERT INTO archive_search (browser_hash, email, searched_at) VALUES ($1, $2, $3)
    ON CONFLICT (browser_hash) DO UPDATE
    SET email = excluded.email, searched_at = excluded.searched_at, proven_at = NULL
)sql"};

constexpr db::Statement find_search{"find_search", R"sql(
    SELECT email, coalesce(proven_at > $3, false)
    FROM archive_search WHERE browser_hash = $1 AND searched_at > $2
)sql"};

struct Search {
    std::string email;
    bool is_proven = false;
};

std::optional<Search> live_search(const ClaimServices& services, const Visitor& visitor) {
    const Timestamp now = services.clock.now();
    const auto row = services.database
                         .run(find_search,
                              db::Bytes{visitor.browser_hash},
                              now - search_life,
                              now - services.settings.code_life())
                         .first<std::string, bool>();
    if (!row) {
        return std::nullopt;
    }
    Search search{std::get<0>(*row), std::get<1>(*row)};
    if (!services.settings.search_discloses && !search.is_proven) {
        return std::nullopt;
    }
    return search;
}

ArchivedAccount archived_from(const db::Rows& rows, std::size_t index) {
    auto [id, source, username, email, hash, first_name, last_name, is_active] =
        rows.at<std::int64_t,
                std::string,
                std::string,
                std::string,
                std::string,
                std::string,
                std::string,
                bool>(index);
    return {id, source, username, email, hash, first_name, last_name, is_active};
}

constexpr db::Statement find_unclaimed_by_email{"find_unclaimed_by_email", R"sql(
    SELECT id, source, coalesce(username, ''), coalesce(email, ''), coalesce(password_hash, ''), first_name,
           last_name, is_active
    FROM archived_account
    WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND claimed_at IS NULL AND is_active
    ORDER BY id LIMIT 50
)sql"};

constexpr db::Statement find_unclaimed_by_both{"find_unclaimed_by_both", R"sql(
    SELECT id, source, coalesce(username, ''), coalesce(email, ''), coalesce(password_hash, ''), first_name,
           last_name, is_active
    FROM archived_account
    WHERE lower(username) = lower($1) AND lower(email COLLATE "C") = lower($2 COLLATE "C") AND claimed_at IS NULL AND is_active
    ORDER BY id LIMIT 1
)sql"};

constexpr db::Statement find_unclaimed_by_id{"find_unclaimed_by_id", R"sql(
    SELECT id, source, coalesce(username, ''), coalesce(email, ''), coalesce(password_hash, ''), first_name,
           last_name, is_active
    FROM archived_account WHERE id = $1 AND claimed_at IS NULL
)sql"};

}  // namespace

void remember_search(const ClaimServices& services,
                     const std::string& email,
                     const Visitor& visitor) {
    services.database.run(
        store_search, db::Bytes{visitor.browser_hash}, email, services.clock.now());
}

std::optional<SearchResult> search_result(const ClaimServices& services, const Visitor& visitor) {
    const auto search = live_search(services, visitor);
    if (!search) {
        return std::nullopt;
    }
    SearchResult result{search->email, search->is_proven, {}};
    for (const auto& account : unclaimed_accounts(services.database, search->email)) {
        result.accounts.push_back({account.id, masked_username(account.username)});
    }
    return result;
}

std::optional<ListedAccount> listed_account(const ClaimServices& services,
                                            std::int64_t dato_id,
                                            const Visitor& visitor) {
    const auto search = live_search(services, visitor);
    if (!search) {
        return std::nullopt;
    }
    for (auto& account : unclaimed_accounts(services.database, search->email)) {
        if (account.id == dato_id) {
            return ListedAccount{std::move(account), search->email, search->is_proven};
        }
    }
    return std::nullopt;
}

std::vector<ArchivedAccount> unclaimed_accounts(db::Connection& database,
                                                const std::string& email) {
    const auto rows = database.run(find_unclaimed_by_email, email);
    std::vector<ArchivedAccount> accounts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        accounts.push_back(archived_from(rows, i));
    }
    return accounts;
}

std::optional<ArchivedAccount> unclaimed_account(db::Connection& database,
                                                 const std::string& username,
                                                 const std::string& email) {
    const auto rows = database.run(find_unclaimed_by_both, username, email);
    return rows.empty() ? std::nullopt : std::optional(archived_from(rows, 0));
}

std::optional<ArchivedAccount> unclaimed_account(db::Connection& database, std::int64_t dato_id) {
    const auto rows = database.run(find_unclaimed_by_id, dato_id);
    return rows.empty() ? std::nullopt : std::optional(archived_from(rows, 0));
}

}  // namespace ventanilla
