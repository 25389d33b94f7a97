#include "ventanilla/crear_usuario.h"

#include <iostream>
#include <memory>

#include "clients/phone.h"
#include "core/errors.h"
#include "core/text.h"
#include "jobs/job_runner.h"
#include "view/renderer.h"

namespace ventanilla::cli {
namespace {

constexpr std::size_t longest_password = 1024;

struct Wanted {
    std::string email;
    std::string phone;
    std::int64_t id = 0;
    bool password_from_stdin = false;

    [[nodiscard]] int ways() const {
        return static_cast<int>(!email.empty()) + static_cast<int>(!phone.empty())
               + static_cast<int>(id > 0);
    }
    [[nodiscard]] std::string told() const {
        if (!email.empty()) {
            return "el correo «" + email + "»";
        }
        return phone.empty() ? "el id " + std::to_string(id) : "el teléfono «" + phone + "»";
    }
};

struct Found {
    std::int64_t id = 0;
    std::string full_name;
    std::string email;
    std::string phone;
};

constexpr db::Statement find_by_id{"find_client_by_id", R"sql(
    SELECT id, full_name, coalesce(email, ''), coalesce(phone, '') FROM client WHERE id = $1
)sql"};

constexpr db::Statement find_by_email{"find_clients_by_email", R"sql(
    SELECT id, full_name, coalesce(email, ''), coalesce(phone, '') FROM client
    WHERE lower(email COLLATE "C") = lower($1 COLLATE "C") AND NOT is_deleted ORDER BY id LIMIT 20
)sql"};

// Numbers that came in past the forms may have separators or a country code.
constexpr db::Statement find_by_phone{"find_clients_by_phone", R"sql(
    SELECT id, full_name, coalesce(email, ''), coalesce(phone, '') FROM client
    WHERE regexp_replace(phone, '[^0-9]', '', 'g') IN (regexp_replace($1, '[^0-9]', '', 'g'), $2)
      AND NOT is_deleted ORDER BY id LIMIT 20
)sql"};

std::vector<Found> find_clients(db::Connection& database,
                                const Settings& settings,
                                const Wanted& wanted) {
    const db::Rows rows = [&] {
        if (!wanted.email.empty()) {
            return database.run(find_by_email, wanted.email);
        }
        if (wanted.phone.empty()) {
            return database.run(find_by_id, wanted.id);
        }
        const auto phone = read_phone(wanted.phone, settings.phone_region);
        return phone ? database.run(find_by_phone, phone->stored, phone->international)
                     : database.run(find_by_phone, wanted.phone, wanted.phone);
    }();
    std::vector<Found> found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, full_name, email, phone] =
            rows.at<std::int64_t, std::string, std::string, std::string>(i);
        found.push_back({id, full_name, email, phone});
    }
    return found;
}

int explain_choice(const Wanted& wanted, const std::vector<Found>& found) {
    if (found.empty()) {
        complain("no hay ningún cliente con " + wanted.told());
        return exit_nothing_done;
    }
    complain("hay varios clientes con " + wanted.told() + "; elige uno con --id:");
    for (const auto& client : found) {
        std::cerr << "  " << client.id << "  " << client.full_name << "  " << client.email << "  "
                  << client.phone << '\n';
    }
    return exit_nothing_done;
}

// Absent, and told why, when there is none that may be used.
std::optional<std::string> typed_password(const Settings& settings) {
    std::string password;
    if (!std::getline(std::cin, password)) {
        complain("no llegó ninguna contraseña por la entrada estándar");
        return std::nullopt;
    }
    // It is a temporary one: its owner is asked for an own, which has to be a good one.
    if (!is_valid_text(password) || password.size() > longest_password
        || character_count(password) < static_cast<std::size_t>(settings.password_min_length)) {
        complain("la contraseña debe tener al menos " + std::to_string(settings.password_min_length)
                 + " caracteres, y 1024 bytes como máximo");
        return std::nullopt;
    }
    return password;
}

int create_for(db::Connection& database,
               const Settings& settings,
               const Found& client,
               const std::optional<std::string>& password) {
    const SystemClock clock;
    const Outbox outbox(settings);
    const Credentials credentials(settings, clock);
    const auto result = run_for_one({database, settings, outbox, credentials, clock},
                                    JobAction::CreateUsers,
                                    client.id,
                                    false,
                                    password,
                                    {});
    const JobItem& item = result.item;
    if (item.status != ItemStatus::Done) {
        const Renderer renderer(settings.templates_dir);
        complain(item.full_name + " " + renderer.text("item_" + item.reason));
        return exit_nothing_done;
    }
    std::cout << "✅ Usuario creado para: " << item.full_name << "\n   Username: " << item.username
              << "\n   Contraseña: " << item.password
              << "\n   URL de acceso: " << client_login_url(settings) << '\n';
    return exit_fine;
}

int create_user(const Wanted& wanted) {
    if (wanted.ways() != 1) {
        complain("di quién es con --email, --telefono o --id, uno solo (--help muestra el uso)");
        return exit_usage;
    }
    const auto settings = Settings::from_environment();
    db::Connection database(connection(settings));
    const auto found = find_clients(database, settings, wanted);
    if (found.size() != 1) {
        return explain_choice(wanted, found);
    }
    std::optional<std::string> password;
    if (wanted.password_from_stdin) {
        password = typed_password(settings);
        if (!password) {
            return exit_nothing_done;
        }
    }
    return create_for(database, settings, found.front(), password);
}

}  // namespace

void add_crear_usuario(CLI::App& program, Action& action) {
    auto* command =
        program.add_subcommand("crear-usuario", "Crea el usuario de un cliente para el portal");
    const auto wanted = std::make_shared<Wanted>();
    command->add_option("--email", wanted->email, "Su correo");
    command->add_option("--telefono", wanted->phone, "Su teléfono");
    command->add_option("--id", wanted->id, "Su número de cliente")
        ->check([](const std::string& text) {
            const bool fine = !text.empty() && text.size() <= 18
                              && text.find_first_not_of("0123456789") == std::string::npos;
            return fine ? std::string() : "es un número";
        });
    command->add_flag(
        "--contrasena-stdin",
        wanted->password_from_stdin,
        "La contraseña es la primera línea de la entrada estándar; si falta, se hace una");
    command->callback([&action, wanted] { action = [wanted] { return create_user(*wanted); }; });
}

}  // namespace ventanilla::cli
