#include "db/value.h"

#include <charconv>

#include "core/digest.h"
#include "core/errors.h"

namespace ventanilla::db {
namespace {

std::string_view present(std::optional<std::string_view> cell) {
    if (!cell) {
        throw Failure("a column that the code takes for NOT NULL was NULL");
    }
    return *cell;
}

}  // namespace

void Params::add(const Bytes& value) {
    texts_.emplace_back("\\x" + hex(value.value));
}

void parse_cell(std::optional<std::string_view> cell, std::string& value) {
    value = present(cell);
}

void parse_cell(std::optional<std::string_view> cell, std::int64_t& value) {
    const auto text = present(cell);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw Failure("not a whole number in a column: " + std::string(text));
    }
}

void parse_cell(std::optional<std::string_view> cell, bool& value) {
    value = present(cell) == "t";
}

void parse_cell(std::optional<std::string_view> cell, Timestamp& value) {
    value = parse_iso(std::string(present(cell)));
}

void parse_cell(std::optional<std::string_view> cell, Bytes& value) {
    const auto text = present(cell);
    auto bytes = text.starts_with("\\x") ? from_hex(text.substr(2)) : std::nullopt;
    if (!bytes) {
        throw Failure("not a bytea in hex form");
    }
    value.value = std::move(*bytes);
}

}  // namespace ventanilla::db
