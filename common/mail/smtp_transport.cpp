#include "mail/smtp_transport.h"

#include <array>
#include <string>
#include <unistd.h>

#include <curl/curl.h>

#include "core/errors.h"
#include "core/web_address.h"
#include "mail/smtp_session.h"

namespace ventanilla {
namespace {

constexpr std::size_t max_host_name = 256;

class Url {
  public:
    explicit Url(const std::string& text)
        : handle_(curl_url()),
          is_good_(curl_url_set(handle_, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK) {}
    Url(const Url&) = delete;
    Url& operator=(const Url&) = delete;
    ~Url() { curl_url_cleanup(handle_); }

    [[nodiscard]] bool is_good() const { return is_good_; }

    // Empty when the address has no such part.
    [[nodiscard]] std::string part(CURLUPart which) const {
        char* text = nullptr;
        if (curl_url_get(handle_, which, &text, 0) != CURLUE_OK) {
            return "";
        }
        std::string part(text);
        curl_free(text);
        return part;
    }
    void set_path(const std::string& path) {
        curl_url_set(handle_, CURLUPART_PATH, path.c_str(), 0);
    }

  private:
    CURLU* handle_;
    bool is_good_;
};

// The name to greet with: this host's if it is a full one, else the domain that mails come from.
std::string greeting_name(const std::string& mail_from) {
    std::array<char, max_host_name> buffer{};
    const bool known = gethostname(buffer.data(), buffer.size() - 1) == 0;
    const std::string host = known ? buffer.data() : "";
    return host.find('.') == std::string::npos ? mail_from.substr(mail_from.find('@') + 1) : host;
}

SmtpServer server_of(const Settings& settings) {
    Url url(settings.smtp_url);
    if (!url.is_good()) {
        throw Misconfigured("setting SMTP_URL: must be smtp://HOST:PORT or smtps://HOST:PORT");
    }
    if (!url.part(CURLUPART_USER).empty()) {
        throw Misconfigured("setting SMTP_URL: the login belongs to SMTP_USER and SMTP_PASSWORD");
    }
    if (!settings.smtp_ca_file.empty() && access(settings.smtp_ca_file.c_str(), R_OK) != 0) {
        throw Misconfigured("setting SMTP_CA_FILE: cannot read " + settings.smtp_ca_file);
    }
    if (url.part(CURLUPART_PATH).size() <= 1) {
        url.set_path('/' + greeting_name(settings.mail_from));
    }
    return {url.part(CURLUPART_URL),
            !is_loopback_host(url.part(CURLUPART_HOST)),
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_ca_file};
}

}  // namespace

SmtpTransport::SmtpTransport(const Settings& settings, std::function<bool()> must_leave)
    : must_leave_(std::move(must_leave)) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!ready) {
        throw Failure("libcurl cannot be prepared");
    }
    server_ = std::make_unique<const SmtpServer>(server_of(settings));
}

SmtpTransport::~SmtpTransport() = default;

SmtpSession& SmtpTransport::session() {
    if (!session_) {
        session_ = std::make_unique<SmtpSession>(*server_, must_leave_);
    }
    return *session_;
}

SendResult SmtpTransport::send(const ComposedMail& mail) {
    SendResult result = session().send(mail);
    // A kept connection may have been closed by the server since the last mail: that is no news
    // about the server.
    if (result.outcome == SendOutcome::ServerAway && session_->was_reused() && !must_leave_()) {
        rest();
        result = session().send(mail);
    }
    if (result.outcome == SendOutcome::ServerAway) {
        rest();
    }
    return result;
}

void SmtpTransport::rest() {
    session_.reset();
}

void SmtpTransport::check() {
    rest();
    const std::string reason = session().try_out();
    rest();
    if (!reason.empty()) {
        throw Misconfigured("setting SMTP_URL: " + reason);
    }
}

}  // namespace ventanilla
