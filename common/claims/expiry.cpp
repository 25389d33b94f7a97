#include "claims/expiry.h"

#include <utility>
#include <vector>

namespace ventanilla {
namespace {

constexpr std::chrono::hours day{24};
constexpr std::chrono::hours claim_memory{24 * 30};
constexpr std::chrono::hours mail_memory{24 * 90};
constexpr std::int64_t portion = 2000;

constexpr db::Statement remove_sessions{"remove_sessions", R"sql(
    DELETE FROM session WHERE id IN (
        SELECT id FROM session
        WHERE expires_at < $1 OR last_used_at + make_interval(secs => idle_seconds) < $1 LIMIT $2)
)sql"};

constexpr db::Statement remove_login_failures{"remove_login_failures", R"sql(
    DELETE FROM login_failure WHERE id IN (
        SELECT id FROM login_failure WHERE failed_at < $1 LIMIT $2)
)sql"};

constexpr db::Statement remove_searches{"remove_searches", R"sql(
    DELETE FROM archive_search WHERE browser_hash IN (
        SELECT browser_hash FROM archive_search WHERE searched_at < $1 LIMIT $2)
)sql"};

constexpr db::Statement remove_claims{"remove_claims", R"sql(
    DELETE FROM claim WHERE id IN (SELECT id FROM claim WHERE created_at < $1 LIMIT $2)
)sql"};

constexpr db::Statement remove_email_changes{"remove_email_changes", R"sql(
    DELETE FROM email_change WHERE id IN (SELECT id FROM email_change WHERE created_at < $1 LIMIT $2)
)sql"};

constexpr db::Statement remove_uploads{"remove_uploads", R"sql(
    DELETE FROM client_import WHERE id IN (SELECT id FROM client_import WHERE created_at < $1 LIMIT $2)
)sql"};

constexpr db::Statement remove_sent_mails{"remove_sent_mails", R"sql(
    DELETE FROM mail_outbox WHERE id IN (
        SELECT id FROM mail_outbox WHERE status IN ('sent', 'expired') AND created_at < $1 LIMIT $2)
)sql"};

}  // namespace

std::int64_t remove_expired(db::Connection& database, Timestamp now) {
    const std::vector<std::pair<const db::Statement*, Timestamp>> removals = {
        {&remove_sessions, now},
        {&remove_login_failures, now - day},
        {&remove_searches, now - day},
        {&remove_claims, now - claim_memory},
        {&remove_email_changes, now - claim_memory},
        {&remove_uploads, now - day},
        {&remove_sent_mails, now - mail_memory}};
    std::int64_t removed = 0;
    for (const auto& [statement, before] : removals) {
        for (std::int64_t gone = portion; gone == portion;) {
            gone = database.run(*statement, before, portion).affected();
            removed += gone;
        }
    }
    return removed;
}

}  // namespace ventanilla
