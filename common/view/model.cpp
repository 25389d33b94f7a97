#include "view/model.h"

#include "view/tree.h"

namespace ventanilla {

using kainjow::mustache::data;

Model::Model() : tree_(std::make_unique<Tree>()) {}
Model::Model(Model&& other) noexcept = default;
Model& Model::operator=(Model&& other) noexcept = default;
Model::~Model() = default;

// The place of a value: the last one set under a name counts.
Model::Tree::Entry& Model::Tree::place(const char* name) {
    for (auto& entry : entries) {
        if (entry.name == name) {
            entry.items.clear();
            return entry;
        }
    }
    return entries.emplace_back(name);
}

Model& Model::set(const char* name, const std::string& text) {
    tree_->place(name).value = text.empty() ? data(false) : data(text);
    return *this;
}

Model& Model::set(const char* name, bool value) {
    tree_->place(name).value = data(value);
    return *this;
}

Model& Model::set(const char* name, std::vector<Model>&& items) {
    auto& entry = tree_->place(name);
    entry.value = data(kainjow::mustache::list(items.size(), data(true)));
    entry.items = std::move(items);
    return *this;
}

bool Model::has(const char* name) const {
    const auto* entry = tree_->find(name);
    return entry != nullptr && !entry->value.is_false();
}

}  // namespace ventanilla
