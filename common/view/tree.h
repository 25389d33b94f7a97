// Private to view/: what is behind a Model, in the library's terms.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <kainjow/mustache.hpp>

#include "view/model.h"

namespace ventanilla {

// The library copies an object whole at every turn. Here each value stays where it was set: a list
// is one true value an item to the library, and ModelContext knows which item is meant.
struct Model::Tree {
    struct Entry {
        explicit Entry(const char* entry_name) : name(entry_name), value(false) {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        // The library's move throws nothing but does not say so.
        Entry(Entry&& other) noexcept = default;
        Entry& operator=(Entry&& other) noexcept = default;
        ~Entry() = default;

        std::string name;
        kainjow::mustache::data value;
        std::vector<Model> items;  // as many as `value` has, when it is a list
    };

    [[nodiscard]] const Entry* find(std::string_view name) const {
        for (const auto& entry : entries) {
            if (entry.name == name) {
                return &entry;
            }
        }
        return nullptr;
    }

    // The item that the library means by this value; null when it is none of a list here.
    [[nodiscard]] const Tree* item_behind(const kainjow::mustache::data* value) const {
        for (const auto& entry : entries) {
            if (entry.items.empty()) {
                continue;
            }
            const auto* first = entry.value.list_value().data();
            const std::less<> before;
            if (!before(value, first) && before(value, first + entry.items.size())) {
                return entry.items[static_cast<std::size_t>(value - first)].tree_.get();
            }
        }
        return nullptr;
    }

    [[nodiscard]] Entry& place(const char* name);

    std::vector<Entry> entries;
};

}  // namespace ventanilla
