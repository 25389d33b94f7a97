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

// `event` is a short snake_case word. Lines are written whole and at most 4 KiB in one write, so
// processes do not mix.
void log_info(std::string_view event, std::initializer_list<LogField> fields);
void log_error(std::string_view event, std::initializer_list<LogField> fields);

// A line that may wait until the process has nothing better to do: it goes out with the next
// flush_log() or line of the functions above, or when enough have gathered. A process that is
// killed loses what waits.
void log_info_later(std::string_view event, std::initializer_list<LogField> fields);
void flush_log();

// The line without its end, as the functions above write it (the tests read it).
[[nodiscard]] std::string log_line(std::string_view level,
                                   std::string_view event,
                                   std::initializer_list<LogField> fields);

}  // namespace ventanilla
