#include "app/visit.h"

#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "core/web_address.h"
#include "http/form.h"

namespace ventanilla {
namespace {

constexpr const char* visitor_cookie = "visitor";
constexpr const char* session_cookie = "session";
constexpr const char* device_cookie = "device";
constexpr const char* notice_cookie = "notice";
constexpr std::chrono::hours device_life{24 * 365};
constexpr std::chrono::minutes notice_life{5};
constexpr std::size_t token_size = 43;  // random_token()
constexpr std::size_t mac_size = 32;
constexpr std::size_t max_next_bytes = 500;

std::string cookie(const Request& request, const Settings& settings, const char* name) {
    return request.cookies.get(cookie_name(name, settings.is_https()));
}

std::string token_cookie(const Request& request, const Settings& settings, const char* name) {
    const std::string value = cookie(request, settings, name);
    return value.size() == token_size && from_base64url(value) ? value : "";
}

std::string masked(std::string_view mask, std::string_view text) {
    std::string result(text);
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = static_cast<char>(static_cast<unsigned char>(result[i])
                                      ^ static_cast<unsigned char>(mask[i]));
    }
    return result;
}

// A text with its signature, as it stands in a cookie.
std::string signed_text(const KeyRing& keys, const std::string& text) {
    return base64url(keys.sign(text) + text);
}

std::optional<std::string> verified_text(const KeyRing& keys, const std::string& value) {
    const auto bytes = from_base64url(value);
    if (!bytes || bytes->size() <= mac_size
        || !keys.verify(bytes->substr(mac_size), bytes->substr(0, mac_size))) {
        return std::nullopt;
    }
    return bytes->substr(mac_size);
}

}  // namespace

Visit::Visit(const Request& request, Services& services)
    : request_(request),
      services_(services),
      visitor_token_(token_cookie(request, services.settings, visitor_cookie)),
      is_new_visitor_(visitor_token_.empty()),
      session_token_(token_cookie(request, services.settings, session_cookie)) {
    if (is_new_visitor_) {
        visitor_token_ = random_token();
    }
}

const Visitor& Visit::visitor() {
    if (!visitor_) {
        visitor_ = Visitor{sha256(visitor_token_),
                           network_of(request_.remote_address),
                           device_name(request_.user_agent),
                           known_device()};
    }
    return *visitor_;
}

std::optional<KnownDevice> Visit::known_device() const {
    const auto text =
        verified_text(services_.device_keys, cookie(request_, services_.settings, device_cookie));
    const auto fields = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (!fields.is_object()) {
        return std::nullopt;
    }
    return KnownDevice{fields.value("account", std::int64_t{0}), fields.value("device", "")};
}

bool Visit::find_session() {
    if (is_expected_) {
        is_expected_ = false;
        session_ = services_.sessions.found_ahead();
    } else if (!session_ && !session_token_.empty()) {
        session_ = services_.sessions.find(session_token_);
    }
    return session_.has_value();
}

void Visit::expect_session() {
    if (!session_token_.empty()) {
        services_.sessions.look_ahead(session_token_);
        is_expected_ = true;
    }
}

const Session& Visit::session() {
    if (!session_ && !find_session()) {
        throw NobodyLoggedIn();
    }
    return *session_;
}

Actor Visit::actor() {
    return {session().account.id, network_of(request_.remote_address)};
}

std::string Visit::form_binding() const {
    return visitor_token_ + '|' + session_token_;
}

std::string Visit::form_token() const {
    // Masked anew each time, so that compression tells nothing about it (BREACH).
    const std::string mask = services_.masks.take(mac_size);
    return base64url(mask + masked(mask, services_.form_keys.sign(form_binding())));
}

bool Visit::is_from_our_form() const {
    const std::string scheme = services_.settings.is_https() ? "https://" : "http://";
    const bool foreign_origin = !request_.origin.empty()
                                && request_.origin != scheme + request_.host
                                && request_.origin != services_.settings.base_url;
    if (is_new_visitor_ || foreign_origin || request_.fetch_site == "cross-site") {
        return false;
    }
    const auto token = from_base64url(request_.form.get("csrf_token"));
    if (!token || token->size() != 2 * mac_size) {
        return false;
    }
    const std::string mask = token->substr(0, mac_size);
    return services_.form_keys.verify(form_binding(), masked(mask, token->substr(mac_size)));
}

void Visit::take_notice(Model& model) {
    const std::string value = cookie(request_, services_.settings, notice_cookie);
    if (value.empty()) {
        return;
    }
    notice_taken_ = true;
    if (auto text = verified_text(services_.notice_keys, value)) {
        model.set("notice", *text);
    }
}

Response Visit::see_other(const std::string& path,
                          std::string_view notice_key,
                          const Model& values) {
    Response response = Response::see_other(path);
    const std::string text = services_.renderer.text(notice_key, values);
    response.with_cookie({notice_cookie, signed_text(services_.notice_keys, text), notice_life});
    return response;
}

Response Visit::ask_login() {
    const std::string target = "/login/?next=" + percent_encoded(request_.path, "/");
    if (session_token_.empty()) {
        return see_other(target, "notice_login_needed", Model());
    }
    Response response = see_other(target, "notice_session_over", Model());
    leave(response);
    return response;
}

void Visit::enter(Response& response, const std::string& session_token, std::int64_t account_id) {
    account_id_ = account_id;
    response.with_cookie({session_cookie, session_token, {}});
    const auto known = known_device();
    const std::string device =
        known && known->account_id == account_id ? known->device_id : random_token();
    const nlohmann::json text = {{"account", account_id}, {"device", device}};
    response.with_cookie(
        {device_cookie, signed_text(services_.device_keys, text.dump()), device_life});
}

void Visit::leave(Response& response) {
    response.with_cookie({session_cookie, "", std::chrono::seconds(-1)});
    session_.reset();
}

void Visit::add_cookies(Response& response) const {
    if (is_new_visitor_) {
        response.with_cookie({visitor_cookie, visitor_token_, {}});
    }
    if (notice_taken_) {
        response.with_cookie({notice_cookie, "", std::chrono::seconds(-1)});
    }
}

std::string local_path(const std::string& wanted, const std::string& fallback) {
    if (wanted.empty() || wanted.size() > max_next_bytes || wanted.front() != '/'
        || wanted.starts_with("//")) {
        return fallback;
    }
    for (const char c : wanted) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                           || (c >= '0' && c <= '9')
                           || std::string_view("/-_.~?=&%+").find(c) != std::string_view::npos;
        if (!plain) {
            return fallback;
        }
    }
    return wanted.find("//") == std::string::npos ? wanted : fallback;
}

}  // namespace ventanilla
