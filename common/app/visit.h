// One request on its way through a page: who sent it, and how a page answers. The only code that
// knows the cookies.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/audit.h"
#include "app/form_errors.h"
#include "app/services.h"
#include "http/request.h"
#include "http/response.h"
#include "sessions/visitor.h"

namespace ventanilla {

// A page wanted to know who is logged in, and nobody is: answered with 303 to the login.
class NobodyLoggedIn : public std::exception {
  public:
    [[nodiscard]] const char* what() const noexcept override { return "nobody is logged in"; }
};

class Visit {
  public:
    Visit(const Request& request, Services& services);

    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] Services& services() { return services_; }
    // Made by the first call: a page that only shows a form needs none.
    [[nodiscard]] const Visitor& visitor();
    [[nodiscard]] const std::string& field(std::string_view name) const {
        return request_.form.get(name);
    }

    // What stands in the place of <id> and <token> in the route; set by the skeleton.
    std::int64_t path_id = 0;
    std::string path_token;

    // The cookie's session token; empty when the visitor sent none.
    [[nodiscard]] const std::string& session_token() const { return session_token_; }
    // Who is logged in. Pages of routes that need somebody may take it for granted: it throws
    // NobodyLoggedIn, which the skeleton answers.
    [[nodiscard]] const Session& session();
    [[nodiscard]] bool is_signed_in() const { return session_.has_value(); }
    [[nodiscard]] bool may(Role least) { return session().account.role >= least; }
    // Who does it, for the audit log.
    [[nodiscard]] Actor actor();
    void set_session(Session session) { session_ = std::move(session); }
    // Looks for the session of the cookie; at most one round trip.
    bool find_session();
    // The session will be asked for: it is looked up together with the page's first statement.
    void expect_session();

    // False when a POST did not come from a form of ours in this browser (a hidden csrf_token bound
    // to the visitor and the session, and the Origin header where browsers send it).
    [[nodiscard]] bool is_from_our_form() const;

    // Answers. `model` gets the common values (organisation, token, notice, who is signed in).
    [[nodiscard]] Response page(std::string_view name, Model model, int status = 200);
    // The same form again with its errors: 422.
    [[nodiscard]] Response refused(std::string_view name, Model model, const FormErrors& errors);
    [[nodiscard]] Response see_other(const std::string& path) { return Response::see_other(path); }
    // 303, and the next page shows a line of texts.txt once.
    [[nodiscard]] Response see_other(const std::string& path,
                                     std::string_view notice_key,
                                     const Model& values);
    [[nodiscard]] Response not_found();
    // 429 with Retry-After; `reason_key` is a line of texts.txt.
    [[nodiscard]] Response throttled(std::string_view reason_key,
                                     Timestamp retry_at,
                                     const std::string& back_path);
    // To the login page, which leads back here.
    [[nodiscard]] Response ask_login();

    // Starts the session in this browser: the session's cookie, a new form token, and the cookie of
    // a known device.
    void enter(Response& response, const std::string& session_token, std::int64_t account_id);
    // Ends it: the cookie goes.
    void leave(Response& response);

    // An answer without the site's frame and state, as nginx shows them too. Never throws.
    [[nodiscard]] static Response error_page(const Services& services,
                                             const Request& request,
                                             int status);

    // What every answer of ours carries.
    static void add_security_headers(const Services& services, Response& response);
    // The visitor's own cookie when it is new; takes back a notice that was shown.
    void add_cookies(Response& response) const;

    // For the log.
    [[nodiscard]] std::optional<std::int64_t> account_id() const {
        return session_ ? session_->account.id : account_id_;
    }

  private:
    [[nodiscard]] std::string form_binding() const;
    [[nodiscard]] std::string form_token() const;
    [[nodiscard]] std::optional<KnownDevice> known_device() const;
    void take_notice(Model& model);

    const Request& request_;
    Services& services_;
    std::optional<Visitor> visitor_;
    std::string visitor_token_;
    bool is_new_visitor_ = false;
    std::string session_token_;
    std::optional<Session> session_;
    bool is_expected_ = false;
    std::optional<std::int64_t> account_id_;
    bool notice_taken_ = false;
};

// Only a path on this site: begins with one slash, and has neither another one nor a backslash
// behind it, nor anything but plain characters (SPEC.md 1, next). `fallback` otherwise.
[[nodiscard]] std::string local_path(const std::string& wanted, const std::string& fallback);

}  // namespace ventanilla
