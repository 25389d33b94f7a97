// Which rows of a file are new, found by asking the database and the rows before. Internal to
// client_import.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "clients/client_import_file.h"

namespace ventanilla {

// How many rows one statement takes, so that each stays far below its bound in time.
constexpr std::size_t import_batch = 5000;

struct RowPlan {
    RowFate fate = RowFate::Wrong;
    std::optional<std::int64_t> client_id;  // of a client in the database
    std::optional<std::size_t> first_row;   // else: the row of the file that adds the client
};

// The plans of all rows, in order. Adds problems that only the database shows to the rows.
[[nodiscard]] std::vector<RowPlan> planned_rows(db::Connection& connection,
                                                std::vector<ClientFileRow>& rows);
[[nodiscard]] std::vector<RowPlan> planned_rows(db::Transaction& transaction,
                                                std::vector<ClientFileRow>& rows);

}  // namespace ventanilla
