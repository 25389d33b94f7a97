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

// Who matches has to be sorted anyway, so one statement serves all orders ($4). The typed text is
// folded once in a sub-select, not again for each row.
constexpr db::Statement search_clients{"search_clients", R"sql(
    WITH matched AS MATERIALIZED (
        SELECT id, sort_name, created_at FROM client
        WHERE search_text LIKE (SELECT folded($5)) AND search_text LIKE (SELECT folded($6))
          AND search_text LIKE ALL ((SELECT folded($7))::text[])
          AND is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
    ), counted AS (
        SELECT count(*) AS total FROM matched
    ), shown AS (
        SELECT id, row_number() OVER () AS position FROM (
            SELECT id FROM matched
            ORDER BY CASE WHEN $4 = 'name' THEN sort_name END, CASE WHEN $4 = 'name_down' THEN sort_name END DESC,
                     CASE WHEN $4 = 'newest' THEN created_at END DESC, CASE WHEN $4 = 'oldest' THEN created_at END,
                     CASE WHEN $4 IN ('name_down', 'newest') THEN -id ELSE id END
            LIMIT 50 OFFSET (SELECT greatest(least($3, (total + 49) / 50) - 1, 0) * 50 FROM counted)
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

db::Rows page_rows(db::Connection& connection,
                   const ClientFilter& filter,
                   ClientOrder order,
                   std::int64_t page) {
    const auto account = has_account(filter.portal);
    const SearchPatterns patterns = search_patterns(filter.text);
    if (patterns.rarest == SearchPatterns().rarest) {
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
    const db::Rows rows = page_rows(connection, filter, order, std::max<std::int64_t>(page, 1));
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
    result.pages =
        std::max<std::int64_t>((result.total + clients_per_page - 1) / clients_per_page, 1);
    result.page = std::clamp<std::int64_t>(page, 1, result.pages);
    return result;
}

}  // namespace ventanilla
