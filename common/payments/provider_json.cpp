#include "payments/provider_json.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace ventanilla {
namespace {

constexpr std::size_t most_levels = 64;

const Json nothing;
const std::string no_text;

}  // namespace

// Told by the parser what it reads; gives up on what is too deep.
class JsonBuilder : public nlohmann::json_sax<nlohmann::json> {
  public:
    [[nodiscard]] Json take() { return std::move(root_); }

    bool null() override { return add({}); }
    bool boolean(bool value) override { return add(of(value ? Json::Kind::Yes : Json::Kind::No)); }
    bool number_integer(std::int64_t value) override {
        return add(of(Json::Kind::Number, std::to_string(value)));
    }
    bool number_unsigned(std::uint64_t value) override {
        return add(of(Json::Kind::Number, std::to_string(value)));
    }
    bool number_float(double /*value*/, const std::string& written) override {
        return add(of(Json::Kind::Number, written));
    }
    bool string(std::string& value) override { return add(of(Json::Kind::Text, std::move(value))); }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return open(Json::Kind::Object); }
    bool start_array(std::size_t /*size*/) override { return open(Json::Kind::Array); }
    bool key(std::string& name) override {
        open_.back().names_.push_back(std::move(name));
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t /*position*/,
                     const std::string& /*token*/,
                     const nlohmann::json::exception& /*error*/) override {
        return false;
    }

  private:
    static Json of(Json::Kind kind, std::string text = "") {
        Json value;
        value.kind_ = kind;
        value.text_ = std::move(text);
        return value;
    }

    bool add(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else {
            open_.back().values_.push_back(std::move(value));
        }
        return true;
    }

    bool open(Json::Kind kind) {
        open_.push_back(of(kind));
        return open_.size() <= most_levels;
    }

    bool close() {
        Json whole = std::move(open_.back());
        open_.pop_back();
        return add(std::move(whole));
    }

    Json root_;
    std::vector<Json> open_;
};

std::optional<Json> Json::parse(std::string_view text) {
    JsonBuilder builder;
    const bool is_whole = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
    return is_whole ? std::optional(builder.take()) : std::nullopt;
}

const Json& Json::operator[](std::string_view name) const {
    for (std::size_t i = names_.size(); i > 0; --i) {
        if (names_[i - 1] == name) {
            return values_[i - 1];
        }
    }
    return nothing;
}

const std::vector<Json>& Json::elements() const {
    return kind_ == Kind::Array ? values_ : nothing.values_;
}

const Json& Json::first() const {
    return elements().empty() ? nothing : elements().front();
}

const std::string& Json::text() const {
    return kind_ == Kind::Text ? text_ : no_text;
}

const std::string& Json::number() const {
    return kind_ == Kind::Number ? text_ : no_text;
}

std::optional<std::int64_t> Json::whole() const {
    std::int64_t value = 0;
    const std::string& written = number();
    const char* end = written.data() + written.size();
    const auto [stop, error] = std::from_chars(written.data(), end, value);
    return !written.empty() && error == std::errc() && stop == end ? std::optional(value)
                                                                   : std::nullopt;
}

std::optional<bool> Json::truth() const {
    if (kind_ != Kind::Yes && kind_ != Kind::No) {
        return std::nullopt;
    }
    return kind_ == Kind::Yes;
}

std::string json_text(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_object(const std::vector<JsonMember>& members) {
    std::string json = "{";
    for (const auto& [name, value] : members) {
        json += (json.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + value;
    }
    return json + '}';
}

std::string json_array(const std::vector<std::string>& elements) {
    std::string json = "[";
    for (const auto& element : elements) {
        json += (json.size() > 1 ? "," : "") + element;
    }
    return json + ']';
}

}  // namespace ventanilla
