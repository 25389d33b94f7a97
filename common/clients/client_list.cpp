#include "clients/client_list.h"

#include <algorithm>

#include "core/unreachable.h"

namespace ventanilla {
namespace {

const char* order_name(ClientOrder order) {
    switch (order) {
        case ClientOrder::Name:
            return "name";
        case ClientOrder::NameDown:
            return "name_down";
        case ClientOrder::Newest:
            return "newest";
        case ClientOrder::Oldest:
            return "oldest";
    }
    unreachable();
}

// Of all statements here: $1 is_deleted, $2 has an account (NULL: either), $3 the wanted page. A
// page's clients are chosen from an index alone and only then looked up, so the last page costs
// little more than the first. The 50 is clients_per_page, as a literal so that the planner knows
// that a page is short.
static_assert(clients_per_page == 50);

constexpr db::Statement list_by_name{"list_clients_by_name", R"sql(
    WITH counted AS (
        SELECT count(*) AS total FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
    ), shown AS (
        SELECT id FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
        ORDER BY sort_name, id
        LIMIT 50 OFFSET (SELECT greatest(least($3, (total + 49) / 50) - 1, 0) * 50 FROM counted)
    )
    SELECT total, client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), username,
           coalesce(is_active, false), last_login_at
    FROM counted, shown JOIN client USING (id) LEFT JOIN account ON account.id = account_id
    ORDER BY sort_name, client.id
)sql"};

constexpr db::Statement list_by_name_down{"list_clients_by_name_down", R"sql(
    WITH counted AS (
        SELECT count(*) AS total FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
    ), shown AS (
        SELECT id FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
        ORDER BY sort_name DESC, id DESC
        LIMIT 50 OFFSET (SELECT greatest(least($3, (total + 49) / 50) - 1, 0) * 50 FROM counted)
    )
    SELECT total, client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), username,
           coalesce(is_active, false), last_login_at
    FROM counted, shown JOIN client USING (id) LEFT JOIN account ON account.id = account_id
    ORDER BY sort_name DESC, client.id DESC
)sql"};

constexpr db::Statement list_newest{"list_newest_clients", R"sql(
    WITH counted AS (
        SELECT count(*) AS total FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
    ), shown AS (
        SELECT id FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
        ORDER BY created_at DESC, id DESC
        LIMIT 50 OFFSET (SELECT greatest(least($3, (total + 49) / 50) - 1, 0) * 50 FROM counted)
    )
    SELECT total, client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), username,
           coalesce(is_active, false), last_login_at
    FROM counted, shown JOIN client USING (id) LEFT JOIN account ON account.id = account_id
    ORDER BY client.created_at DESC, client.id DESC
)sql"};

constexpr db::Statement list_oldest{"list_oldest_clients", R"sql(
    WITH counted AS (
        SELECT count(*) AS total FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
    ), shown AS (
        SELECT id FROM client
        WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
        ORDER BY created_at, id
        LIMIT 50 OFFSET (SELECT greatest(least($3, (total + 49) / 50) - 1, 0) * 50 FROM counted)
    )
    SELECT total, client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), username,
           coalesce(is_active, false), last_login_at
    FROM counted, shown JOIN client USING (id) LEFT JOIN account ON account.id = account_id
    ORDER BY client.created_at, client.id
)sql"};

// One statement serves all orders ($4). The typed text is folded once in a sub-select, not again
// for each row. Of many matches nobody sorts all for one page: the order's index is walked a little
// way, and a word that very many clients have fills the page there. Only when it does not, because
// those who match stand far apart or further on, all of them are sorted.
static_assert(most_counted == 10'000);

constexpr db::Statement search_clients{"search_clients", R"sql(
    WITH matching AS NOT MATERIALIZED (
        SELECT id, sort_name, created_at FROM client
        WHERE search_text LIKE (SELECT folded($5)) AND search_text LIKE (SELECT folded($6))
          AND search_text LIKE ALL ((SELECT folded($7))::text[])
          AND is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
    ), few AS MATERIALIZED (
        SELECT id, sort_name, created_at FROM matching LIMIT 10001
    ), counted AS MATERIALIZED (
        SELECT count(*) AS total, greatest(least($3, (least(count(*), 10000) + 49) / 50) - 1, 0) * 50 AS skipped FROM few
    ), walked AS (
        (SELECT id, search_text, account_id FROM client WHERE is_deleted = $1 AND $4 = 'name'
         ORDER BY sort_name, id LIMIT 2000)
        UNION ALL
        (SELECT id, search_text, account_id FROM client WHERE is_deleted = $1 AND $4 = 'name_down'
         ORDER BY sort_name DESC, id DESC LIMIT 2000)
        UNION ALL
        (SELECT id, search_text, account_id FROM client WHERE is_deleted = $1 AND $4 = 'newest'
         ORDER BY created_at DESC, id DESC LIMIT 2000)
        UNION ALL
        (SELECT id, search_text, account_id FROM client WHERE is_deleted = $1 AND $4 = 'oldest'
         ORDER BY created_at, id LIMIT 2000)
    ), near AS MATERIALIZED (
        SELECT id, row_number() OVER () AS position FROM walked
        WHERE search_text LIKE (SELECT folded($5)) AND search_text LIKE (SELECT folded($6))
          AND search_text LIKE ALL ((SELECT folded($7))::text[])
          AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
        LIMIT (SELECT skipped + 50 FROM counted)
    ), chosen AS MATERIALIZED (
        SELECT CASE WHEN total <= 10000 THEN 'few'
                    WHEN (SELECT count(*) FROM near) = skipped + 50 THEN 'near' ELSE 'all' END AS way
        FROM counted
    ), shown AS (
        SELECT id, position FROM near
        WHERE (SELECT way FROM chosen) = 'near' AND position > (SELECT skipped FROM counted)
        UNION ALL
        SELECT id, row_number() OVER () FROM (
            SELECT id FROM (
                SELECT id, sort_name, created_at FROM few WHERE (SELECT way FROM chosen) = 'few'
                UNION ALL
                SELECT id, sort_name, created_at FROM matching WHERE (SELECT way FROM chosen) = 'all'
            ) AS candidates
            ORDER BY CASE WHEN $4 = 'name' THEN sort_name END, CASE WHEN $4 = 'name_down' THEN sort_name END DESC,
                     CASE WHEN $4 = 'newest' THEN created_at END DESC, CASE WHEN $4 = 'oldest' THEN created_at END,
                     CASE WHEN $4 IN ('name_down', 'newest') THEN -id ELSE id END
            LIMIT 50 OFFSET (SELECT skipped FROM counted)
        ) AS sorted
    )
    SELECT total, client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), username,
           coalesce(is_active, false), last_login_at
    FROM counted, shown JOIN client USING (id) LEFT JOIN account ON account.id = account_id
    ORDER BY position
)sql"};

const db::Statement& list_statement(ClientOrder order) {
    switch (order) {
        case ClientOrder::Name:
            return list_by_name;
        case ClientOrder::NameDown:
            return list_by_name_down;
        case ClientOrder::Newest:
            return list_newest;
        case ClientOrder::Oldest:
            return list_oldest;
    }
    unreachable();
}

bool searches(const SearchPatterns& patterns) {
    return patterns.rarest != SearchPatterns().rarest;
}

db::Rows page_rows(db::Connection& connection,
                   const ClientFilter& filter,
                   const SearchPatterns& patterns,
                   ClientOrder order,
                   std::int64_t page) {
    const auto account = has_account(filter.portal);
    if (!searches(patterns)) {
        return connection.run(list_statement(order), filter.deleted, account, page);
    }
    return connection.run(search_clients,
                          filter.deleted,
                          account,
                          page,
                          order_name(order),
                          patterns.rarest,
                          patterns.second,
                          patterns.all);
}

}  // namespace

std::optional<bool> has_account(PortalFilter portal) {
    switch (portal) {
        case PortalFilter::Any:
            return std::nullopt;
        case PortalFilter::With:
            return true;
        case PortalFilter::Without:
            return false;
    }
    unreachable();
}

ClientPage client_page(db::Connection& connection,
                       const ClientFilter& filter,
                       ClientOrder order,
                       std::int64_t page) {
    const SearchPatterns patterns = search_patterns(filter.text);
    const db::Rows rows =
        page_rows(connection, filter, patterns, order, std::max<std::int64_t>(page, 1));
    ClientPage result;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [total, id, full_name, email, phone, username, is_active, last_login_at] =
            rows.at<std::int64_t,
                    std::int64_t,
                    std::string,
                    std::string,
                    std::string,
                    std::optional<std::string>,
                    bool,
                    std::optional<Timestamp>>(i);
        result.total = total;
        result.lines.push_back({id, full_name, email, phone, username, is_active, last_login_at});
    }
    if (searches(patterns) && result.total > most_counted) {
        result.total = most_counted;
        result.has_more = true;
    }
    result.pages =
        std::max<std::int64_t>((result.total + clients_per_page - 1) / clients_per_page, 1);
    result.page = std::clamp<std::int64_t>(page, 1, result.pages);
    return result;
}

}  // namespace ventanilla
