#include "ventanilla/crear_admin.h"

#include <iostream>
#include <memory>

#include "accounts/account_store.h"
#include "core/errors.h"
#include "core/unreachable.h"

namespace ventanilla::cli {
namespace {

struct StaffMember {
    std::string username;
    std::string email;
    std::string role = "administrador";
    bool password_from_stdin = false;
};

std::string explanation(StaffRefusal refusal, const StaffMember& member, const Settings& settings) {
    switch (refusal) {
        case StaffRefusal::UsernameTaken:
            return "ya existe un usuario «" + member.username + "»; no se cambió nada";
        case StaffRefusal::UsernameUnusable:
            return "el usuario solo puede tener letras, cifras y @ . + - _, y 150 caracteres";
        case StaffRefusal::EmailMalformed:
            return "el correo «" + member.email + "» no tiene la forma nombre@dominio";
        case StaffRefusal::PasswordRefused:
            return "la contraseña debe tener al menos "
                   + std::to_string(settings.password_min_length)
                   + " caracteres y no puede ser una muy común ni parecerse al usuario o al correo";
    }
    unreachable();
}

int create_member(const StaffMember& member) {
    const auto settings = Settings::from_environment();
    std::string password;
    if (!std::getline(std::cin, password)) {
        complain("no llegó ninguna contraseña por la entrada estándar");
        return exit_nothing_done;
    }
    db::Connection database(connection(settings));
    const auto outcome = create_staff(database,
                                      settings,
                                      member.username,
                                      member.email,
                                      member.role,
                                      password,
                                      SystemClock().now());
    if (const auto* refusal = std::get_if<StaffRefusal>(&outcome)) {
        complain(explanation(*refusal, member, settings));
        return exit_nothing_done;
    }
    std::cout << "✅ Usuario creado: " << member.username << " (" << member.role << ")\n";
    return exit_fine;
}

}  // namespace

void add_crear_admin(CLI::App& program, Action& action) {
    auto* command =
        program.add_subcommand("crear-admin", "Crea el usuario de una persona del personal");
    const auto member = std::make_shared<StaffMember>();
    command->add_option("--usuario", member->username, "Nombre de usuario")->required();
    command->add_option("--email", member->email, "Su correo")->required();
    command->add_option("--rol", member->role, "administrador, operador o consulta")
        ->check([](const std::string& role) {
            const bool known = role == "administrador" || role == "operador" || role == "consulta";
            return known ? std::string() : "puede ser administrador, operador o consulta";
        });
    command
        ->add_flag("--contrasena-stdin",
                   member->password_from_stdin,
                   "La contraseña es la primera línea de la entrada estándar")
        ->required();
    command->callback([&action, member] { action = [member] { return create_member(*member); }; });
}

}  // namespace ventanilla::cli
