#include "ventanilla/migrar.h"

#include <iostream>

#include "core/errors.h"
#include "db/migrations.h"

namespace ventanilla::cli {
namespace {

int migrate_schema() {
    const auto settings = Settings::from_environment();
    db::Connection connection(direct_connection(settings));
    const auto applied = db::migrate(connection, settings.sql_dir + "/migrations");
    for (const auto& name : applied) {
        std::cout << "✅ " << name << '\n';
    }
    std::cout << (applied.empty() ? "El esquema ya estaba al día.\n" : "El esquema está al día.\n");
    return exit_fine;
}

}  // namespace

void add_migrar(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand(
        "migrar", "Pone al día el esquema de la base de datos; repetirla no hace daño");
    command->callback([&action] { action = &migrate_schema; });
}

}  // namespace ventanilla::cli
