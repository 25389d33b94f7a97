#include "core/csv.h"

#include <algorithm>
#include <array>

namespace ventanilla {
namespace {

bool is_plain_number(std::string_view cell) {
    if (cell.front() == '+' || cell.front() == '-') {
        cell.remove_prefix(1);
    }
    return !cell.empty() && std::all_of(cell.begin(), cell.end(), [](char c) {
        return (c >= '0' && c <= '9') || c == ' ' || c == '.';
    });
}

bool may_be_formula(std::string_view cell) {
    constexpr std::string_view beginnings = "=+-@\t\r\n";
    return !cell.empty() && beginnings.find(cell.front()) != std::string_view::npos
           && !is_plain_number(cell);
}

char separator_of(std::string_view text) {
    constexpr std::string_view separators = ",;\t";
    std::array<std::int64_t, separators.size()> counts{};
    bool quoted = false;
    for (const char c : text) {
        quoted = quoted != (c == '"');
        if (!quoted && (c == '\n' || c == '\r')) {
            break;
        }
        const auto at = separators.find(c);
        if (!quoted && at != std::string_view::npos) {
            ++counts.at(at);
        }
    }
    const auto most = std::max_element(counts.begin(), counts.end());
    return separators[static_cast<std::size_t>(most - counts.begin())];
}

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text), separator_(separator_of(text)) {}

    CsvText read() {
        CsvText result;
        while (at_ < text_.size()) {
            CsvRow row;
            row.line = line_;
            const std::size_t begin = at_;
            if (!read_row(row)) {
                result.broken_line = row.line;
                break;
            }
            row.raw = text_.substr(begin, at_ - begin);
            pass_line_end();
            if (!row.raw.empty()) {
                result.rows.push_back(std::move(row));
            }
        }
        return result;
    }

  private:
    // Up to the line end; false when the quotes are wrong.
    bool read_row(CsvRow& row) {
        for (;;) {
            std::string cell;
            if (at_ < text_.size() && text_[at_] == '"') {
                if (!read_quoted(cell)) {
                    return false;
                }
            } else {
                const std::size_t end = std::min(end_of_plain(), text_.size());
                cell = text_.substr(at_, end - at_);
                at_ = end;
            }
            row.cells.push_back(std::move(cell));
            if (at_ == text_.size() || text_[at_] != separator_) {
                return at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
            }
            ++at_;
        }
    }

    [[nodiscard]] std::size_t end_of_plain() const {
        const std::array<char, 3> ends = {separator_, '\n', '\r'};
        return text_.find_first_of(std::string_view(ends.data(), ends.size()), at_);
    }

    bool read_quoted(std::string& cell) {
        ++at_;
        for (;;) {
            const std::size_t quote = text_.find('"', at_);
            if (quote == std::string_view::npos) {
                return false;
            }
            const auto part = text_.substr(at_, quote - at_);
            line_ += std::count(part.begin(), part.end(), '\n');
            cell += part;
            at_ = quote + 1;
            if (at_ == text_.size() || text_[at_] != '"') {
                return true;
            }
            cell += '"';
            ++at_;
        }
    }

    void pass_line_end() {
        if (at_ < text_.size()) {
            at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
            ++line_;
        }
    }

    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
};

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const auto& cell : cells) {
        line += line.empty() ? "\"" : ",\"";
        if (may_be_formula(cell)) {
            line += '\'';
        }
        for (const char c : cell) {
            line += c;
            if (c == '"') {
                line += '"';
            }
        }
        line += '"';
    }
    return line + "\r\n";
}

CsvText read_csv(std::string_view text) {
    if (text.starts_with(csv_byte_order_mark)) {
        text.remove_prefix(csv_byte_order_mark.size());
    }
    return Reader(text).read();
}

}  // namespace ventanilla
