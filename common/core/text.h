// Small rules for text that people type. All text is UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace ventanilla {

// False for overlong forms, surrogates, cut sequences (RFC 3629) and for NUL, which PostgreSQL
// cannot store.
[[nodiscard]] bool is_valid_text(std::string_view text);

// How many characters (code points) a valid text has.
[[nodiscard]] std::size_t character_count(std::string_view text);

// At most `count` characters from the beginning of a valid text.
[[nodiscard]] std::string first_characters(std::string_view text, std::size_t count);

// Without white space (blanks, tabs, line ends, no-break space) at both ends.
[[nodiscard]] std::string trimmed(std::string_view text);

// Lower case of letters of every script, for comparing names and addresses.
[[nodiscard]] std::string folded(std::string_view text);

// True for one mailbox `local@domain` that can stand in a To header as it is: no blanks, no control
// characters, no commas, quotes, brackets; 254 bytes at most (RFC 5321 4.5.3.1.3); the domain has a
// dot.
[[nodiscard]] bool looks_like_email(std::string_view text);

// Of a valid text, only letters (of every script), digits and @ . + - _ ; at most 150 characters
// (SPEC.md 2).
[[nodiscard]] std::string username_characters(std::string_view text);

// `maria` as `m***a`; names of one or two characters as `m***`.
[[nodiscard]] std::string masked_username(std::string_view username);

// The network that limits count by: IPv4 /24, IPv6 /56 (DESIGN.md, security figures), as text such
// as "192.0.2.0/24". What is no address stays as it is.
[[nodiscard]] std::string network_of(const std::string& address);

}  // namespace ventanilla
