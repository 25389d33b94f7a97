#include "claims/archive_import_row.h"

#include <algorithm>

#include "claims/archive_reader_document.h"

namespace ventanilla {
namespace {

constexpr std::array<std::string_view, archive_field_count> field_names = {"id",
                                                                           "username",
                                                                           "email",
                                                                           "password",
                                                                           "first_name",
                                                                           "last_name",
                                                                           "is_active",
                                                                           "date_joined",
                                                                           "last_login"};

constexpr const char* null_mark = "\\N";

// COPY's text form (PostgreSQL manual, COPY, "Text Format").
void append_escaped(std::string& copy, std::string_view text) {
    constexpr std::string_view special = "\\\n\r\t";
    for (;;) {
        const std::size_t end = std::min(text.find_first_of(special), text.size());
        copy.append(text.substr(0, end));
        if (end == text.size()) {
            return;
        }
        copy += '\\';
        switch (text[end]) {
            case '\n':
                copy += 'n';
                break;
            case '\r':
                copy += 'r';
                break;
            case '\t':
                copy += 't';
                break;
            default:
                copy += text[end];
        }
        text.remove_prefix(end + 1);
    }
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::optional<bool> yes_or_no(std::string_view text) {
    std::string word(without_blanks(text));
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    constexpr std::array<std::string_view, 8> yes = {"", "t", "true", "1", "yes", "y", "s", "si"};
    constexpr std::array<std::string_view, 5> no = {"f", "false", "0", "no", "n"};
    if (std::find(yes.begin(), yes.end(), word) != yes.end() || word == "sí") {
        return true;
    }
    return std::find(no.begin(), no.end(), word) != no.end() ? std::optional(false) : std::nullopt;
}

}  // namespace

std::string_view archive_field_name(ArchiveField field) {
    return field_names.at(static_cast<std::size_t>(field));
}

std::optional<ArchiveField> archive_field_of(std::string_view name) {
    const auto* const found = std::find(field_names.begin(), field_names.end(), name);
    return found == field_names.end()
               ? std::nullopt
               : std::optional(static_cast<ArchiveField>(found - field_names.begin()));
}

ArchiveRowWriter::ArchiveRowWriter(const ArchiveColumns& columns,
                                   bool as_document,
                                   std::string ending)
    : as_document_(as_document), ending_(std::move(ending)) {
    for (std::size_t i = 0; i < archive_field_count; ++i) {
        const auto named = columns.find(static_cast<ArchiveField>(i));
        columns_.at(i).is_named = named != columns.end();
        columns_.at(i).name =
            named == columns.end() ? std::string(field_names.at(i)) : named->second;
    }
}

void ArchiveRowWriter::look_at_first(const ArchiveRow& row, ArchiveFormat format) {
    const auto end = row.names.begin() + static_cast<std::ptrdiff_t>(row.columns);
    const auto has = [&](const std::string& name) {
        return std::find(row.names.begin(), end, name) != end;
    };
    for (const Column& named : columns_) {
        if (format == ArchiveFormat::Csv && named.is_named && !has(named.name)) {
            throw UnusableArchive(FileProblem::MissingColumn, named.name);
        }
    }
    Column& id = columns_.front();
    if (!id.is_named && !has("id") && row.columns > 0) {
        id.name = has("pk") ? "pk" : row.names.front();
    }
    if (!as_document_ && !has(column(ArchiveField::Username).name)
        && !has(column(ArchiveField::Email).name)) {
        throw UnusableArchive(FileProblem::NoAccountColumn, "");
    }
}

std::optional<std::string_view> ArchiveRowWriter::value(const ArchiveRow& row, ArchiveField field) {
    Column& wanted = columns_.at(static_cast<std::size_t>(field));
    std::size_t place = wanted.usual_place;
    if (place >= row.columns || row.names[place] != wanted.name) {
        // The last one of a name counts, as in jsonb.
        place = row.columns;
        while (place > 0 && row.names[place - 1] != wanted.name) {
            --place;
        }
        if (place == 0) {
            return std::nullopt;
        }
        wanted.usual_place = --place;
    }
    wanted.was_seen = true;
    return row.values[place].is_null ? std::nullopt
                                     : std::optional<std::string_view>(row.values[place].text);
}

std::optional<RowProblem> ArchiveRowWriter::write(const ArchiveRow& row, std::string& copy) {
    const auto id = without_blanks(value(row, ArchiveField::Id).value_or(""));
    if (id.empty()) {
        return RowProblem::NoId;
    }
    const auto size_of = [&](ArchiveField field) { return value(row, field).value_or("").size(); };
    if (std::max({id.size(), size_of(ArchiveField::Username), size_of(ArchiveField::Email)})
        > longest_archive_key) {
        return RowProblem::TooLongKey;
    }
    const auto active = yes_or_no(value(row, ArchiveField::IsActive).value_or(""));
    if (!active) {
        return RowProblem::ActiveUnclear;
    }
    append_escaped(copy, id);
    if (as_document_) {
        write_document(row, copy);
    }
    write_key(row, ArchiveField::Username, copy);
    write_key(row, ArchiveField::Email, copy);
    write_key(row, ArchiveField::Password, copy);
    copy += '\t';
    append_escaped(copy, value(row, ArchiveField::FirstName).value_or(""));
    copy += '\t';
    append_escaped(copy, value(row, ArchiveField::LastName).value_or(""));
    copy += *active ? "\tt" : "\tf";
    if (!as_document_) {
        write_time(row, ArchiveField::DateJoined, copy);
        write_time(row, ArchiveField::LastLogin, copy);
    }
    copy += ending_;
    copy += '\n';
    return std::nullopt;
}

// Nothing and nothing but blanks are the same: there is none.
void ArchiveRowWriter::write_key(const ArchiveRow& row, ArchiveField field, std::string& copy) {
    const auto text = without_blanks(value(row, field).value_or(""));
    copy += '\t';
    if (text.empty()) {
        copy += null_mark;
    } else {
        append_escaped(copy, text);
    }
}

// An account must not be lost over a date that nobody needs to get it back.
void ArchiveRowWriter::write_time(const ArchiveRow& row, ArchiveField field, std::string& copy) {
    const auto text = without_blanks(value(row, field).value_or(""));
    const auto time = text.empty() ? std::nullopt : archive_time(text);
    unread_times_ += !time && !text.empty() ? 1 : 0;
    copy += '\t';
    copy += time.value_or(null_mark);
}

void ArchiveRowWriter::write_document(const ArchiveRow& row, std::string& copy) {
    copy += '\t';
    if (!row.document.empty()) {
        append_escaped(copy, row.document);
        return;
    }
    document_ = '{';
    for (std::size_t i = 0; i < row.columns; ++i) {
        document_ += i == 0 ? "" : ",";
        append_json_text(document_, row.names[i]);
        document_ += ':';
        append_json_text(document_, row.values[i].text);
    }
    document_ += '}';
    append_escaped(copy, document_);
}

std::vector<std::string> ArchiveRowWriter::unseen_columns() const {
    std::vector<std::string> unseen;
    for (const Column& column : columns_) {
        if (column.is_named && !column.was_seen) {
            unseen.push_back(column.name);
        }
    }
    return unseen;
}

}  // namespace ventanilla
