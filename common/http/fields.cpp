#include "http/fields.h"

#include <algorithm>

namespace ventanilla {

const std::string& Fields::get(std::string_view name) const {
    static const std::string nothing;
    const auto found = std::find_if(
        fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
    return found == fields_.end() ? nothing : found->second;
}

bool Fields::has(std::string_view name) const {
    return count(name) > 0;
}

std::vector<std::string> Fields::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [field, value] : fields_) {
        if (field == name) {
            values.push_back(value);
        }
    }
    return values;
}

std::size_t Fields::count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; }));
}

}  // namespace ventanilla
