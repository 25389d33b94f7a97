// A file of clients as checked rows, before the database is asked. Internal to client_import.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/client_import.h"

namespace ventanilla {

struct ClientFileRow {
    std::int64_t line = 0;
    ClientData data;
    std::string service;   // empty: none
    std::string amount;    // as numeric(14,2) prints it: "349.50"
    std::string currency;  // three capitals
    std::vector<std::string> problems;
    std::string raw;  // when there are problems
};

struct ClientFile {
    std::optional<ClientFileProblem> problem;
    std::string detail;
    std::vector<ClientFileRow> rows;
};

[[nodiscard]] ClientFile read_client_file(const std::string& bytes, const ImportOptions& options);

// A written amount without thousands, with a point and at most two decimals ("0349.5"), as the
// database prints it ("349.50"); absent when it is another text or needs more than twelve digits.
[[nodiscard]] std::optional<std::string> exact_amount(const std::string& written);

}  // namespace ventanilla
