#include "ventanilla/importar_clientes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

#include "clients/client_import.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/unreachable.h"
#include "ventanilla/progress_bar.h"
#include "ventanilla/rejected_rows.h"
#include "view/renderer.h"

namespace ventanilla::cli {
namespace {

struct ClientsFile {
    std::string path;
    std::string encoding = "UTF-8";
    bool is_rehearsal = false;
    bool skips_wrong = false;
};

// Absent when it cannot be read; errno says why.
std::optional<std::string> content_of(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    if (file.is_open() && file.peek() != std::ifstream::traits_type::eof()) {
        content << file.rdbuf();
    }
    const bool failed = !file.is_open() || file.bad() || errno == EISDIR;
    return failed ? std::nullopt : std::optional(content.str());
}

std::string reasons(const ImportRow& row, const Renderer& texts) {
    std::string reason;
    for (const auto& key : row.problems) {
        reason += (reason.empty() ? "" : " ") + texts.text(key);
    }
    return reason;
}

std::string fate_text(const ImportRow& row, const Renderer& texts) {
    switch (row.fate) {
        case RowFate::NewClient:
            return "✅ cliente nuevo";
        case RowFate::NewService:
            return "✅ servicio nuevo de un cliente que ya está";
        case RowFate::Unchanged:
            return "➖ ya está, no cambia nada";
        case RowFate::Wrong:
            return "❌ " + reasons(row, texts);
    }
    unreachable();
}

// A file cannot send commands to the terminal.
std::string printable(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
    return text;
}

void print_row(const ImportRow& row, const Renderer& texts) {
    std::cout << "Línea " << row.line << ": "
              << (row.full_name.empty() ? "(sin nombre)" : printable(row.full_name)) << ": "
              << fate_text(row, texts) << '\n';
}

void print_summary(const ClientsFile& file, const ImportPlan& plan) {
    const std::string thick(70, '=');
    const std::string thin(70, '-');
    std::cout << thick << "\n👥 IMPORTACIÓN DE CLIENTES"
              << (file.is_rehearsal ? " (ENSAYO: no se guarda nada)"
                  : plan.written    ? ""
                                    : " (NO SE GUARDÓ NADA)")
              << '\n'
              << thick << "\nArchivo: " << file.path << '\n'
              << thin << "\nFilas: " << plan.rows.size()
              << "\nClientes nuevos: " << plan.new_clients
              << "\nServicios nuevos de clientes que ya estaban: " << plan.new_services
              << "\nYa estaban: " << plan.unchanged << "\nRechazadas: " << plan.wrong << '\n';
}

void write_rejected(const ClientsFile& file, const ImportPlan& plan, const Renderer& texts) {
    RejectedRows rejected(file.path + ".rechazados");
    for (const auto& row : plan.rows) {
        if (row.fate == RowFate::Wrong) {
            rejected.add(row.line, reasons(row, texts), row.raw);
        }
    }
    if (!rejected.finish()) {
        complain("no se pudo escribir " + rejected.path() + ": " + rejected.problem());
    } else if (plan.wrong > 0) {
        std::cout << "❌ Filas rechazadas, con línea y motivo, en: " << rejected.path() << '\n';
    }
}

// The same for a rehearsal: the code that the import would have.
int exit_code(const ClientsFile& file, const ImportPlan& plan) {
    if (plan.wrong == 0) {
        return exit_fine;
    }
    const bool is_any_taken = std::ssize(plan.rows) > plan.wrong;
    return file.skips_wrong && is_any_taken ? exit_some_rejected : exit_nothing_done;
}

void say_what_to_do(const ClientsFile& file, const ImportPlan& plan) {
    if (plan.wrong > 0 && !file.skips_wrong) {
        complain(std::string(file.is_rehearsal ? "no se guardaría nada" : "no se guardó nada")
                 + ", por las filas rechazadas; corrígelas y repite la orden, o repítela con "
                   "--saltar-errores para cargar las demás");
    } else if (exit_code(file, plan) == exit_nothing_done) {
        complain("ninguna fila se pudo aprovechar");
    }
}

std::string explanation(const ImportPlan& plan, const ClientsFile& file, const Renderer& texts) {
    if (plan.problem == ClientFileProblem::NotText) {
        return "no es texto en " + file.encoding
               + (file.encoding == "UTF-8" ? "; prueba --codificacion WINDOWS-1252" : "");
    }
    Model values;
    values.set("detail", plan.detail);
    return texts.text(problem_text_key(*plan.problem), values);
}

ImportPlan carried_out(const ClientsFile& file,
                       const std::string& content,
                       const Settings& settings) {
    db::Connection database(connection(settings));
    const ImportOptions options{file.encoding, settings.phone_region};
    if (file.is_rehearsal) {
        return planned_import(database, content, options);
    }
    ProgressBar bar;
    return import_clients(database,
                          content,
                          options,
                          file.skips_wrong,
                          Actor(),
                          SystemClock().now(),
                          [&](std::int64_t done, std::int64_t all) { bar.show(done, done, all); });
}

int report(const ClientsFile& file, const ImportPlan& plan, const Renderer& texts) {
    if (plan.problem) {
        complain(file.path + ": " + printable(explanation(plan, file, texts)));
        return exit_nothing_done;
    }
    if (file.is_rehearsal) {
        for (const auto& row : plan.rows) {
            print_row(row, texts);
        }
    }
    print_summary(file, plan);
    if (!file.is_rehearsal) {
        write_rejected(file, plan, texts);
    }
    say_what_to_do(file, plan);
    return exit_code(file, plan);
}

int import_file(const ClientsFile& file) {
    const auto settings = Settings::from_environment();
    const Renderer texts(settings.templates_dir);
    if (!is_known_encoding(file.encoding)) {
        complain("no se conoce la codificación " + file.encoding + " (iconv -l las enumera)");
        return exit_usage;
    }
    const auto content = content_of(file.path);
    if (!content) {
        complain(file.path + " no se puede leer: " + std::strerror(errno));
        return exit_nothing_done;
    }
    try {
        return report(file, carried_out(file, *content, settings), texts);
    } catch (const ClientImportBusy&) {
        complain("hay otra importación en marcha; espera a que termine");
        return exit_nothing_done;
    }
}

constexpr const char* manual =
    R"(Carga clientes y sus servicios de un CSV con cabecera y las columnas nombre_completo, email, telefono,
direccion, servicio, mensualidad y moneda, en cualquier orden; solo la primera es obligatoria.

Una fila agrega un cliente, o un servicio a un cliente que ya está (mismo nombre y mismo correo o teléfono),
o no cambia nada: repetir la orden no cambia nada. Si hay filas malas no se guarda ninguna, salvo con
--saltar-errores; quedan en FILE.rechazados con su línea y el motivo.)";

}  // namespace

void add_importar_clientes(CLI::App& program, Action& action) {
    auto* command =
        program.add_subcommand("importar-clientes", "Carga clientes y sus servicios de un CSV");
    const auto file = std::make_shared<ClientsFile>();
    command->add_flag(
        "--ensayo", file->is_rehearsal, "Muestra fila por fila qué pasaría, sin guardar nada");
    command->add_flag(
        "--saltar-errores", file->skips_wrong, "Guarda las filas buenas aunque haya malas");
    command->add_option(
        "--codificacion", file->encoding, "Si no es UTF-8: WINDOWS-1252, ISO-8859-1, UTF-16...");
    command->add_option("FILE", file->path, "El archivo")->required();
    command->footer(std::string(manual) + "\n\n" + program.get_footer());
    command->callback([&action, file] { action = [file] { return import_file(*file); }; });
}

}  // namespace ventanilla::cli
