#include "ventanilla/conciliar_pagos.h"

#include <iostream>
#include <map>
#include <memory>

#include "core/errors.h"
#include "core/unreachable.h"
#include "payments/reconciliation.h"

namespace ventanilla::cli {
namespace {

constexpr std::int64_t default_days = 3;
constexpr std::int64_t most_days = 365;
constexpr HttpClient::Limits limits{std::chrono::milliseconds(5000),
                                    std::chrono::milliseconds(15000)};

struct Given {
    std::int64_t days = default_days;
    bool applies = false;
};

const char* words(Difference difference) {
    switch (difference) {
        case Difference::PaidUnbooked:
            return "cobrado por el proveedor y sin abonar";
        case Difference::BookedUnpaid:
            return "abonado y desconocido para el proveedor";
        case Difference::GivenBackMore:
            return "devuelto o en disputa y sin anotar";
        case Difference::GivenBackLess:
            return "anotado como devuelto y no devuelto";
        case Difference::AnotherAmount:
            return "cantidad o moneda distinta";
    }
    unreachable();
}

void print_difference(const Found& found, const std::string& own) {
    std::cout << "❌ Intento " << found.payment.payment_id << " ("
              << provider_text(found.payment.provider) << "): " << words(found.difference)
              << "; nuestro " << found.payment.amount.shown(own) << ", del proveedor "
              << (found.theirs.empty() ? "nada" : found.theirs) << '\n';
}

int run_reconciliation(const Given& given) {
    const auto settings = Settings::from_environment();
    HttpClient client(limits);
    const auto providers = configured_providers(settings, client);
    if (providers.empty()) {
        std::cout << "Ningún proveedor configurado: no hay nada que comparar.\n";
        return exit_fine;
    }
    db::Connection database(connection(settings));
    const SystemClock clock;
    const Outbox outbox(settings);
    const Payments payments{{database, settings, clock, outbox}, providers};
    std::map<Difference, std::int64_t> kinds;
    const auto run = reconcile(payments,
                               clock.now() - std::chrono::days(given.days),
                               given.applies,
                               [&](const Found& found) {
                                   ++kinds[found.difference];
                                   print_difference(found, settings.currency);
                               });
    std::cout << "Comparados: " << run.compared << "\nDiferencias: " << run.differences << '\n';
    for (const auto& [kind, count] : kinds) {
        std::cout << "  " << words(kind) << ": " << count << '\n';
    }
    if (run.not_answered > 0) {
        std::cout << "Sin respuesta del proveedor: " << run.not_answered << '\n';
    }
    if (run.differences > 0 && !given.applies) {
        std::cout << "No se cambió nada; con --aplicar se anota lo que dice el proveedor.\n";
    }
    if (run.not_answered > 0) {
        return exit_system;
    }
    return run.differences > 0 ? exit_nothing_done : exit_fine;
}

}  // namespace

void add_conciliar_pagos(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand(
        "conciliar-pagos", "Compara los pagos en línea con lo que tienen los proveedores");
    auto given = std::make_shared<Given>();
    command->add_option("--dias", given->days, "De cuántos días atrás (3)")
        ->check(CLI::Range(std::int64_t{1}, most_days));
    command->add_flag("--aplicar", given->applies, "Anota lo que dice el proveedor");
    command->footer(
        "Termina con 0 sin diferencias, 1 con ellas, 111 si un proveedor no respondió.");
    command->callback(
        [&action, given] { action = [given] { return run_reconciliation(*given); }; });
}

}  // namespace ventanilla::cli
