#include "claims/archive_reader_csv.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace ventanilla {
namespace {

char separator_of(std::string_view header) {
    std::int64_t commas = 0;
    bool quoted = false;
    for (const char c : header) {
        quoted = quoted != (c == '"');
        commas += !quoted && c == ',' ? 1 : 0;
        commas -= !quoted && c == ';' ? 1 : 0;
    }
    return commas < 0 ? ';' : ',';
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ArchiveText> text) : text_(std::move(text)) {
    read_header();
}

void CsvReader::read_header() {
    if (!text_->pass_blanks()) {
        throw UnusableArchive(FileProblem::NoRows, "");
    }
    const auto line = text_->line_at(0, longest_archive_row);
    separator_ = separator_of(text_->rest().substr(0, line.size));
    ArchiveRow row;
    const std::size_t size = split(row, line);
    if (!is_valid_text(text_->rest().substr(0, size))) {
        throw UnusableArchive(FileProblem::OtherEncoding, "");
    }
    if (row.problem) {
        throw UnusableArchive(FileProblem::NoRows, "");
    }
    for (std::size_t i = 0; i < row.columns; ++i) {
        header_.push_back(trimmed(row.values[i].text));
        if (std::count(header_.begin(), header_.end(), header_.back()) > 1) {
            throw UnusableArchive(FileProblem::RepeatedColumn, header_.back());
        }
    }
    text_->pass(size);
}

bool CsvReader::next(ArchiveRow& row) {
    text_->pass(handed_out_);
    if (skip_line_) {
        text_->pass_line();
    }
    handed_out_ = 0;
    skip_line_ = false;
    auto line = text_->line_at(0, longest_archive_row);
    while (line.size == 0 && line.next > 0) {
        text_->pass(line.next);
        line = text_->line_at(0, longest_archive_row);
    }
    if (line.next == 0) {
        return false;
    }
    row.line = text_->line();
    handed_out_ = split(row, line);
    row.raw = text_->rest().substr(0, handed_out_);
    row.raw = row.raw.substr(0, row.raw.find_last_not_of("\r\n") + 1);
    skip_line_ = !line.is_whole;
    if (!row.problem && row.columns != header_.size()) {
        row.problem = RowProblem::ColumnCount;
    }
    if (!is_valid_text(row.raw) && line.is_whole) {
        row.problem = RowProblem::NotText;
    }
    return true;
}

std::size_t CsvReader::split(ArchiveRow& row, const ArchiveText::Line& line) {
    row.problem.reset();
    row.document.clear();
    row.columns = 0;
    if (row.names != header_) {
        row.names = header_;
    }
    const auto first_line = text_->rest().substr(0, line.size);
    if (!line.is_whole) {
        row.problem = RowProblem::TooLong;
        return line.size;
    }
    if (first_line.find('"') == std::string_view::npos) {
        split_plain(row, first_line);
        return line.next;
    }
    const std::size_t end = split_quoted(row);
    if (end == std::string_view::npos) {
        row.problem = RowProblem::BrokenQuotes;
        return line.next;  // the lines after it may be fine
    }
    return end;
}

void CsvReader::split_plain(ArchiveRow& row, std::string_view line) const {
    std::size_t from = 0;
    for (;;) {
        const std::size_t end = std::min(line.find(separator_, from), line.size());
        row.next_value().text.assign(line.substr(from, end - from));
        if (end == line.size()) {
            return;
        }
        from = end + 1;
    }
}

std::size_t CsvReader::split_quoted(ArchiveRow& row) {
    std::size_t position = 0;
    for (;;) {
        std::string& value = row.next_value().text;
        position =
            at(position) == '"' ? quoted_field(position + 1, value) : plain_field(position, value);
        if (position == std::string_view::npos) {
            return position;
        }
        if (at(position) == '\r' && (at(position + 1) == '\n' || at(position + 1) == end_of_file)) {
            ++position;
        }
        const int after = at(position);
        if (after == '\n' || after == end_of_file) {
            return position + (after == '\n' ? 1 : 0);
        }
        if (after != static_cast<unsigned char>(separator_)) {
            return std::string_view::npos;
        }
        ++position;
    }
}

std::size_t CsvReader::plain_field(std::size_t from, std::string& value) {
    const std::array<char, 3> ends = {separator_, '\n', '\0'};
    for (;;) {
        const std::size_t end = text_->rest().find_first_of(ends.data(), from);
        if (end == std::string_view::npos && text_->rest().size() < from + longest_archive_row
            && text_->more()) {
            continue;
        }
        const auto field = text_->rest().substr(from, std::min(end, text_->rest().size()) - from);
        const bool before_line_end = end == std::string_view::npos || text_->rest()[end] == '\n';
        const bool has_return = before_line_end && field.ends_with('\r');
        value.assign(field.substr(0, field.size() - (has_return ? 1 : 0)));
        return from + value.size();
    }
}

std::size_t CsvReader::quoted_field(std::size_t from, std::string& value) {
    value.clear();
    for (;;) {
        const std::size_t quote = text_->rest().find('"', from);
        if (quote == std::string_view::npos) {
            if (text_->rest().size() > longest_archive_row || !text_->more()) {
                return std::string_view::npos;
            }
            continue;
        }
        value.append(text_->rest().substr(from, quote - from));
        if (at(quote + 1) != '"') {
            return quote + 1;
        }
        value += '"';
        from = quote + 2;
    }
}

int CsvReader::at(std::size_t position) {
    while (position >= text_->rest().size()) {
        if (!text_->more()) {
            return end_of_file;
        }
    }
    return static_cast<unsigned char>(text_->rest()[position]);
}

}  // namespace ventanilla
