// Everything that is wrong with a form, all of it at once, in the words of templates/texts.txt: for
// the summary above the form and beside each field.
#pragma once

#include <string>
#include <vector>

#include "view/model.h"
#include "view/renderer.h"

namespace ventanilla {

class FormErrors {
  public:
    explicit FormErrors(const Renderer& renderer) : renderer_(renderer) {}

    // `field` is the input's name, or empty for what concerns the whole form; `key` a line of
    // texts.txt.
    void add(const std::string& field, const std::string& key) { add(field, key, Model()); }
    void add(const std::string& field, const std::string& key, const Model& values);

    [[nodiscard]] bool empty() const { return errors_.empty(); }
    // Whether a field has an error, so that a second check of it can be left out.
    [[nodiscard]] bool has(const std::string& field) const;

    // Sets has_errors, errors and FIELD_error.
    void show(Model& model) const;

  private:
    struct Error {
        std::string field;
        std::string text;
    };
    const Renderer& renderer_;
    std::vector<Error> errors_;
};

}  // namespace ventanilla
