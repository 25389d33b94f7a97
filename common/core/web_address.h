// Web addresses: the parts of one that our rules ask for, and what goes into one. Whoever fetches
// one leaves the rest to libcurl.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ventanilla {

struct WebAddress {
    bool is_https = false;
    std::string host;  // lower case; an IPv6 address in its brackets
    std::string port;  // as written; empty when absent
    std::string rest;  // path, query and fragment; may be empty
};

// Absent for other schemes, user names, control characters, spaces, backslashes and hosts with
// anything but letters, digits, dots and dashes (RFC 3986 3.2.2; names in other scripts come as
// punycode).
[[nodiscard]] std::optional<WebAddress> web_address(std::string_view text);

// localhost, 127.0.0.0/8 or [::1].
[[nodiscard]] bool is_loopback_host(std::string_view host);

// True for `domain` itself and what lies under it.
[[nodiscard]] bool is_host_under(std::string_view host, std::string_view domain);

// For values that go into a URL: everything but the unreserved characters of RFC 3986 2.3, and
// those of `also_plain`.
[[nodiscard]] std::string percent_encoded(std::string_view text, std::string_view also_plain = "");

}  // namespace ventanilla
