#include "ventanilla/program.h"

#include <algorithm>
#include <iostream>
#include <string_view>

#include "core/errors.h"
#include "db/migrations.h"

namespace ventanilla::cli {
namespace {

constexpr const char* exit_codes = R"(Códigos de salida:
    0  hecho (o no había nada que hacer)
    1  no se hizo nada; en "estado": algo pide atención
    3  hecho, pero algunas filas se rechazaron
  100  la orden está mal escrita
  102  un ajuste falta o está mal
  111  falló el sistema: base de datos, disco, red

Los ajustes se toman del entorno: "ventanilla ajustes" los enumera.)";

void speak_spanish(CLI::App& program) {
    const auto words = program.get_formatter();
    words->label("Usage", "Uso");
    words->label("OPTIONS", "OPCIONES");
    words->label("SUBCOMMAND", "ORDEN");
    words->label("SUBCOMMANDS", "ORDEN");
    words->label("Positionals", "Argumentos");
    words->label("REQUIRED", "(obligatorio)");
    words->label("TEXT", "TEXTO");
    words->column_width(36);
    program.option_defaults()->group("Opciones");
    program.set_help_flag("-h,--help", "Muestra esta ayuda");
    program.footer(exit_codes);
}

std::string after(const std::string& text, const std::string& mark) {
    const std::size_t at = text.find(mark);
    return at == std::string::npos ? text : text.substr(at + mark.size());
}

std::string before(const std::string& text, const std::string& mark) {
    return text.substr(0, text.find(mark));
}

// CLI11 speaks English only; its messages are taken apart by the kind of error.
std::string in_spanish(const CLI::ParseError& error) {
    std::string text = error.what();
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
        return "falta " + before(text, " is required");
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        return "no se esperaba " + after(text, "not expected: ");
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        return before(text, ":") + " va una sola vez y con su valor";
    }
    if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
        return before(text, ":") + " no admite ese valor; " + after(text, ": ");
    }
    return text;
}

// What was typed behind the program's name. Under its old name the program is one command.
std::vector<std::string> arguments(int argc, char** argv) {
    std::vector<std::string> all(argv + 1, argv + argc);
    const std::string_view path = argv[0];
    if (path.substr(path.rfind('/') + 1) == "crear_usuarios_clientes") {
        all.insert(all.begin(), "crear-usuarios");
    }
    std::reverse(all.begin(), all.end());  // as CLI11 takes them
    return all;
}

int run(const Action& action) {
    try {
        const int code = action();
        std::cout.flush();
        if (!std::cout) {
            complain("no se pudo escribir la salida");
            return exit_system;
        }
        return code;
    } catch (const Misconfigured& error) {
        complain(error.what());
        return exit_misconfigured;
    } catch (const db::MigrationRefused& error) {
        complain(std::string("migraciones: ") + error.what());
        return exit_nothing_done;
    } catch (const std::exception& error) {
        complain(error.what());
        return exit_system;
    }
}

}  // namespace

int run_program(int argc, char** argv, const std::vector<AddCommand>& commands) {
    CLI::App program("Ventanilla: las tareas de quien opera el servicio.", "ventanilla");
    Action action;
    speak_spanish(program);
    for (const auto& add : commands) {
        add(program, action);
    }
    for (auto* command : program.get_subcommands({})) {
        command->group("Órdenes");
        command->get_help_ptr()->group("Opciones");
    }
    try {
        program.parse(arguments(argc, argv));
    } catch (const CLI::Success& help) {
        return program.exit(help);
    } catch (const CLI::ParseError& error) {
        complain(in_spanish(error) + " (--help muestra el uso)");
        return exit_usage;
    }
    if (!action) {
        std::cerr << program.help();
        return exit_usage;
    }
    return run(action);
}

db::Connection::Options direct_connection(const Settings& settings) {
    if (settings.database_pooler) {
        throw Misconfigured(
            "setting DATABASE_POOLER is \"1\": this command needs a session of its own; run it with "
            "DATABASE_POOLER=0 and a DATABASE_URL that leads to PostgreSQL itself");
    }
    return connection(settings);
}

db::Connection::Options connection(const Settings& settings) {
    return {settings.database_url, settings.database_pooler, "ventanilla"};
}

void complain(const std::string& line) {
    std::cerr << "ventanilla: " << line << '\n';
}

}  // namespace ventanilla::cli
