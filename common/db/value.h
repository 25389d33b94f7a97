// What goes into a statement and comes out of a row, in PostgreSQL's text form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace ventanilla::db {

// A byte string for a bytea column (std::string is text).
struct Bytes {
    std::string value;
};

// The values of a statement, bound in order to $1, $2, ...
class Params {
  public:
    template <class... Values>
    explicit Params(const Values&... values) {
        texts_.reserve(sizeof...(values));
        (add(values), ...);
    }

    void add(std::string_view text) { texts_.emplace_back(std::string(text)); }
    void add(const std::string& text) { texts_.emplace_back(text); }
    void add(const char* text) { texts_.emplace_back(text); }
    void add(bool value) { texts_.emplace_back(value ? "t" : "f"); }
    void add(std::int64_t value) { texts_.emplace_back(std::to_string(value)); }
    void add(int value) { texts_.emplace_back(std::to_string(value)); }
    void add(std::size_t value) { texts_.emplace_back(std::to_string(value)); }
    void add(Timestamp value) { texts_.emplace_back(iso_text(value)); }
    void add(const Bytes& value);
    void add(std::nullopt_t) { texts_.emplace_back(std::nullopt); }
    template <class Value>
    void add(const std::optional<Value>& value) {
        if (value) {
            add(*value);
        } else {
            add(std::nullopt);
        }
    }

    [[nodiscard]] const std::vector<std::optional<std::string>>& texts() const { return texts_; }

  private:
    std::vector<std::optional<std::string>> texts_;
};

// One cell: absent for NULL. Throws Failure when the text is not of the wanted type.
void parse_cell(std::optional<std::string_view> cell, std::string& value);
void parse_cell(std::optional<std::string_view> cell, std::int64_t& value);
void parse_cell(std::optional<std::string_view> cell, bool& value);
void parse_cell(std::optional<std::string_view> cell, Timestamp& value);
void parse_cell(std::optional<std::string_view> cell, Bytes& value);
template <class Value>
void parse_cell(std::optional<std::string_view> cell, std::optional<Value>& value) {
    if (cell) {
        parse_cell(cell, value.emplace());
    } else {
        value.reset();
    }
}

}  // namespace ventanilla::db
