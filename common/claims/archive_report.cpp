#include "claims/archive_report.h"

#include <optional>
#include <string>

#include "core/text.h"

namespace ventanilla {
namespace {

constexpr std::int64_t portion = 5000;

constexpr db::Statement count_claimed{"count_claimed", R"sql(
    SELECT count(*) FROM archived_account WHERE claimed_at IS NOT NULL
)sql"};

// No hash format reads more than 512 bytes; a longer text stays longer than that.
constexpr db::Statement read_unclaimed{"read_unclaimed", R"sql(
    SELECT id, is_active, left(password_hash, 600), email, username IS NOT NULL OR email IS NOT NULL
    FROM archived_account
    WHERE id > $1 AND claimed_at IS NULL
    ORDER BY id
    LIMIT $2
)sql"};

struct Unclaimed {
    std::int64_t id = 0;
    bool is_active = true;
    std::string password_hash;
    std::string email;
    bool has_name = false;  // something to type at the login
};

Unclaimed row_of(const db::Rows& rows, std::size_t index) {
    auto [id, is_active, hash, email, has_name] =
        rows.at<std::int64_t, bool, std::optional<std::string>, std::optional<std::string>, bool>(
            index);
    return {id, is_active, hash.value_or(""), email.value_or(""), has_name};
}

void count(const Unclaimed& row, ArchiveReport& report) {
    if (!row.is_active) {
        ++report.inactive;
        return;
    }
    const HashFormat format = hash_format(row.password_hash);
    if (can_verify(format) && row.has_name) {
        ++report.by_password[format];
        return;
    }
    report.too_costly += format == HashFormat::TooCostly ? 1 : 0;
    ++(looks_like_email(row.email) ? report.by_code : report.stranded);
}

}  // namespace

std::int64_t ArchiveReport::with_password() const {
    std::int64_t sum = 0;
    for (const auto& [format, count] : by_password) {
        sum += count;
    }
    return sum;
}

ArchiveReport archive_report(db::Connection& connection) {
    ArchiveReport report;
    std::int64_t unclaimed = 0;
    std::int64_t last_id = 0;
    for (;;) {
        const auto rows = connection.run(read_unclaimed, last_id, portion);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto row = row_of(rows, i);
            count(row, report);
            last_id = row.id;
        }
        unclaimed += static_cast<std::int64_t>(rows.size());
        if (rows.empty()) {
            break;
        }
    }
    report.claimed = std::get<0>(connection.run(count_claimed).at<std::int64_t>(0));
    report.total = unclaimed + report.claimed;
    return report;
}

}  // namespace ventanilla
