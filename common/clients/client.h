// A client of the organisation: who pays, and may have an account for the portal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ventanilla {

// What staff write down of a client. `phone` as phone.h stores it; texts may be empty but the name.
struct ClientData {
    std::string full_name;
    std::string email;
    std::string phone;
    std::string address;
    std::string notes;
};

struct Client {
    std::int64_t id = 0;
    ClientData data;
    std::optional<std::int64_t> account_id;
    bool is_deleted = false;
    std::int64_t version = 1;  // grows with each change
};

// What is wrong with a field, as keys of templates/texts.txt ("client_name_required"); no key:
// fine.
struct ClientProblem {
    std::string field;  // full_name, email, phone, address, notes
    std::string text_key;
};

}  // namespace ventanilla
