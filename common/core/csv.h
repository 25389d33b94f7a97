// Comma-separated values (RFC 4180) as spreadsheets write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ventanilla {

constexpr std::string_view csv_byte_order_mark = "\xEF\xBB\xBF";

// One line with its CRLF. Every cell is quoted, and none is a formula for a spreadsheet: a leading
// = + - @ tab or line end gets an apostrophe before it, unless the cell is a plain number or a
// phone (sign, digits, blanks, a point).
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

struct CsvRow {
    std::int64_t line = 0;  // where it begins in the text; 1 is the first
    std::vector<std::string> cells;
    std::string_view raw;  // as it stands in the text, without its line end; a view of it
};

struct CsvText {
    std::vector<CsvRow> rows;  // empty lines are left out
    // A quote that begins in that row does not end, or text follows its end. Reading stops there.
    std::optional<std::int64_t> broken_line;
};

// The separator is the comma, semicolon or tab that stands most often in the first line, outside of
// quotes. CRLF, LF and CR end a line; a byte order mark at the beginning is dropped. A quote in the
// middle of a cell is part of it.
[[nodiscard]] CsvText read_csv(std::string_view text);

}  // namespace ventanilla
