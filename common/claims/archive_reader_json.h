// JSON Lines and Django's dumpdata. Internal to open_archive().
#pragma once

#include "claims/archive_reader.h"
#include "claims/archive_reader_text.h"

namespace ventanilla {

// One object a line; its members are the columns.
class JsonLinesReader : public ArchiveReader {
  public:
    explicit JsonLinesReader(std::unique_ptr<ArchiveText> text) : text_(std::move(text)) {}

    [[nodiscard]] bool next(ArchiveRow& row) override;
    [[nodiscard]] std::int64_t bytes_done() const override { return text_->bytes_done(); }
    [[nodiscard]] std::int64_t bytes_total() const override { return text_->bytes_total(); }
    [[nodiscard]] ArchiveFormat format() const override { return ArchiveFormat::JsonLines; }

  private:
    std::unique_ptr<ArchiveText> text_;
    std::size_t handed_out_ = 0;
    bool skip_line_ = false;
};

// One array of {"model", "pk", "fields"}; the members of fields are the columns, and pk is the
// column id.
class DumpdataReader : public ArchiveReader {
  public:
    // `model`: objects of others are passed over; empty: the first object's model, and others are a
    // problem.
    DumpdataReader(std::unique_ptr<ArchiveText> text, std::string model);

    [[nodiscard]] bool next(ArchiveRow& row) override;
    [[nodiscard]] std::int64_t bytes_done() const override { return text_->bytes_done(); }
    [[nodiscard]] std::int64_t bytes_total() const override { return text_->bytes_total(); }
    [[nodiscard]] ArchiveFormat format() const override { return ArchiveFormat::Dumpdata; }

  private:
    void read(ArchiveRow& row);
    [[nodiscard]] bool cut_short(ArchiveRow& row);
    [[nodiscard]] std::size_t object_size(bool& is_whole);
    [[nodiscard]] std::size_t next_object_after_damage(std::size_t size);

    std::unique_ptr<ArchiveText> text_;
    std::string model_;
    std::string found_model_;
    bool only_model_;
    std::size_t handed_out_ = 0;
    bool is_closed_ = false;
};

}  // namespace ventanilla
