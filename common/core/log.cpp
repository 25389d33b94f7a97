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

// PIPE_BUF: so much is written to a pipe without another process's line in between.
constexpr std::size_t max_waiting_bytes = 4096;

// Lines that wait, each with its end.
std::string& waiting_lines() {
    static std::string lines;
    return lines;
}

void add_line(const std::string& line) {
    std::string& waiting = waiting_lines();
    if (waiting.size() + line.size() + 1 > max_waiting_bytes) {
        flush_log();
    }
    waiting += line;
    waiting += '\n';
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
    log_info_later(event, fields);
    flush_log();
}

void log_error(std::string_view event, std::initializer_list<LogField> fields) {
    add_line(log_line("error", event, fields));
    flush_log();
}

void log_info_later(std::string_view event, std::initializer_list<LogField> fields) {
    add_line(log_line("info", event, fields));
}

void flush_log() {
    std::string& waiting = waiting_lines();
    if (!waiting.empty()) {
        // A log that cannot be written must not stop the request.
        [[maybe_unused]] const auto written = write(STDERR_FILENO, waiting.data(), waiting.size());
        waiting.clear();
    }
}

}  // namespace ventanilla
