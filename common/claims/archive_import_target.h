// The statements that load one of the two tables of the archive. Private to the import.
#pragma once

#include <string>

#include "db/connection.h"

namespace ventanilla {

struct ArchiveTarget {
    const char* create_staging;
    db::Statement copy_rows;
    db::Statement copy_to_staging;
    db::Statement add_rows;
};

[[nodiscard]] const ArchiveTarget& target_of(const std::string& table);

}  // namespace ventanilla
