// A QR code as the path of an SVG picture, drawn by the server.
#pragma once

#include <string>

namespace ventanilla::admin_bulk_action {

struct QrPath {
    std::string view_box;  // with the quiet zone of four modules that readers want
    std::string path;      // of the dark modules
};

// Of a short text such as an address; error correction M, so that a creased slip still reads.
// Throws Failure when the text is longer than a code holds.
[[nodiscard]] QrPath qr_svg_path(const std::string& text);

}  // namespace ventanilla::admin_bulk_action
