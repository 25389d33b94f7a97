#include "ventanilla/generar_cargos.h"

#include <iostream>
#include <memory>

#include "billing/charges.h"
#include "core/errors.h"

namespace ventanilla::cli {
namespace {

int make_charges(Month month) {
    const auto settings = Settings::from_environment();
    db::Connection database(connection(settings));
    const SystemClock clock;
    const Outbox outbox(settings);
    const MonthRun run = make_month({database, settings, clock, outbox}, month, {});
    std::cout << "📅 Cargos de " << month.text() << "\nNuevos: " << run.charges
              << "\nYa estaban: " << run.present << '\n';
    for (const auto& total : run.totals) {
        std::cout << "Importe de los nuevos: " << total.shown(settings.currency) << '\n';
    }
    return exit_fine;
}

constexpr const char* manual =
    R"(Hace el cargo del mes de cada servicio activo, en un solo paso.

Repetir la orden no cambia nada: cada servicio tiene un cargo por mes, también si el cargo se canceló. Vence el
día CHARGE_DUE_DAY, pero nunca antes de que empiece el servicio ni del día en que se hace. Con
PRORATE_FIRST_MONTH=1 el primer mes se cobra por los días que quedan. El worker hace lo mismo desde el día
CHARGES_DAY de cada mes.)";

}  // namespace

void add_generar_cargos(CLI::App& program, Action& action) {
    auto* command =
        program.add_subcommand("generar-cargos", "Hace los cargos de un mes, una sola vez");
    const auto month = std::make_shared<std::string>();
    command->add_option("--mes", *month, "El mes, como 2026-11")
        ->required()
        ->check([](const std::string& text) {
            return Month::read(text) ? std::string() : "se escribe AAAA-MM, como 2026-11";
        });
    command->footer(std::string(manual) + "\n\n" + program.get_footer());
    command->callback([&action, month] {
        action = [month] { return make_charges(Month::read(*month).value()); };
    });
}

}  // namespace ventanilla::cli
