// Private to core/settings: the table behind it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/settings.h"

namespace ventanilla {

using Text = std::string Settings::*;
using Number = std::int64_t Settings::*;
using Switch = bool Settings::*;

// Least and greatest bound numbers, and the length of texts in bytes.
struct SettingRule {
    const char* name;
    std::variant<Text, Number, Switch> target;
    const char* fallback;
    std::int64_t least;
    std::int64_t greatest;
    const char* meaning;
};

// Every setting, in the order of systemd/env.example.
[[nodiscard]] const std::vector<SettingRule>& setting_rules();

}  // namespace ventanilla
