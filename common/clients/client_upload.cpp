#include "clients/client_import.h"

namespace ventanilla {
namespace {

constexpr db::Statement drop_old_uploads{"drop_old_uploads", R"sql(
    DELETE FROM client_import WHERE created_at < $1::timestamptz - interval '1 day'
)sql"};

constexpr db::Statement insert_upload{"insert_upload", R"sql(
    INSERT INTO client_import (created_by, file_name, content, created_at) VALUES ($1, $2, $3, $4)
    RETURNING id
)sql"};

constexpr db::Statement find_upload{"find_upload", R"sql(
    SELECT file_name, content FROM client_import WHERE id = $1 AND created_by = $2
)sql"};

constexpr db::Statement delete_upload{"delete_upload", R"sql(
    DELETE FROM client_import WHERE id = $1 AND created_by = $2
)sql"};

}  // namespace

std::int64_t keep_upload(db::Connection& connection,
                         const std::string& file_name,
                         const std::string& text,
                         std::int64_t account_id,
                         Timestamp now) {
    const auto rows =
        connection.run_all({{&drop_old_uploads, db::Params(now)},
                            {&insert_upload, db::Params(account_id, file_name, text, now)}});
    return std::get<0>(rows[1].at<std::int64_t>(0));
}

std::optional<KeptUpload> kept_upload(db::Connection& connection,
                                      std::int64_t id,
                                      std::int64_t account_id) {
    const auto row = connection.run(find_upload, id, account_id).first<std::string, std::string>();
    return row ? std::optional(KeptUpload{std::get<0>(*row), std::get<1>(*row)}) : std::nullopt;
}

void drop_upload(db::Connection& connection, std::int64_t id, std::int64_t account_id) {
    connection.run(delete_upload, id, account_id);
}

}  // namespace ventanilla
