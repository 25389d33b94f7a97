// Who is at the other end of a request, whether logged in or not, as far as limits and claims need
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ventanilla {

// A browser from which an account has logged in before, proved by a signed cookie (OWASP: device
// cookies). Its failures are counted apart, so that nobody else can lock the owner out.
struct KnownDevice {
    std::int64_t account_id = 0;
    std::string device_id;
};

struct Visitor {
    std::string
        browser_hash;  // SHA-256 of the visitor's cookie: names the browser, and nothing else does
    std::string network;  // core/text.h, network_of
    std::string device;   // "Firefox · Android", or empty
    std::optional<KnownDevice> known_device;
};

// A short name such as "Firefox · Windows" out of a User-Agent header; empty when nothing known is
// in it.
[[nodiscard]] std::string device_name(const std::string& user_agent);

}  // namespace ventanilla
