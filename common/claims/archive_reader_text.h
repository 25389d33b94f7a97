// A file as a window of UTF-8 text that moves over it: what the readers look at. Internal to the
// readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ventanilla {

class ArchiveText {
  public:
    // `encoding`: a name that iconv knows; empty: UTF-8. A byte order mark is left out. Throws
    // UnusableArchive.
    ArchiveText(const std::string& path, const std::string& encoding);
    ArchiveText(const ArchiveText&) = delete;
    ArchiveText& operator=(const ArchiveText&) = delete;
    ~ArchiveText();

    // What has been read and not been passed yet. Bytes that are invalid in `encoding` stand as
    // 0xFF, which no UTF-8 has.
    [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

    // Adds text behind the rest (views of it become invalid); false at the end of the file.
    bool more();

    // The line at `from` in the rest without its end (LF or CRLF), reading on as far as `longest`
    // bytes.
    struct Line {
        std::size_t size = 0;  // without the end
        std::size_t next = 0;  // where the following one begins
        bool is_whole = true;  // false: `longest` bytes did not reach its end
    };
    [[nodiscard]] Line line_at(std::size_t from, std::size_t longest);

    void pass(std::size_t bytes);
    // Passes white space; false when nothing is left.
    bool pass_blanks();
    // Passes everything up to and with the next line end.
    void pass_line();

    [[nodiscard]] std::int64_t line() const { return line_; }
    [[nodiscard]] std::int64_t bytes_done() const;
    [[nodiscard]] std::int64_t bytes_total() const { return total_; }

  private:
    [[nodiscard]] bool read_block();
    void convert(bool at_end);
    void pass_byte_order_mark();

    int file_ = -1;
    void* converter_ = nullptr;  // iconv_t; null for UTF-8
    std::string raw_;            // read and not converted yet
    std::string buffer_;
    std::size_t begin_ = 0;
    std::int64_t line_ = 1;
    std::int64_t total_ = 0;
    std::int64_t read_ = 0;
    bool ended_ = false;
};

}  // namespace ventanilla
