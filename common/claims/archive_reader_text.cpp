#include "claims/archive_reader_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iconv.h>
#include <unistd.h>

#include <sys/stat.h>

#include "claims/archive_reader.h"

namespace ventanilla {
namespace {

constexpr std::size_t block_size = 256U << 10U;
constexpr char invalid_byte = '\xff';

const iconv_t no_converter = reinterpret_cast<iconv_t>(-1);  // NOLINT: as iconv_open(3) says it

[[noreturn]] void unreadable() {
    throw UnusableArchive(FileProblem::Unreadable, std::strerror(errno));
}

bool begins_as_utf16(std::string_view text) {
    return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

}  // namespace

ArchiveText::ArchiveText(const std::string& path, const std::string& encoding)
    : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {
    struct stat about {};
    if (file_ < 0 || fstat(file_, &about) != 0) {
        unreadable();
    }
    if (!S_ISREG(about.st_mode)) {
        close(file_);
        throw UnusableArchive(FileProblem::Unreadable,
                              std::strerror(S_ISDIR(about.st_mode) ? EISDIR : ESPIPE));
    }
    total_ = about.st_size;
    if (!encoding.empty()) {
        converter_ = iconv_open("UTF-8", encoding.c_str());
        if (converter_ == no_converter) {
            close(file_);
            throw UnusableArchive(FileProblem::UnknownEncoding, encoding);
        }
    }
    pass_byte_order_mark();
}

ArchiveText::~ArchiveText() {
    if (converter_ != nullptr) {
        iconv_close(converter_);
    }
    close(file_);
}

void ArchiveText::pass_byte_order_mark() {
    more();
    if (rest().starts_with("\xef\xbb\xbf")) {
        begin_ = 3;
    } else if (converter_ == nullptr && begins_as_utf16(rest())) {
        throw UnusableArchive(FileProblem::OtherEncoding, "UTF-16");
    }
}

bool ArchiveText::read_block() {
    const std::size_t before = raw_.size();
    raw_.resize(before + block_size);
    ssize_t got = -1;
    do {
        got = read(file_, raw_.data() + before, block_size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        unreadable();
    }
    raw_.resize(before + static_cast<std::size_t>(got));
    read_ += got;
    return got > 0;
}

bool ArchiveText::more() {
    if (ended_) {
        return false;
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t before = buffer_.size();
    while (buffer_.size() == before && !ended_) {
        ended_ = !read_block();
        if (converter_ == nullptr) {
            buffer_ += raw_;
            raw_.clear();
        } else {
            convert(ended_);
        }
    }
    return buffer_.size() > before;
}

// What iconv cannot read yet (a character cut by the end of the block) stays in raw_ for the next
// time.
void ArchiveText::convert(bool at_end) {
    std::array<char, block_size> out{};
    char* from = raw_.data();
    std::size_t left = raw_.size();
    while (left > 0) {
        char* to = out.data();
        std::size_t room = out.size();
        const std::size_t result = iconv(converter_, &from, &left, &to, &room);
        const int why = result == static_cast<std::size_t>(-1) ? errno : 0;
        buffer_.append(out.data(), out.size() - room);
        if (why == EILSEQ || (why == EINVAL && at_end)) {
            buffer_ += invalid_byte;
            ++from;
            --left;
        } else if (why == EINVAL) {
            break;
        }
    }
    raw_.erase(0, raw_.size() - left);
}

ArchiveText::Line ArchiveText::line_at(std::size_t from, std::size_t longest) {
    std::size_t searched = from;
    for (;;) {
        const std::size_t end = rest().find('\n', searched);
        if (end != std::string_view::npos) {
            const bool has_return = end > from && rest()[end - 1] == '\r';
            return {end - from - (has_return ? 1 : 0), end + 1, end - from <= longest};
        }
        searched = rest().size();
        if (searched - from > longest) {
            return {longest, searched, false};
        }
        if (!more()) {
            const bool has_return = searched > from && rest().back() == '\r';
            return {searched - from - (has_return ? 1 : 0), searched, true};
        }
    }
}

void ArchiveText::pass(std::size_t bytes) {
    const auto passed = rest().substr(0, bytes);
    line_ += std::count(passed.begin(), passed.end(), '\n');
    begin_ += passed.size();
}

bool ArchiveText::pass_blanks() {
    do {
        pass(std::min(rest().find_first_not_of(" \t\r\n"), rest().size()));
    } while (rest().empty() && more());
    return !rest().empty();
}

void ArchiveText::pass_line() {
    for (;;) {
        const std::size_t end = rest().find('\n');
        if (end != std::string_view::npos) {
            pass(end + 1);
            return;
        }
        pass(rest().size());
        if (!more()) {
            return;
        }
    }
}

std::int64_t ArchiveText::bytes_done() const {
    return read_
           - static_cast<std::int64_t>(
               std::min(raw_.size() + rest().size(), static_cast<std::size_t>(read_)));
}

}  // namespace ventanilla
