// Reads rows of an old system out of a file, one after the other and in constant memory: CSV with a
// header, JSON Lines, or Django's dumpdata. A row that cannot be read says why and is followed by
// the next one; only a file that holds no rows at all is thrown back (UnusableArchive). Knows
// nothing of the database.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.h"

namespace ventanilla {

enum class ArchiveFormat { Csv, JsonLines, Dumpdata };

// Why a row was not taken. The last four are found by the import, not by a reader.
enum class RowProblem {
    BrokenQuotes,   // CSV: a quote that never closes, or text after the closing one
    ColumnCount,    // CSV: not as many columns as the header
    BrokenJson,     // no JSON, or a value that PostgreSQL's jsonb could not hold
    NotAnObject,    // JSON, but no object; in dumpdata: without model or fields
    OtherModel,     // dumpdata: not the model that is being imported
    TooLong,        // more than longest_archive_row bytes
    NotText,        // not valid in its encoding, or with a NUL character
    NoId,           // no value in the id column
    TooLongKey,     // id, username or email above longest_archive_key bytes
    ActiveUnclear,  // is_active is neither yes nor no
    RepeatedId,     // the id stood in an earlier row of the same file
    RefusedByDatabase,
};

constexpr std::size_t longest_archive_row = 1U << 20U;

enum class FileProblem {
    Unreadable,       // not there, a folder, no permission; the detail is the system's reason
    NoRows,           // empty, or nothing but a header
    UnknownEncoding,  // iconv knows no encoding of that name
    OtherEncoding,    // the header is not UTF-8, or the file begins as UTF-16 does
    RepeatedColumn,   // the header has a column twice; the detail is its name
    MissingColumn,    // a column that was asked for is not in the header; the detail is its name
    NoAccountColumn,  // neither a username nor an email to find anybody by
};

class UnusableArchive : public Failure {
  public:
    UnusableArchive(FileProblem problem, const std::string& detail)
        : Failure("unusable file: " + detail), problem_(problem), detail_(detail) {}
    [[nodiscard]] FileProblem problem() const { return problem_; }
    [[nodiscard]] const std::string& detail() const { return detail_; }

  private:
    FileProblem problem_;
    std::string detail_;
};

struct ArchiveValue {
    std::string text;      // numbers and booleans as the file writes them
    bool is_null = false;  // JSON null, or an object or array (which only the document holds)
};

// Reused from row to row, so that a million rows cost no million allocations.
struct ArchiveRow {
    std::int64_t line = 0;             // where it begins, counted from 1
    std::string_view raw;              // as it stands in the file (in UTF-8), until the next call
    std::vector<std::string> names;    // its columns; only the first `columns` count
    std::vector<ArchiveValue> values;  // in the same order
    std::size_t columns = 0;
    std::string document;               // the whole row as a JSON object; empty for CSV
    std::optional<RowProblem> problem;  // when set, nothing but line and raw means anything

    // One value more, not null, whose text is left over from an earlier row.
    ArchiveValue& next_value();
    // One named value more.
    void add(std::string_view name, std::string_view text, bool is_null);
};

struct ArchiveSource {
    std::string path;
    std::optional<ArchiveFormat> format;  // absent: by the content
    std::string encoding;  // a name that iconv knows; empty: UTF-8, with or without BOM
    std::string model;     // dumpdata: rows of other models are passed over
};

class ArchiveReader {
  public:
    ArchiveReader() = default;
    ArchiveReader(const ArchiveReader&) = delete;
    ArchiveReader& operator=(const ArchiveReader&) = delete;
    virtual ~ArchiveReader() = default;

    // The next row; false at the end of the file. Empty lines are no rows.
    [[nodiscard]] virtual bool next(ArchiveRow& row) = 0;

    // For the progress bar: bytes of the file that have been read as rows, and in all.
    [[nodiscard]] virtual std::int64_t bytes_done() const = 0;
    [[nodiscard]] virtual std::int64_t bytes_total() const = 0;
    [[nodiscard]] virtual ArchiveFormat format() const = 0;
};

// Throws UnusableArchive.
[[nodiscard]] std::unique_ptr<ArchiveReader> open_archive(const ArchiveSource& source);

}  // namespace ventanilla
