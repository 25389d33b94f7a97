// A site with one archived person, and what whole ways through its pages are told by.
#pragma once

#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "pages/site.h"

namespace ventanilla::test {

inline const std::string better = "otras cuatro palabras raras";

struct Journey : Site {
    std::int64_t dato = add_archived_user("maria", "maria@correo.com", "vieja clave 77");

    std::string code(const std::string& email = "maria@correo.com") {
        return newest_mail(email)["code"].get<std::string>();
    }
    std::string wrong_code() {
        std::string other = code();
        other.back() = other.back() == '9' ? '0' : static_cast<char>(other.back() + 1);
        return other;
    }
    std::string choose_path() const {
        return "/datos-archivados/iniciar-reclamacion/" + std::to_string(dato) + '/';
    }
    std::string password_path() const {
        return paths::choose_password + std::to_string(dato) + '/';
    }
    void take_all_names() {
        execute(
            "INSERT INTO account (username, password_hash) SELECT 'maria' || CASE WHEN n < 0 THEN '' ELSE n::text END, '!' "
            "FROM generate_series(-1, 98) AS n");
    }
    void search_and_choose() {
        BOOST_TEST(browser.post(paths::search, {{"email", "maria@correo.com"}}).status == 303);
        BOOST_TEST(header(browser.post(choose_path()), "Location") == paths::search_code);
    }
};

inline void leads(const Response& response, const std::string& target) {
    BOOST_TEST(response.status == 303);
    BOOST_TEST(header(response, "Location") == target);
}

// A page whose text holds this.
inline void shows(const Response& response, int status, const std::string& text) {
    BOOST_TEST(response.status == status);
    BOOST_TEST(response.body.find(text) != std::string::npos, "no \"" << text << '"');
    BOOST_TEST(response.body.find("{{") == std::string::npos);
    BOOST_TEST(response.body.find("[[") == std::string::npos);
    BOOST_TEST(response.body.find("«»") == std::string::npos, "a name is missing between «»");
}

// A body with its form tokens taken out, which differ each time.
inline std::string without_tokens(std::string body) {
    const std::string before = "csrf_token\" value=\"";
    for (auto at = body.find(before); at != std::string::npos; at = body.find(before, at + 1)) {
        const auto token = at + before.size();
        body.erase(token, body.find('"', token) - token);
    }
    return body;
}

}  // namespace ventanilla::test
