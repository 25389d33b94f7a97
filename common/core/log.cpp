#include "core/log.h"

#include <unistd.h>

#include "core/digest.h"

namespace ventanilla {
namespace {

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && c != '"' && c != '=' && c != '\\';
}

void append_value(std::string& line, std::string_view value) {
    bool plain = !value.empty();
    for (const char c : value) {
        plain = plain && is_plain(c);
    }
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            line += "\\x" + hex(std::string_view(&c, 1));
        } else {
            line += c;
        }
    }
    line += '"';
}

void write_line(std::string line) {
    line += '\n';
    // A log that cannot be written must not stop the request.
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

std::string log_line(std::string_view level,
                     std::string_view event,
                     std::initializer_list<LogField> fields) {
    std::string line = "level=";
    line += level;
    line += " event=";
    line += event;
    for (const auto& [name, value] : fields) {
        line += ' ';
        line += name;
        line += '=';
        append_value(line, value);
    }
    return line;
}

void log_info(std::string_view event, std::initializer_list<LogField> fields) {
    write_line(log_line("info", event, fields));
}

void log_error(std::string_view event, std::initializer_list<LogField> fields) {
    write_line(log_line("error", event, fields));
}

}  // namespace ventanilla
