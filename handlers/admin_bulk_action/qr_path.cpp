#include "admin_bulk_action/qr_path.h"

#include <memory>
#include <qrencode.h>

#include "core/errors.h"

namespace ventanilla::admin_bulk_action {
namespace {

constexpr int quiet_zone = 4;

bool is_dark(const QRcode& code, int x, int y) {
    return (code.data[y * code.width + x] & 1) != 0;
}

// One rectangle for each run of dark modules in a row.
std::string row_path(const QRcode& code, int y) {
    std::string path;
    for (int x = 0; x < code.width; ++x) {
        if (!is_dark(code, x, y)) {
            continue;
        }
        const int from = x;
        while (x < code.width && is_dark(code, x, y)) {
            ++x;
        }
        const std::string length = std::to_string(x - from);
        path += 'M' + std::to_string(from) + ' ' + std::to_string(y) + 'h' + length + "v1h-"
                + length + 'z';
    }
    return path;
}

}  // namespace

QrPath qr_svg_path(const std::string& text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
    if (!code) {
        throw Failure("no QR code holds the address " + text);
    }
    QrPath result;
    for (int y = 0; y < code->width; ++y) {
        result.path += row_path(*code, y);
    }
    const std::string corner = std::to_string(-quiet_zone);
    const std::string side = std::to_string(code->width + 2 * quiet_zone);
    result.view_box = corner + ' ' + corner + ' ' + side + ' ' + side;
    return result;
}

}  // namespace ventanilla::admin_bulk_action
