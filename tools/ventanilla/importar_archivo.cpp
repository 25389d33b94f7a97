#include "ventanilla/importar_archivo.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <map>
#include <memory>

#include "claims/archive_import.h"
#include "core/clock.h"
#include "core/errors.h"
#include "core/unreachable.h"
#include "ventanilla/progress_bar.h"
#include "ventanilla/rejected_rows.h"

namespace ventanilla::cli {
namespace {

using Formats = std::map<std::string, ArchiveFormat>;

const Formats& formats() {
    static const Formats names = {{"csv", ArchiveFormat::Csv},
                                  {"jsonl", ArchiveFormat::JsonLines},
                                  {"dumpdata", ArchiveFormat::Dumpdata}};
    return names;
}

std::string format_name(ArchiveFormat format) {
    switch (format) {
        case ArchiveFormat::Csv:
            return "CSV";
        case ArchiveFormat::JsonLines:
            return "JSON Lines";
        case ArchiveFormat::Dumpdata:
            return "dumpdata de Django";
    }
    unreachable();
}

std::string explanation(const UnusableArchive& error) {
    switch (error.problem()) {
        case FileProblem::Unreadable:
            return "no se puede leer: " + error.detail();
        case FileProblem::NoRows:
            return "no tiene filas";
        case FileProblem::UnknownEncoding:
            return "no se conoce la codificación " + error.detail() + " (iconv -l las enumera)";
        case FileProblem::OtherEncoding:
            return "no está en UTF-8; prueba --codificacion "
                   + (error.detail().empty() ? "WINDOWS-1252" : error.detail());
        case FileProblem::RepeatedColumn:
            return "la cabecera tiene dos veces la columna «" + error.detail() + "»";
        case FileProblem::MissingColumn:
            return "no tiene la columna «" + error.detail() + "»";
        case FileProblem::NoAccountColumn:
            return "no tiene columnas username ni email; --campo dice cómo se llaman";
    }
    unreachable();
}

struct Figures {
    ImportResult result;
    double seconds = 0;

    [[nodiscard]] std::int64_t rows_per_second() const {
        return std::llround(static_cast<double>(result.read) / std::max(seconds, 0.001));
    }
};

void print_report(const ArchiveImport& import,
                  const Figures& figures,
                  const RejectedRows& rejected) {
    const std::string thick(70, '=');
    const std::string thin(70, '-');
    const ImportResult& result = figures.result;
    std::cout << thick << "\n📦 IMPORTACIÓN DE CUENTAS ARCHIVADAS: " << import.table << '\n'
              << thick << "\nArchivo: " << import.source.path << " (" << format_name(result.format)
              << ")\nColumna que sirve de id: " << result.id_column << '\n'
              << thin << "\nLeídas: " << result.read << "\nNuevas: " << result.added
              << "\nYa estaban: " << result.present << "\nRechazadas: " << result.rejected
              << "\nFilas por segundo: " << figures.rows_per_second() << '\n';
    if (result.unread_times > 0) {
        std::cout << "⚠️  Fechas ilegibles que quedaron vacías: " << result.unread_times
                  << '\n';
    }
    for (const auto& column : result.unseen_columns) {
        std::cout << "⚠️  Ninguna fila tenía la columna «" << column << "» de --campo\n";
    }
    if (result.rejected > 0 && rejected.problem().empty()) {
        std::cout << "❌ Filas rechazadas, con línea y motivo, en: " << rejected.path() << '\n';
    }
}

int exit_code(const ImportResult& result) {
    if (result.added + result.present == 0) {
        complain("ninguna fila se pudo aprovechar");
        return exit_nothing_done;
    }
    return result.rejected > 0 ? exit_some_rejected : exit_fine;
}

int import_file(const ArchiveImport& import) {
    const auto settings = Settings::from_environment();
    const std::string& path = import.source.path;
    db::Connection database(direct_connection(settings));
    RejectedRows rejected(path + ".rechazados");
    const auto started = std::chrono::steady_clock::now();
    Figures figures;
    try {
        ProgressBar bar;
        figures.result = import_archive(
            database,
            SystemClock(),
            import,
            {[&](const RejectedRow& row) { rejected.add(row); },
             [&](const ImportProgress& at) { bar.show(at.rows, at.bytes_done, at.bytes_total); }});
    } catch (const UnusableArchive& error) {
        complain(path + " " + explanation(error));
        return error.problem() == FileProblem::UnknownEncoding ? exit_usage : exit_nothing_done;
    } catch (const ImportBusy&) {
        complain("hay otra importación en marcha; espera a que termine");
        return exit_nothing_done;
    }
    figures.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (!rejected.finish()) {
        complain("no se pudo escribir " + rejected.path() + ": " + rejected.problem());
    }
    print_report(import, figures, rejected);
    return exit_code(figures.result);
}

bool is_table_name(const std::string& name) {
    constexpr std::size_t longest = 100;
    return !name.empty() && name.size() <= longest
           && std::all_of(name.begin(), name.end(), [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                         || c == '_' || c == '.' || c == '-';
              });
}

// Both return what is wrong, or nothing.
std::string check_table(const std::string& name) {
    if (name == "archived_user") {
        return "se llama usuarios_archivados";
    }
    return is_table_name(name) ? "" : "solo letras sin acento, cifras y _ . -";
}

std::string check_mapping(const std::string& mapping) {
    const std::size_t sign = mapping.find('=');
    if (sign == std::string::npos || sign + 1 == mapping.size()) {
        return "se escribe destino=columna";
    }
    return archive_field_of(mapping.substr(0, sign))
               ? ""
               : "el destino es id, username, email, password, first_name, last_name, is_active, "
                 "date_joined o last_login";
}

struct Arguments {
    ArchiveImport import;
    std::string format;
    std::vector<std::string> mappings;

    [[nodiscard]] ArchiveImport complete() const {
        ArchiveImport whole = import;
        if (!format.empty()) {
            whole.source.format = formats().at(format);
        }
        for (const auto& mapping : mappings) {
            const std::size_t sign = mapping.find('=');
            const auto field = archive_field_of(mapping.substr(0, sign));
            whole.columns[field.value()] = mapping.substr(sign + 1);
        }
        return whole;
    }
};

constexpr const char* manual =
    R"(Carga las cuentas del sistema anterior: CSV con cabecera, JSON Lines o dumpdata de Django.

La tabla usuarios_archivados va a archived_user; cualquier otra, con la fila entera, a archived_record.
Repetir la orden no cambia nada: cada id entra una sola vez. Las filas malas quedan en FILE.rechazados
con su línea y el motivo; las buenas entran. El id es la columna id o pk; si no hay, la primera.)";

}  // namespace

void add_importar_archivo(CLI::App& program, Action& action) {
    auto* command =
        program.add_subcommand("importar-archivo", "Carga las cuentas del sistema anterior");
    const auto given = std::make_shared<Arguments>();
    command->add_option("--tabla", given->import.table, "Cómo se llamaba la tabla")
        ->required()
        ->check(&check_table);
    command
        ->add_option(
            "--formato", given->format, "csv, jsonl o dumpdata; si falta, por el contenido")
        ->check([](const std::string& name) {
            return formats().contains(name) ? std::string() : "puede ser csv, jsonl o dumpdata";
        });
    command->add_option("--codificacion",
                        given->import.source.encoding,
                        "Si no es UTF-8: WINDOWS-1252, ISO-8859-1, UTF-16...");
    command
        ->add_option("--campo",
                     given->mappings,
                     "destino=columna, cuando la columna se llama de otro modo (email=correo)")
        ->check(&check_mapping)
        ->allow_extra_args(false);
    command->add_option("--modelo",
                        given->import.source.model,
                        "dumpdata con varios modelos: cuál se toma (auth.user)");
    command->add_option("FILE", given->import.source.path, "El archivo")->required();
    command->footer(std::string(manual) + "\n\n" + program.get_footer());
    command->callback(
        [&action, given] { action = [given] { return import_file(given->complete()); }; });
}

}  // namespace ventanilla::cli
