// How the providers' interfaces write things: addresses, forms, times, names of objects. Private to
// payments/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "payments/provider_json.h"

namespace ventanilla {

// Of ASCII.
[[nodiscard]] std::string small_letters(std::string text);
[[nodiscard]] std::string capital_letters(std::string text);

// A body of application/x-www-form-urlencoded. Names stand as they are, values are encoded.
class FormBody {
  public:
    void add(std::string_view name, std::string_view value);
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

// The first value of that name in a query string, decoded; absent when there is none or it is not
// encoded well.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

// "t=1,v1=ab,v1=cd", blanks around names and values left out.
using HeaderPairs = std::vector<std::pair<std::string_view, std::string_view>>;
[[nodiscard]] HeaderPairs header_pairs(std::string_view header);

// Of a notice's signature: whole seconds or, with thirteen digits or more, milliseconds since 1970.
// Absent for all else.
[[nodiscard]] std::optional<Timestamp> epoch_time(std::string_view digits);
// Both ends belong to it.
[[nodiscard]] bool is_between(Timestamp when, Timestamp earliest, Timestamp latest);

[[nodiscard]] std::int64_t epoch_seconds(Timestamp when);
// "2026-11-21T20:35:00.123+00:00"
[[nodiscard]] std::string iso_time(Timestamp when);
// The same, and "Z", "+0000", no or other fractions. Absent for all else.
[[nodiscard]] std::optional<Timestamp> read_iso_time(std::string_view text);

// The name of an object: a text of visible ASCII, 255 characters at most, or a whole number. Empty
// for all else.
[[nodiscard]] std::string ref_of(const Json& json);
// Where a browser may be sent: https, or this host. Empty for all else.
[[nodiscard]] std::string link_of(const Json& json);

// For staff and the log: the first 200 characters, without anything but visible ASCII and blanks.
[[nodiscard]] std::string shortened(std::string_view text);

}  // namespace ventanilla
