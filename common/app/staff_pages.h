// What the staff's lists share: pages, files, and reading a selection's filter.
#pragma once

#include <cstdint>
#include <string>

#include "app/visit.h"
#include "clients/client_list.h"

namespace ventanilla {

// The query's `page`: from 1, and 1 when it is no such number.
[[nodiscard]] std::int64_t page_number(Visit& visit);

// Sets page, pages, previous_path, next_path and has_pages for the partial `pager`. `query`: what
// else the links carry.
void set_pager(Model& model, std::int64_t page, std::int64_t pages, const std::string& query);

// The client list's filter, out of a query or a form with its names: q, portal, eliminados.
[[nodiscard]] ClientFilter client_filter(const Fields& fields);
// The same as a query, without the question mark; empty when nothing is filtered.
[[nodiscard]] std::string filter_query(const ClientFilter& filter);

// An answer that the browser stores under this name (ASCII).
[[nodiscard]] Response file_response(const std::string& name,
                                     const std::string& content_type,
                                     std::string content);

}  // namespace ventanilla
