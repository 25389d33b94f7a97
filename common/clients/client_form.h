// What staff or a file say of a client, checked and brought into the form that the table keeps.
#pragma once

#include <string>
#include <vector>

#include "clients/client.h"

namespace ventanilla {

struct CheckedClient {
    ClientData data;  // trimmed, blanks in names single, phone as stored; typed values where wrong
    std::vector<ClientProblem> problems;
};

// Name: required, at most 200 characters. Email: empty or an address of at most 254. Phone: empty
// or a number (phone.h). Address at most 500, notes at most 4,000. All problems at once.
[[nodiscard]] CheckedClient checked_client(const ClientData& typed,
                                           const std::string& phone_region);

}  // namespace ventanilla
