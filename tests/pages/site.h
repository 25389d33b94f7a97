// The whole site with one browser in front of it.
#pragma once

#include <stdexcept>
#include <string>

#include "app/paths.h"
#include "pages/browser.h"

namespace ventanilla::test {

inline const std::string good = "tres palabras sueltas";

struct Site : TestServices {
    Browser browser{services};

    Browser signed_in(const std::string& username, bool is_staff = false) {
        add_account(username, username + "@correo.com", good);
        execute("UPDATE account SET is_staff = " + std::string(is_staff ? "true" : "false")
                + " WHERE username = '" + username + "'");
        Browser inside(services);
        const auto response =
            inside.post(paths::login, {{"username", username}, {"password", good}});
        if (response.status != 303) {
            throw std::runtime_error("cannot log in");
        }
        return inside;
    }
};

// The path of a route with a number in its hole.
inline std::string target_of(const Route& route) {
    std::string path(route.path);
    constexpr std::string_view id = "<id>";
    constexpr std::string_view token = "<token>";
    constexpr std::size_t token_characters = 43;
    if (const auto hole = path.find(id); hole != std::string::npos) {
        return path.replace(hole, id.size(), "17");
    }
    const auto hole = path.find(token);
    return hole == std::string::npos
               ? path
               : path.replace(hole, token.size(), std::string(token_characters, 'A'));
}

}  // namespace ventanilla::test
