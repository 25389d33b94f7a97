// Log lines on standard error, one line each, for journald: `level=info event=request route=/login/
// status=200 ...`. Values are escaped so that nothing a visitor sends can start a new line. Never
// hand over a password, code, token or cookie (SPEC.md 6).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace ventanilla {

using LogField = std::pair<std::string_view, std::string>;

// `event` is a short snake_case word. Lines are written whole in one write, so processes do not
// mix.
void log_info(std::string_view event, std::initializer_list<LogField> fields);
void log_error(std::string_view event, std::initializer_list<LogField> fields);

// The line without its end, as the functions above write it (the tests read it).
[[nodiscard]] std::string log_line(std::string_view level,
                                   std::string_view event,
                                   std::initializer_list<LogField> fields);

}  // namespace ventanilla
