#include <array>
#include <cerrno>
#include <iconv.h>

#include "clients/client_import.h"
#include "core/csv.h"
#include "core/text.h"

namespace ventanilla {
namespace {

const iconv_t no_converter = reinterpret_cast<iconv_t>(-1);  // NOLINT: as iconv_open(3) says it

class Converter {
  public:
    explicit Converter(const std::string& encoding)
        : converter_(iconv_open("UTF-8", encoding.c_str())) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (is_open()) {
            iconv_close(converter_);
        }
    }

    [[nodiscard]] bool is_open() const { return converter_ != no_converter; }

    // Absent when the bytes are invalid or end in the middle of a character.
    [[nodiscard]] std::optional<std::string> converted(const std::string& bytes) const {
        std::string text;
        std::array<char, 1U << 14U> block{};
        char* from = const_cast<char*>(bytes.data());  // NOLINT: iconv(3) only reads it
        std::size_t left = bytes.size();
        while (left > 0) {
            char* to = block.data();
            std::size_t room = block.size();
            const bool failed =
                iconv(converter_, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
            if (failed && errno != E2BIG) {
                return std::nullopt;
            }
            text.append(block.data(), block.size() - room);
        }
        return text;
    }

  private:
    iconv_t converter_;
};

}  // namespace

bool is_known_encoding(const std::string& encoding) {
    return Converter(encoding).is_open();
}

std::optional<std::string> as_utf8(const std::string& bytes, const std::string& encoding) {
    const Converter converter(encoding);
    auto text = converter.is_open() ? converter.converted(bytes) : std::nullopt;
    if (!text || !is_valid_text(*text)) {
        return std::nullopt;
    }
    if (text->starts_with(csv_byte_order_mark)) {
        text->erase(0, csv_byte_order_mark.size());
    }
    return text;
}

}  // namespace ventanilla
