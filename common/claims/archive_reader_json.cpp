#include "claims/archive_reader_json.h"

#include <algorithm>

#include "claims/archive_reader_document.h"
#include "core/text.h"

namespace ventanilla {
namespace {

bool is_between_objects(char c) {
    return c == ',' || c == '[' || c == ']';
}

// Behind the bracket that closes the one at the beginning; brackets inside of strings do not count.
// npos when it is not in the text.
std::size_t end_of_object(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    std::size_t at = 0;
    while ((at = text.find_first_of(quoted ? "\"\\" : "\"{}", at)) != std::string_view::npos) {
        const char c = text[at++];
        if (c == '"') {
            quoted = !quoted;
        } else if (c == '\\') {
            ++at;
        } else {
            depth += c == '{' ? 1 : -1;
            if (depth == 0) {
                return at;
            }
        }
    }
    return std::string_view::npos;
}

}  // namespace

bool JsonLinesReader::next(ArchiveRow& row) {
    text_->pass(handed_out_);
    if (skip_line_) {
        text_->pass_line();
    }
    handed_out_ = 0;
    skip_line_ = false;
    auto line = text_->line_at(0, longest_archive_row);
    while (line.next > 0
           && text_->rest().substr(0, line.size).find_first_not_of(" \t")
                  == std::string_view::npos) {
        text_->pass(line.next);
        line = text_->line_at(0, longest_archive_row);
    }
    if (line.next == 0) {
        return false;
    }
    row.line = text_->line();
    row.raw = text_->rest().substr(0, line.size);
    handed_out_ = line.is_whole ? line.next : line.size;
    skip_line_ = !line.is_whole;
    if (skip_line_) {
        row.problem = RowProblem::TooLong;
    } else if (is_valid_text(row.raw)) {
        read_json_object(row.raw, row);
    } else {
        row.problem = RowProblem::NotText;
    }
    return true;
}

DumpdataReader::DumpdataReader(std::unique_ptr<ArchiveText> text, std::string model)
    : text_(std::move(text)), model_(std::move(model)), only_model_(!model_.empty()) {}

bool DumpdataReader::next(ArchiveRow& row) {
    do {
        text_->pass(handed_out_);
        handed_out_ = 0;
        while (text_->pass_blanks() && is_between_objects(text_->rest().front())) {
            is_closed_ = text_->rest().front() == ']';
            text_->pass(1);
        }
        if (text_->rest().empty()) {
            return cut_short(row);
        }
        read(row);
    } while (only_model_ && row.problem == RowProblem::OtherModel);
    return true;
}

// A file that ends before its array does has lost rows at its end: that is told once, as a row.
bool DumpdataReader::cut_short(ArchiveRow& row) {
    if (is_closed_) {
        return false;
    }
    is_closed_ = true;
    row.line = text_->line();
    row.raw = {};
    row.problem = RowProblem::BrokenJson;
    return true;
}

void DumpdataReader::read(ArchiveRow& row) {
    bool is_whole = true;
    std::size_t size = object_size(is_whole);
    row.line = text_->line();
    row.raw = text_->rest().substr(0, size);
    if (!is_whole) {
        row.problem = size > longest_archive_row ? RowProblem::TooLong : RowProblem::BrokenJson;
    } else if (!is_valid_text(row.raw)) {
        row.problem = RowProblem::NotText;
    } else {
        read_dumpdata_object(row.raw, row, found_model_);
        if (!row.problem && model_.empty()) {
            model_ = found_model_;
        }
        if (!row.problem && found_model_ != model_) {
            row.problem = RowProblem::OtherModel;
        }
    }
    if (!is_whole || row.problem == RowProblem::BrokenJson) {
        size = next_object_after_damage(size);
        row.raw = row.raw.substr(0, row.raw.substr(0, size).find_last_not_of(" \t\r\n,") + 1);
    }
    handed_out_ = size;
}

// What does not begin with a bracket ends with its line.
std::size_t DumpdataReader::object_size(bool& is_whole) {
    if (text_->rest().front() != '{') {
        const auto line = text_->line_at(0, longest_archive_row);
        is_whole = line.is_whole;
        return line.size;
    }
    for (;;) {
        const std::size_t end = end_of_object(text_->rest().substr(0, longest_archive_row));
        if (end != std::string_view::npos) {
            return end;
        }
        if (text_->rest().size() > longest_archive_row || !text_->more()) {
            is_whole = false;
            return text_->rest().size();
        }
    }
}

// A quote or bracket that is missing makes an object swallow those behind it. They are found again
// by how every object of dumpdata begins.
std::size_t DumpdataReader::next_object_after_damage(std::size_t size) {
    const auto damaged = text_->rest().substr(0, size);
    for (std::size_t at = damaged.find('{', 1); at != std::string_view::npos;
         at = damaged.find('{', at + 1)) {
        const std::size_t inside = damaged.find_first_not_of(" \t\r\n", at + 1);
        if (inside != std::string_view::npos && damaged.substr(inside).starts_with("\"model\"")) {
            return at;
        }
    }
    return size;
}

}  // namespace ventanilla
