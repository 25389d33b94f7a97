// A person who can log in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"

namespace ventanilla {

// What a member of staff may do (SPEC.md 7, crear-admin --rol); each may do what those before it
// may.
enum class Role {
    None,           // a client
    Reader,         // consulta
    Operator,       // operador: clients and their access
    Administrator,  // administrador: everything
};

struct Account {
    std::int64_t id = 0;
    std::string username;
    std::string email;  // empty when unknown
    std::string first_name;
    std::string last_name;
    bool is_staff = false;
    Role role = Role::None;  // staff without one in the database are readers
    bool is_active = true;
    bool weak_password = false;  // taken over from the old system and not good enough for a new one
    Timestamp created_at;
    std::optional<Timestamp> last_login_at;

    [[nodiscard]] std::string full_name() const {
        return last_name.empty() ? first_name : first_name + ' ' + last_name;
    }
    // What pages call the person.
    [[nodiscard]] std::string display_name() const {
        return first_name.empty() ? username : first_name;
    }
};

}  // namespace ventanilla
