#include "pages/portal_client.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace ventanilla::test {
namespace {

class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& content)
        : path((std::filesystem::temp_directory_path()
                / ("ventanilla-pdf-" + std::to_string(getpid()) + ".pdf"))
                   .string()) {
        std::ofstream(path, std::ios::binary) << content;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(path); }

    const std::string path;
};

// Everything that a command prints; throws when it fails.
std::string printed(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) {
        throw std::runtime_error("cannot run " + command);
    }
    std::string text;
    std::array<char, 65536> part{};
    for (std::size_t size = 0; (size = fread(part.data(), 1, part.size(), pipe)) > 0;) {
        text.append(part.data(), size);
    }
    if (pclose(pipe) != 0) {
        throw std::runtime_error("failed: " + command);
    }
    return text;
}

}  // namespace

std::string pdf_text(const std::string& pdf) {
    const TemporaryFile file(pdf);
    return printed("pdftotext -layout '" + file.path + "' -");
}

std::int64_t pdf_ink(const std::string& pdf) {
    const TemporaryFile file(pdf);
    // A grey picture: "P5", width, height and depth, one byte a pixel.
    const std::string picture = printed("pdftoppm -gray -r 60 -l 1 '" + file.path + '\'');
    std::size_t head = 0;
    for (int line = 0; line < 3; ++line) {
        head = picture.find('\n', head) + 1;
    }
    std::int64_t dark = 0;
    for (std::size_t i = head; i < picture.size(); ++i) {
        dark += static_cast<unsigned char>(picture[i]) < 0xc0 ? 1 : 0;
    }
    return dark * 1000 / static_cast<std::int64_t>(picture.size() - head);
}

}  // namespace ventanilla::test
