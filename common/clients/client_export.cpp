#include "clients/client_export.h"

#include <array>
#include <ctime>

#include "clients/text_array.h"
#include "core/csv.h"

namespace ventanilla {
namespace {

// Both give the same columns, a row for each service that is not cancelled.
constexpr db::Statement export_matching{"export_matching_clients", R"sql(
    SELECT client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), coalesce(address, ''),
           coalesce(username, ''), last_login_at, coalesce(service.name, ''),
           coalesce(monthly_amount::text, ''), coalesce(currency, '')
    FROM client
    LEFT JOIN account ON account.id = account_id
    LEFT JOIN service ON service.client_id = client.id AND service.status <> 'cancelled'
    WHERE is_deleted = $1 AND ($2::boolean IS NULL OR (account_id IS NOT NULL) = $2)
      AND search_text LIKE (SELECT folded($3)) AND search_text LIKE ALL ((SELECT folded($4))::text[])
    ORDER BY sort_name, client.id, service.id
)sql"};

constexpr db::Statement export_chosen{"export_chosen_clients", R"sql(
    SELECT client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), coalesce(address, ''),
           coalesce(username, ''), last_login_at, coalesce(service.name, ''),
           coalesce(monthly_amount::text, ''), coalesce(currency, '')
    FROM client
    LEFT JOIN account ON account.id = account_id
    LEFT JOIN service ON service.client_id = client.id AND service.status <> 'cancelled'
    WHERE client.id = ANY ($1::bigint[])
    ORDER BY sort_name, client.id, service.id
)sql"};

// As spreadsheets know a date: "2026-11-21 14:35" in the process's time zone.
std::string spreadsheet_time(std::optional<Timestamp> when) {
    if (!when) {
        return "";
    }
    const std::time_t seconds = std::chrono::system_clock::to_time_t(*when);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local)};
}

std::string export_of(const db::Rows& rows) {
    constexpr std::size_t columns = 10;
    constexpr std::size_t last_login = 6;
    std::string text(csv_byte_order_mark);
    text += csv_line({"id",
                      "nombre_completo",
                      "email",
                      "telefono",
                      "direccion",
                      "usuario",
                      "ultimo_acceso",
                      "servicio",
                      "mensualidad",
                      "moneda"});
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::vector<std::string> cells;
        for (std::size_t column = 0; column < columns; ++column) {
            if (column == last_login) {
                std::optional<Timestamp> when;
                db::parse_cell(rows.cell(row, column), when);
                cells.push_back(spreadsheet_time(when));
            } else {
                db::parse_cell(rows.cell(row, column), cells.emplace_back());
            }
        }
        text += csv_line(cells);
    }
    return text;
}

}  // namespace

std::string exported_clients(db::Connection& connection, const ClientFilter& filter) {
    const SearchPatterns patterns = search_patterns(filter.text);
    return export_of(connection.run(export_matching,
                                    filter.deleted,
                                    has_account(filter.portal),
                                    patterns.rarest,
                                    patterns.all));
}

std::string exported_clients(db::Connection& connection, const std::vector<std::int64_t>& ids) {
    return export_of(connection.run(export_chosen, id_array(ids)));
}

}  // namespace ventanilla
