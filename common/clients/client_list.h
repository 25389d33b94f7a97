// The staff's list: search, filters, order and pages, fast on 100,000 clients (one round trip).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

enum class PortalFilter { Any, With, Without };  // `portal` = con, sin
// For statements with `$n::boolean IS NULL OR (account_id IS NOT NULL) = $n`; absent for Any.
[[nodiscard]] std::optional<bool> has_account(PortalFilter portal);
enum class ClientOrder { Name, NameDown, Newest, Oldest };

// What is looked for. It also says which clients "all N that match" means, at the moment of asking.
struct ClientFilter {
    // Words, each found in name, email or phone in any order, without regard to case and accents;
    // a word of fewer than three characters is found at the beginning of a word. In telephone
    // numbers of six digits or more, separators, the country's code and dialling prefixes do not
    // matter.
    std::string text;
    PortalFilter portal = PortalFilter::Any;
    bool deleted = false;  // the deleted ones instead of the others
};

struct ClientLine {
    std::int64_t id = 0;
    std::string full_name;
    std::string email;
    std::string phone;                    // as stored
    std::optional<std::string> username;  // present: has an account
    bool is_active = false;               // of the account
    std::optional<Timestamp> last_login_at;
};

struct ClientPage {
    std::vector<ClientLine> lines;
    std::int64_t total = 0;  // that match
    bool has_more = false;   // a search found more than `total`: its pages end there
    std::int64_t page = 1;   // the one shown: asked for, but not beyond the last
    std::int64_t pages = 1;
};

constexpr std::int64_t clients_per_page = 50;
// A search is counted so far; "all N that match" means all the same.
constexpr std::int64_t most_counted = 10'000;

[[nodiscard]] ClientPage client_page(db::Connection& connection,
                                     const ClientFilter& filter,
                                     ClientOrder order,
                                     std::int64_t page);

// What people typed as patterns for statements, here and in other folders. PostgreSQL folds them,
// as it folded what is searched, and once a statement, not once a row:
//   client.search_text LIKE (SELECT folded($1))
//   AND client.search_text LIKE ALL ((SELECT folded($2))::text[])
// with $1 `rarest` and $2 `all`. When nothing was typed they match every client.
struct SearchPatterns {
    std::string rarest = "%";  // of the longest word: the index finds it
    std::string second = "%";  // of the next one, which the index may look up at the same time
    std::string all = "{}";    // PostgreSQL array literal of all but `rarest`, `second` among them
};
[[nodiscard]] SearchPatterns search_patterns(const std::string& text);

}  // namespace ventanilla
