// What a page or mail shows: a tree of named values, built by a page function and handed to the
// renderer once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ventanilla {

class Model {
  public:
    Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    Model(Model&& other) noexcept;
    Model& operator=(Model&& other) noexcept;
    ~Model();

    // Text is escaped when it is rendered. An empty text counts as absent, so that {{#name}} asks
    // "is there any".
    Model& set(const char* name, const std::string& text);
    Model& set(const char* name, const char* text) { return set(name, std::string(text)); }
    Model& set(const char* name, bool value);
    Model& set(const char* name, std::int64_t number) { return set(name, std::to_string(number)); }
    // A list for {{#name}}. Give each item every key: a missing one takes the outer value of that
    // name.
    Model& set(const char* name, std::vector<Model>&& items);

    [[nodiscard]] bool has(const char* name) const;

  private:
    friend class TemplateText;
    friend class ModelContext;
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

}  // namespace ventanilla
