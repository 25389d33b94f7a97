// JSON that is talked with providers, read without trust: what is missing or of another kind reads
// as empty, never as an error. Numbers keep their digits as they were written, so that amounts stay
// exact. Private to payments/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ventanilla {

class Json {
  public:
    // Nothing.
    Json() = default;

    // One whole JSON value, at most 64 levels deep. Absent for anything else.
    [[nodiscard]] static std::optional<Json> parse(std::string_view text);

    // The member of that name (the last one, when there are several); nothing when there is none.
    [[nodiscard]] const Json& operator[](std::string_view name) const;
    // Of an array; empty for all else.
    [[nodiscard]] const std::vector<Json>& elements() const;
    // The first of an array; nothing when there is none.
    [[nodiscard]] const Json& first() const;

    [[nodiscard]] bool is_object() const { return kind_ == Kind::Object; }
    [[nodiscard]] bool is_array() const { return kind_ == Kind::Array; }
    // Of a string; empty for all else.
    [[nodiscard]] const std::string& text() const;
    // Of a number, as it was written; empty for all else.
    [[nodiscard]] const std::string& number() const;
    // Absent for all but whole numbers that have room.
    [[nodiscard]] std::optional<std::int64_t> whole() const;
    [[nodiscard]] std::optional<bool> truth() const;

  private:
    friend class JsonBuilder;
    enum class Kind { Nothing, No, Yes, Number, Text, Array, Object };

    Kind kind_ = Kind::Nothing;
    std::string text_;  // of a text or a number
    std::vector<std::string> names_;
    std::vector<Json> values_;
};

// JSON that we send is put together as text: a number or a foreign document stands in it letter by
// letter.
struct JsonMember {
    std::string_view name;  // without quotes and backslashes
    std::string json;
};

// A text as a JSON string; what is no UTF-8 is replaced.
[[nodiscard]] std::string json_text(std::string_view text);
[[nodiscard]] std::string json_object(const std::vector<JsonMember>& members);
[[nodiscard]] std::string json_array(const std::vector<std::string>& elements);

}  // namespace ventanilla
