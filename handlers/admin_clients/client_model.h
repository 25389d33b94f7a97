// What the pages of one client share: the client wanted, and what its page shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/visit.h"
#include "clients/client_store.h"

namespace ventanilla::admin_clients {

constexpr const char* client_form_page = "admin_clients/client";

[[nodiscard]] std::string client_path(std::int64_t id);

// By the path's <id>; absent: 404.
[[nodiscard]] std::optional<ClientDetail> wanted_client(Visit& visit);

// The form's fields.
void set_data(Model& model, const ClientData& data);
// Everything else, with the section "Portal de Cliente". Operators also see a made password while
// it may be seen, which is written down.
void set_detail(Visit& visit, Model& model, const ClientDetail& detail);

// The form again, with what was typed: 422.
[[nodiscard]] Response show_again(Visit& visit,
                                  const ClientDetail& detail,
                                  const ClientData& typed,
                                  std::int64_t version,
                                  const FormErrors& errors);

}  // namespace ventanilla::admin_clients
