// Clients as a CSV file for a spreadsheet (core/csv.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/client_list.h"
#include "db/connection.h"

namespace ventanilla {

// Begins with a byte order mark, so that spreadsheets take it for UTF-8. Columns: id,
// nombre_completo, email, telefono, direccion, usuario, ultimo_acceso, servicio, mensualidad,
// moneda (a line for each service that is not cancelled, one without if there is none), in the
// order of names. ultimo_acceso is "2026-11-21 14:35" in the process's time zone.
[[nodiscard]] std::string exported_clients(db::Connection& connection, const ClientFilter& filter);
[[nodiscard]] std::string exported_clients(db::Connection& connection,
                                           const std::vector<std::int64_t>& ids);

}  // namespace ventanilla
