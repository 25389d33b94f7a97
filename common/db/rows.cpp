#include <libpq-fe.h>

#include "db/connection.h"

namespace ventanilla::db {

Rows::Rows(pg_result* result) : result_(result, &PQclear) {}

std::size_t Rows::size() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}

std::int64_t Rows::affected() const {
    std::int64_t count = 0;
    const std::string_view text = PQcmdTuples(result_.get());
    if (!text.empty()) {
        parse_cell(text, count);
    }
    return count;
}

std::string_view Rows::command() const {
    return PQcmdStatus(result_.get());
}

std::optional<std::string_view> Rows::cell(std::size_t row, std::size_t column) const {
    const int r = static_cast<int>(row);
    const int c = static_cast<int>(column);
    if (PQgetisnull(result_.get(), r, c) != 0) {
        return std::nullopt;
    }
    return std::string_view(PQgetvalue(result_.get(), r, c),
                            static_cast<std::size_t>(PQgetlength(result_.get(), r, c)));
}

}  // namespace ventanilla::db
