// A visitor who goes through the pages without any socket: keeps cookies, fills forms, follows
// nothing by itself.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/run_handler.h"
#include "support/test_services.h"

namespace ventanilla::test {

// All handlers as one, with the routes of their main.cpp (a test compares).
const Handler& whole_site();

// Values of a header; empty when there is none.
std::string header(const Response& response, std::string_view name);

using FormFields = std::vector<std::pair<std::string, std::string>>;

class Browser {
  public:
    explicit Browser(Services& services, std::string address = "192.0.2.7");

    Response get(const std::string& target);
    // With a token that this browser has from a form of ours.
    Response post(const std::string& target, FormFields fields = {});
    // As it is; cookies of this browser are added, those of the answer kept.
    Response send(Request request);

    // A token for forms, as the page of a form holds it now.
    std::string form_token();
    [[nodiscard]] Request request(const std::string& method, const std::string& target) const;
    [[nodiscard]] static Request with_form(Request request, const FormFields& fields);

    std::map<std::string, std::string> cookies;

  private:
    Services& services_;
    std::string address_;
};

}  // namespace ventanilla::test
