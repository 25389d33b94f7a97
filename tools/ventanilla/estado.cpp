#include "ventanilla/estado.h"

#include <iostream>

#include "claims/archive_report.h"
#include "core/errors.h"
#include "core/unreachable.h"
#include "db/migrations.h"
#include "payments/health.h"

namespace ventanilla::cli {
namespace {

constexpr std::int64_t late_after_minutes = 10;
constexpr std::chrono::minutes quiet_after{60};

// What needs attention is collected and told at the end.
using Concerns = std::vector<std::string>;

bool print_schema(db::Connection& database, const Settings& settings, Concerns& concerns) {
    const auto pending = db::pending_migrations(database, settings.sql_dir + "/migrations");
    if (pending.empty()) {
        std::cout << "Esquema: al día\n";
        return true;
    }
    std::cout << "Esquema: faltan " << pending.size() << " migraciones\n";
    for (const auto& name : pending) {
        std::cout << "  " << name << '\n';
    }
    concerns.emplace_back("el esquema no está al día: ventanilla migrar");
    return false;
}

constexpr db::Statement count_accounts{"count_accounts", R"sql(
    SELECT count(*) FILTER (WHERE NOT is_staff), count(*) FILTER (WHERE is_staff),
           count(*) FILTER (WHERE NOT is_active)
    FROM account
)sql"};

void print_accounts(db::Connection& database) {
    const auto [clients, staff, inactive] =
        database.run(count_accounts).at<std::int64_t, std::int64_t, std::int64_t>(0);
    std::cout << "\nUsuarios\n  De clientes: " << clients << "\n  Del personal: " << staff
              << "\n  Desactivados (de ambos): " << inactive << '\n';
}

void print_archive(db::Connection& database) {
    const ArchiveReport report = archive_report(database);
    std::cout << "\nCuentas archivadas: " << report.total << "\n  Reclamadas: " << report.claimed
              << "\n  Pueden entrar con su contraseña anterior: " << report.with_password() << '\n';
    for (const auto& [format, count] : report.by_password) {
        std::cout << "    " << hash_format_name(format) << ": " << count << '\n';
    }
    std::cout << "  Necesitan un código por correo: " << report.by_code
              << "\n  No pueden volver sin ayuda del personal: " << report.stranded
              << "\n  Desactivadas en el sistema anterior: " << report.inactive << '\n';
    if (report.too_costly > 0) {
        std::cout << "  (De las que necesitan código o ayuda, " << report.too_costly
                  << " tienen un hash demasiado costoso de comprobar)\n";
    }
}

constexpr db::Statement count_mails{"count_mails", R"sql(
    SELECT count(*) FILTER (WHERE status IN ('pending', 'sending')),
           count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status = 'sent'
                            AND sent_at >= date_trunc('day', now() AT TIME ZONE $1) AT TIME ZONE $1),
           floor(extract(epoch FROM now() - min(created_at) FILTER (WHERE status IN ('pending', 'sending'))) / 60)
               ::bigint
    FROM mail_outbox
)sql"};

void print_mails(db::Connection& database, const Settings& settings, Concerns& concerns) {
    const auto [waiting, failed, sent, oldest_minutes] =
        database.run(count_mails, settings.time_zone)
            .at<std::int64_t, std::int64_t, std::int64_t, std::optional<std::int64_t>>(0);
    std::cout << "\nCorreos\n  Pendientes: " << waiting;
    if (oldest_minutes) {
        std::cout << " (el más antiguo espera desde hace " << *oldest_minutes << " min)";
    }
    std::cout << "\n  Fallidos: " << failed << "\n  Enviados hoy: " << sent << '\n';
    if (failed > 0) {
        concerns.emplace_back("hay correos que no se pudieron enviar: " + std::to_string(failed));
    }
    if (oldest_minutes.value_or(0) >= late_after_minutes) {
        concerns.emplace_back("hay correos pendientes desde hace más de "
                              + std::to_string(late_after_minutes) + " minutos: ¿corre worker?");
    }
}

const char* shown_provider(ProviderName name) {
    switch (name) {
        case ProviderName::Stripe:
            return "Stripe";
        case ProviderName::MercadoPago:
            return "Mercado Pago";
        case ProviderName::PayPal:
            return "PayPal";
    }
    unreachable();
}

std::string shown_time(const std::optional<Timestamp>& when) {
    return when ? date_time_text(*when) : "nunca";
}

void print_provider(const ProviderHealth& health, Timestamp now, Concerns& concerns) {
    const std::string name = shown_provider(health.provider);
    std::cout << "  " << name << ": última notificación " << shown_time(health.last_event_at)
              << ", última respuesta " << shown_time(health.last_answer_at) << ", abiertos "
              << health.open_tries;
    if (health.oldest_open_at) {
        std::cout << " (el más viejo: " << date_time_text(*health.oldest_open_at) << ')';
    }
    std::cout << '\n';
    if (health.is_in_trouble()) {
        concerns.push_back(name + " no responde: " + health.last_trouble);
    }
    if (health.is_quiet(now, quiet_after)) {
        concerns.push_back(name + ": hay pagos abiertos y no se sabe nada del proveedor");
    }
    if (health.quarantined > 0) {
        concerns.push_back(name + ": hay dinero por revisar en /admin/pagos-en-linea/: "
                           + std::to_string(health.quarantined));
    }
}

void print_providers(db::Connection& database, const Settings& settings, Concerns& concerns) {
    std::vector<ProviderName> names;
    for (const auto name : all_providers) {
        if (is_configured(settings, name)) {
            names.push_back(name);
        }
    }
    std::cout << "\nPagos en línea\n";
    if (names.empty()) {
        std::cout << "  Ningún proveedor configurado\n";
    }
    const Timestamp now = SystemClock().now();
    for (const auto& health : provider_health(database, names)) {
        print_provider(health, now, concerns);
    }
}

int print_state() {
    const auto settings = Settings::from_environment();
    db::Connection database(connection(settings));
    Concerns concerns;
    if (print_schema(database, settings, concerns)) {
        print_accounts(database);
        print_archive(database);
        print_mails(database, settings, concerns);
        print_providers(database, settings, concerns);
    }
    std::cout << '\n';
    for (const auto& concern : concerns) {
        std::cout << "⚠️  Atención: " << concern << '\n';
    }
    if (concerns.empty()) {
        std::cout << "✅ Todo en orden\n";
    }
    return concerns.empty() ? exit_fine : exit_nothing_done;
}

}  // namespace

void add_estado(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand(
        "estado", "Cómo está todo: esquema, usuarios, cuentas archivadas, correos, pagos en línea");
    command->callback([&action] { action = &print_state; });
}

}  // namespace ventanilla::cli
