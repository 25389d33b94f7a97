// Clients in the database: reading one, adding, changing, deleting softly and restoring. Every
// change is in the audit log, in the same transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/audit.h"
#include "clients/client.h"
#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

// The account of a client, for staff.
struct ClientAccess {
    std::int64_t account_id = 0;
    std::string username;
    bool is_active = true;
    std::optional<Timestamp> last_login_at;
    bool asks_own_password = false;                // still has the password that the system made
    std::optional<Timestamp> password_expires_at;  // made password, never used
    std::int64_t live_sessions = 0;
};

struct ClientDetail {
    Client client;
    Timestamp created_at;
    std::optional<ClientAccess> access;
};

// Deleted ones too. Absent when there is no such client.
[[nodiscard]] std::optional<ClientDetail> client_detail(db::Connection& connection,
                                                        std::int64_t id,
                                                        Timestamp now);

// Others that look like the same person: same email or phone, not deleted; at most five.
[[nodiscard]] std::vector<Client> similar_clients(db::Connection& connection,
                                                  const ClientData& data,
                                                  std::int64_t except_id);

[[nodiscard]] std::int64_t add_client(db::Connection& connection,
                                      const ClientData& data,
                                      const Actor& actor,
                                      Timestamp now);

enum class ClientChange {
    Done,
    Missing,
    ChangedMeanwhile,  // `version` is not the row's any more: nothing was written
};

// The account's email follows the client's when they were the same before.
[[nodiscard]] ClientChange change_client(db::Connection& connection,
                                         std::int64_t id,
                                         std::int64_t version,
                                         const ClientData& data,
                                         const Actor& actor,
                                         Timestamp now);

// Deleting also switches the account off and ends its sessions; restoring does not switch it on.
// False: no such client, or it already is so.
[[nodiscard]] bool delete_client(db::Connection& connection,
                                 std::int64_t id,
                                 const Actor& actor,
                                 Timestamp now);
[[nodiscard]] bool restore_client(db::Connection& connection,
                                  std::int64_t id,
                                  const Actor& actor,
                                  Timestamp now);

}  // namespace ventanilla
