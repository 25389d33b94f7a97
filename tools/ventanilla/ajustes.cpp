#include "ventanilla/ajustes.h"

#include <iostream>
#include <memory>

#include "core/errors.h"

namespace ventanilla::cli {
namespace {

int list_settings(bool only_names) {
    for (const auto& setting : setting_table()) {
        std::cout << setting.name;
        if (!only_names) {
            std::cout << '=' << setting.fallback << "\n    " << setting.meaning;
        }
        std::cout << '\n';
    }
    return exit_fine;
}

}  // namespace

void add_ajustes(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand(
        "ajustes", "Enumera los ajustes: nombre, valor por omisión y significado");
    const auto only_names = std::make_shared<bool>(false);
    command->add_flag("--nombres", *only_names, "Solo los nombres");
    command->callback(
        [&action, only_names] { action = [only_names] { return list_settings(*only_names); }; });
}

}  // namespace ventanilla::cli
