#include "app/form_errors.h"

#include <algorithm>

namespace ventanilla {

void FormErrors::add(const std::string& field, const std::string& key, const Model& values) {
    errors_.push_back({field, renderer_.text(key, values)});
}

bool FormErrors::has(const std::string& field) const {
    return std::any_of(
        errors_.begin(), errors_.end(), [&](const Error& error) { return error.field == field; });
}

void FormErrors::show(Model& model) const {
    std::vector<Model> lines;
    for (const auto& error : errors_) {
        Model line;
        line.set("field", error.field)
            .set("text", error.text)
            .set("has_field", !error.field.empty());
        lines.push_back(std::move(line));
        if (!error.field.empty()) {
            model.set((error.field + "_error").c_str(), error.text);
        }
    }
    model.set("has_errors", !errors_.empty());
    model.set("errors", std::move(lines));
}

}  // namespace ventanilla
