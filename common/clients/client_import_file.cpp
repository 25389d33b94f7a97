#include "clients/client_import_file.h"

#include <algorithm>
#include <array>

#include "clients/client_form.h"
#include "core/csv.h"
#include "core/text.h"

namespace ventanilla {
namespace {

enum Column : std::size_t { FullName, Email, Phone, Address, Service, Amount, Currency };
constexpr std::size_t column_count = 7;
constexpr std::array<std::string_view, column_count> column_names = {
    "nombre_completo", "email", "telefono", "direccion", "servicio", "mensualidad", "moneda"};
constexpr const char* usual_currency = "MXN";
constexpr std::size_t longest_service = 200;

// Which cell of a row is which column.
struct Header {
    std::array<std::optional<std::size_t>, column_count> place;
    std::size_t width = 0;

    [[nodiscard]] std::string value(const CsvRow& row, Column column) const {
        const auto at = place.at(column);
        return at && *at < row.cells.size() ? trimmed(row.cells[*at]) : "";
    }
};

// Spreadsheets leave empty columns behind the last one: those without a name may stay empty.
Header read_header(const CsvRow& row, ClientFile& file) {
    Header header;
    const auto refuse = [&](ClientFileProblem problem, const std::string& detail) {
        if (!file.problem) {
            file.problem = problem;
            file.detail = detail;
        }
    };
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const std::string name = trimmed(row.cells[i]);
        if (name.empty()) {
            continue;
        }
        const auto* known = std::find(column_names.begin(), column_names.end(), folded(name));
        if (known == column_names.end()) {
            refuse(ClientFileProblem::UnknownColumn, name);
            continue;
        }
        auto& place = header.place.at(static_cast<std::size_t>(known - column_names.begin()));
        if (place) {
            refuse(ClientFileProblem::TwiceTheColumn, name);
        }
        place = i;
        header.width = i + 1;
    }
    if (!header.place.at(FullName)) {
        refuse(ClientFileProblem::NoNameColumn, "");
    }
    return header;
}

bool is_blank(const CsvRow& row, std::size_t from = 0) {
    return std::all_of(
        row.cells.begin() + static_cast<std::ptrdiff_t>(std::min(from, row.cells.size())),
        row.cells.end(),
        [](const std::string& cell) { return trimmed(cell).empty(); });
}

bool is_currency(const std::string& text) {
    return text.size() == 3
           && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void read_service(const CsvRow& cells, const Header& header, ClientFileRow& row) {
    row.service = header.value(cells, Service);
    row.currency = header.value(cells, Currency);
    const std::string written = header.value(cells, Amount);
    if (row.service.empty() && !written.empty()) {
        row.problems.emplace_back("client_amount_without_service");
    } else if (!row.service.empty() && written.empty()) {
        row.problems.emplace_back("client_service_without_amount");
    }
    if (!written.empty()) {
        const auto exact = exact_amount(written);
        row.amount = exact.value_or("");
        if (!exact) {
            row.problems.emplace_back("client_amount_malformed");
        }
    }
    if (character_count(row.service) > longest_service) {
        row.problems.emplace_back("client_service_too_long");
    }
    if (row.currency.empty()) {
        row.currency = usual_currency;
    } else if (!is_currency(row.currency)) {
        row.problems.emplace_back("client_currency_malformed");
    }
}

ClientFileRow read_row(const CsvRow& cells, const Header& header, const std::string& region) {
    ClientFileRow row;
    row.line = cells.line;
    if (cells.cells.size() < header.width || !is_blank(cells, header.width)) {
        row.data.full_name = header.value(cells, FullName);
        row.problems.emplace_back("client_row_columns");
    } else {
        auto checked = checked_client({header.value(cells, FullName),
                                       header.value(cells, Email),
                                       header.value(cells, Phone),
                                       header.value(cells, Address),
                                       ""},
                                      region);
        row.data = std::move(checked.data);
        for (const auto& problem : checked.problems) {
            row.problems.push_back(problem.text_key);
        }
        read_service(cells, header, row);
    }
    if (!row.problems.empty()) {
        row.raw = cells.raw;
    }
    return row;
}

void read_rows(const CsvText& csv, const std::string& region, ClientFile& file) {
    const Header header = read_header(csv.rows.front(), file);
    if (file.problem) {
        return;
    }
    for (auto row = csv.rows.begin() + 1; row != csv.rows.end(); ++row) {
        if (!is_blank(*row)) {
            file.rows.push_back(read_row(*row, header, region));
        }
    }
    if (file.rows.empty()) {
        file.problem = ClientFileProblem::NoRows;
    }
}

}  // namespace

std::optional<std::string> exact_amount(const std::string& written) {
    constexpr std::size_t most_digits = 12;
    constexpr std::size_t decimals = 2;
    const auto is_digits = [](std::string_view text) {
        return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    const std::size_t point = std::min(written.find('.'), written.size());
    std::string whole = written.substr(0, point);
    std::string part = point < written.size() ? written.substr(point + 1) : "0";
    if (!is_digits(whole) || !is_digits(part) || part.size() > decimals) {
        return std::nullopt;
    }
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    if (whole.size() > most_digits) {
        return std::nullopt;
    }
    part.resize(decimals, '0');
    return whole + '.' + part;
}

ClientFile read_client_file(const std::string& bytes, const ImportOptions& options) {
    ClientFile file;
    const auto text = as_utf8(bytes, options.encoding);
    if (!text) {
        file.problem = ClientFileProblem::NotText;
        return file;
    }
    const CsvText csv = read_csv(*text);
    if (csv.broken_line) {
        file.problem = ClientFileProblem::BrokenQuotes;
        file.detail = std::to_string(*csv.broken_line);
    } else if (csv.rows.empty()) {
        file.problem = ClientFileProblem::NoRows;
    } else {
        read_rows(csv, options.phone_region, file);
    }
    return file;
}

}  // namespace ventanilla
