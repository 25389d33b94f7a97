#include "view/model.h"

#include "view/tree.h"

namespace ventanilla {

using kainjow::mustache::data;

Model::Model() : tree_(std::make_unique<Tree>()) {}
Model::Model(Model&& other) noexcept = default;
Model& Model::operator=(Model&& other) noexcept = default;
Model::~Model() = default;

Model& Model::set(const char* name, const std::string& text) {
    if (text.empty()) {
        return set(name, false);
    }
    tree_->data[name] = data(text);
    return *this;
}

Model& Model::set(const char* name, bool value) {
    tree_->data[name] = data(value);
    return *this;
}

Model& Model::set(const char* name, const std::vector<Model>& items) {
    data list(data::type::list);
    for (const auto& item : items) {
        list.push_back(item.tree_->data);
    }
    tree_->data[name] = std::move(list);
    return *this;
}

bool Model::has(const char* name) const {
    const data* found = tree_->data.get(name);
    return found != nullptr && !found->is_false();
}

}  // namespace ventanilla
