// One parsed template, ready to be rendered many times.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "view/model.h"

namespace ventanilla {

enum class Escaping { Html, None };

class TemplateText {
  public:
    // `name` is for messages. Throws Misconfigured when the text does not parse, still asks for a
    // partial, or switches escaping off ({{{ or {{&).
    TemplateText(const std::string& name, const std::string& text, Escaping escaping);
    TemplateText(const TemplateText&) = delete;
    TemplateText& operator=(const TemplateText&) = delete;
    TemplateText(TemplateText&& other) noexcept;
    TemplateText& operator=(TemplateText&& other) noexcept;
    ~TemplateText();

    // Appends the rendered text. Throws Failure when the library failed (it would go on with an
    // empty page).
    void render(const Model& model, std::string& output) const;

  private:
    struct Parsed;
    [[nodiscard]] std::string with_marks(const std::string& text);
    void append(std::string_view rendered, std::string& output) const;

    std::string name_;
    std::vector<std::string> pieces_;  // of an Html text: what stands between its tags
    std::unique_ptr<Parsed> parsed_;
};

}  // namespace ventanilla
