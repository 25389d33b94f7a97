#include "ventanilla/crear_usuarios.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include "core/errors.h"
#include "jobs/command_job.h"
#include "jobs/job_runner.h"
#include "ventanilla/credentials_file.h"
#include "ventanilla/progress_bar.h"
#include "view/renderer.h"

namespace ventanilla::cli {
namespace {

constexpr std::size_t line_width = 70;
// Putting 100,000 clients into a job takes longer than a page may.
constexpr std::chrono::seconds statement_time{120};

struct Wishes {
    bool without_question = false;
    std::string path = "credenciales_clientes.txt";
    std::optional<std::int64_t> limit;
};

std::string framed(const std::string& title) {
    const std::string line(line_width, '=');
    return line + '\n' + title + '\n' + line + '\n';
}

bool is_yes(const std::string& answer) {
    return answer == "s" || answer == "S" || answer == "si" || answer == "sí" || answer == "Sí"
           || answer == "SI" || answer == "SÍ";
}

bool agreed(std::int64_t count) {
    std::cout << "\n¿Deseas crear usuarios para estos " << count
              << " cliente(s)? (s/n): " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return is_yes(answer);
}

int exit_code(std::int64_t created, std::int64_t errors) {
    if (errors == 0) {
        return exit_fine;
    }
    return created > 0 ? exit_some_rejected : exit_nothing_done;
}

// One run of the command, from the confirmation on.
class Creation {
  public:
    Creation(const Settings& settings, db::Connection& database, const Wishes& wishes)
        : settings_(settings),
          database_(database),
          wishes_(wishes),
          outbox_(settings),
          credentials_(settings, clock_),
          runner_({database, settings, outbox_, credentials_, clock_}, all_cores()),
          renderer_(settings.templates_dir) {}

    int run() {
        database_.set_statement_timeout(statement_time);
        CredentialsFile file(wishes_.path);
        std::cout << "\nCreando usuarios...\n" << std::string(line_width, '-') << '\n';
        auto jobs = left_command_jobs(database_);
        recover(jobs, file);
        if (const auto job = begin_command_job(database_, wishes_.limit, clock_.now())) {
            jobs.push_back(*job);
            create(*job, file);
            print_left_out(*job);
        }
        file.finish();
        for (const auto job : jobs) {
            end_command_job(database_, job, settings_.credentials_hours, clock_.now());
        }
        print_summary(file);
        return exit_code(created_, errors_);
    }

  private:
    static int all_cores() {
        return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    }

    // What a command that was interrupted had made, and perhaps not yet written.
    void recover(const std::vector<std::int64_t>& jobs, CredentialsFile& file) {
        for (const auto job : jobs) {
            each_credential(database_, credentials_, job, [&](const JobItem& item) {
                file.add(credentials_file_entry(item));
                ++recovered_;
            });
        }
    }

    void create(std::int64_t job, CredentialsFile& file) {
        const std::int64_t total = job_summary(database_, job).value().pending;
        ProgressBar bar("usuarios");
        for (auto items = runner_.run_batch_of(job); !items.empty();
             items = runner_.run_batch_of(job)) {
            std::sort(items.begin(), items.end(), [](const JobItem& a, const JobItem& b) {
                return a.id < b.id;
            });
            bar.clear();
            std::string entries;
            for (const auto& item : items) {
                print(item);
                entries += item.status == ItemStatus::Done ? credentials_file_entry(item) : "";
            }
            std::cout.flush();
            file.add(entries);
            bar.show(created_ + errors_, created_ + errors_, total);
        }
    }

    void print(const JobItem& item) {
        if (item.status == ItemStatus::Done) {
            ++created_;
            std::cout << "✅ " << item.full_name << "\n   Username: " << item.username
                      << "\n   Contraseña: " << item.password << "\n\n";
        } else {
            ++errors_;
            std::cout << "❌ " << item.full_name << ": " << renderer_.text("item_" + item.reason)
                      << "\n\n";
        }
    }

    void print_left_out(std::int64_t job) {
        std::int64_t pages = 1;
        for (std::int64_t page = 1; page <= pages; ++page) {
            const auto shown =
                job_items(database_, credentials_, job, ItemFilter::LeftOut, page, false);
            pages = shown.pages;
            for (const auto& item : shown.items) {
                print(item);
            }
        }
    }

    void print_summary(const CredentialsFile& file) const {
        std::cout << framed("📊 RESUMEN") << "✅ Usuarios creados: " << created_
                  << "\n❌ Errores: " << errors_ << '\n';
        if (recovered_ > 0) {
            std::cout << "🔁 De una ejecución interrumpida: " << recovered_ << '\n';
        }
        if (file.is_empty()) {
            return;
        }
        std::cout << "\n💾 Credenciales guardadas en: " << wishes_.path << '\n';
        if (!file.moved_to().empty()) {
            std::cout << "📁 El archivo anterior quedó en: " << file.moved_to() << '\n';
        }
        std::cout
            << "⚠️  IMPORTANTE: Envía estas credenciales a los clientes de forma segura.\n";
    }

    const Settings& settings_;
    db::Connection& database_;
    const Wishes& wishes_;
    SystemClock clock_;
    Outbox outbox_;
    Credentials credentials_;
    JobRunner runner_;
    Renderer renderer_;
    std::int64_t created_ = 0;
    std::int64_t errors_ = 0;
    std::int64_t recovered_ = 0;
};

int create_users(const Wishes& wishes) {
    const auto settings = Settings::from_environment();
    db::Connection database(direct_connection(settings));
    std::int64_t count = clients_without_user(database);
    count = std::min(count, wishes.limit.value_or(count));
    const bool has_left = !left_command_jobs(database).empty();
    std::cout << framed("🔐 CREACIÓN DE USUARIOS PARA PORTAL DE CLIENTES") << "\n📊 Encontrados "
              << count << " cliente(s) sin usuario\n";
    if (count == 0 && !has_left) {
        std::cout << "\n✅ No hay nada que hacer: todos los clientes tienen usuario.\n";
        return exit_fine;
    }
    if (count > 0 && !wishes.without_question && !agreed(count)) {
        std::cout << "\nNo se creó ningún usuario.\n";
        return exit_nothing_done;
    }
    if (!take_command_turn(database)) {
        complain("hay otra ejecución de crear-usuarios en marcha; espera a que termine");
        return exit_nothing_done;
    }
    return Creation(settings, database, wishes).run();
}

constexpr const char* manual =
    R"(Crea un usuario para cada cliente que no tiene, con una contraseña segura, y guarda las credenciales.

El usuario es el correo; si no hay, el teléfono. El archivo lo puede leer solo su dueño; si ya existe uno,
se aparta como FILE.1, FILE.2... Si se interrumpe, basta repetir la orden: sigue donde iba y guarda también
las credenciales que ya estaban hechas. El personal las puede ver 24 horas en el sitio (CREDENTIALS_HOURS).

En esta orden: 1, nadie recibió un usuario (o se contestó que no); 3, algunos clientes no lo recibieron.)";

}  // namespace

void add_crear_usuarios(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand(
        "crear-usuarios",
        "Crea el usuario de cada cliente que no tiene, y guarda las credenciales");
    const auto wishes = std::make_shared<Wishes>();
    command->add_flag("--si", wishes->without_question, "No pregunta");
    command->add_option(
        "--salida", wishes->path, "El archivo; si falta, credenciales_clientes.txt");
    command->add_option("--limite", wishes->limit, "A cuántos clientes como máximo")
        ->check([](const std::string& text) {
            const bool fine = !text.empty() && text.size() <= 9 && text != "0"
                              && text.find_first_not_of("0123456789") == std::string::npos;
            return fine ? std::string() : "es un número desde 1";
        });
    command->footer(std::string(manual) + "\n\n" + program.get_footer());
    command->callback([&action, wishes] { action = [wishes] { return create_users(*wishes); }; });
}

}  // namespace ventanilla::cli
