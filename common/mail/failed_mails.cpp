#include "mail/failed_mails.h"

namespace ventanilla {
namespace {

constexpr db::Statement list_failed_mails{"list_failed_mails", R"sql(
    SELECT id, message, recipient, attempts, created_at, coalesce(last_error, '')
    FROM mail_outbox WHERE status = 'failed'
    ORDER BY id DESC
    LIMIT 100
)sql"};

}  // namespace

std::vector<FailedMail> failed_mails(db::Connection& connection) {
    const auto rows = connection.run(list_failed_mails);
    std::vector<FailedMail> mails;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, message, recipient, attempts, created_at, last_error] =
            rows.at<std::int64_t, std::string, std::string, std::int64_t, Timestamp, std::string>(
                i);
        mails.push_back({id, message, recipient, attempts, created_at, last_error});
    }
    return mails;
}

}  // namespace ventanilla
