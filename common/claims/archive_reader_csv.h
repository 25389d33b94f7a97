// CSV as RFC 4180 has it, with `,` or `;` between the fields, whichever the header uses. Internal
// to open_archive().
#pragma once

#include "claims/archive_reader.h"
#include "claims/archive_reader_text.h"

namespace ventanilla {

class CsvReader : public ArchiveReader {
  public:
    // Reads the header. Throws UnusableArchive.
    explicit CsvReader(std::unique_ptr<ArchiveText> text);

    [[nodiscard]] bool next(ArchiveRow& row) override;
    [[nodiscard]] std::int64_t bytes_done() const override { return text_->bytes_done(); }
    [[nodiscard]] std::int64_t bytes_total() const override { return text_->bytes_total(); }
    [[nodiscard]] ArchiveFormat format() const override { return ArchiveFormat::Csv; }

  private:
    void read_header();
    // Splits the row at the beginning of the rest into `row`; `line` is its first line. Returns
    // where the next begins.
    [[nodiscard]] std::size_t split(ArchiveRow& row, const ArchiveText::Line& line);
    void split_plain(ArchiveRow& row, std::string_view line) const;
    [[nodiscard]] std::size_t split_quoted(ArchiveRow& row);
    // Both fill `value` from the field at `from` and return where the field ends.
    [[nodiscard]] std::size_t plain_field(std::size_t from, std::string& value);
    [[nodiscard]] std::size_t quoted_field(std::size_t from, std::string& value);
    // The byte at `position` of the rest, or end_of_file; reads on when needed.
    [[nodiscard]] int at(std::size_t position);

    static constexpr int end_of_file = -1;

    std::unique_ptr<ArchiveText> text_;
    std::vector<std::string> header_;
    char separator_ = ',';
    // The row that was handed out last is passed at the next call only: until then its text must
    // stay.
    std::size_t handed_out_ = 0;
    bool skip_line_ = false;
};

}  // namespace ventanilla
