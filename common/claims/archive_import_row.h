// Which of a row's columns are which, and the row as a line of COPY. Internal to import_archive().
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "claims/archive_reader.h"

namespace ventanilla {

constexpr std::size_t longest_archive_key = 1000;

enum class ArchiveField {
    Id,
    Username,
    Email,
    Password,
    FirstName,
    LastName,
    IsActive,
    DateJoined,
    LastLogin
};

constexpr std::size_t archive_field_count = 9;

// The name of a field in --campo and of its column when nothing else is said: id, username, email,
// ...
[[nodiscard]] std::string_view archive_field_name(ArchiveField field);
[[nodiscard]] std::optional<ArchiveField> archive_field_of(std::string_view name);

// The other name of a field's column, for the fields whose column is called otherwise.
using ArchiveColumns = std::map<ArchiveField, std::string>;

// "2016-03-23T17:42:17.5Z", "2019-01-04 19:15:03+00" and the like in PostgreSQL's form; without a
// zone it is UTC. Absent when it is no such time.
[[nodiscard]] std::optional<std::string> archive_time(std::string_view text);

class ArchiveRowWriter {
  public:
    // `as_document`: for archived_record, whose lines carry the whole row instead of the two dates.
    // `ending` stands at the end of every line, tabs and all.
    ArchiveRowWriter(const ArchiveColumns& columns, bool as_document, std::string ending);

    // Decides by the first good row which column the id is: the one that was named, else `id`, else
    // `pk`, else the first. For CSV, whose first row stands for all, also checks that the named
    // columns are there. Throws UnusableArchive.
    void look_at_first(const ArchiveRow& row, ArchiveFormat format);

    // Appends the line of COPY (legacy_id, data when as_document, username, email, password_hash,
    // first_name, last_name, is_active, the two dates when not as_document, the ending) and says
    // nothing, or appends nothing and says why.
    [[nodiscard]] std::optional<RowProblem> write(const ArchiveRow& row, std::string& copy);

    [[nodiscard]] const std::string& id_column() const { return column(ArchiveField::Id).name; }

    // Times that could not be read and were left empty.
    [[nodiscard]] std::int64_t unread_times() const { return unread_times_; }

    // Named columns that no row had.
    [[nodiscard]] std::vector<std::string> unseen_columns() const;

  private:
    struct Column {
        std::string name;
        bool is_named = false;
        bool was_seen = false;
        std::size_t usual_place =
            0;  // rows of one file mostly have the same columns in the same order
    };

    [[nodiscard]] const Column& column(ArchiveField field) const {
        return columns_.at(static_cast<std::size_t>(field));
    }
    // The row's value; absent when it has none, or null.
    [[nodiscard]] std::optional<std::string_view> value(const ArchiveRow& row, ArchiveField field);
    void write_key(const ArchiveRow& row, ArchiveField field, std::string& copy);
    void write_time(const ArchiveRow& row, ArchiveField field, std::string& copy);
    void write_document(const ArchiveRow& row, std::string& copy);

    std::array<Column, archive_field_count> columns_;
    bool as_document_;
    std::string ending_;
    std::int64_t unread_times_ = 0;
    std::string document_;
};

}  // namespace ventanilla
