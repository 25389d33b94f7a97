#include "mail/smtp_transport.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr long connect_seconds = 10;
// No limit on speed beside it: a server that looks long at a mail before it takes it would be cut off, and get it again.
constexpr long whole_seconds = 30;
constexpr long goodbye_seconds = 1;
constexpr std::size_t max_host_name = 256;

constexpr int reply_closing = 421;
constexpr int first_refusal = 400;
constexpr int first_final_refusal = 500;
// RFC 4954: it wants a login, or another one. Never about one mail.
constexpr std::array login_replies = {530, 534, 535, 538};

// How far the server has followed us with this mail.
enum class Stage { Greeting, Sender, Recipient, Content, Sent };

struct Url {
    Url() : handle(curl_url()) {}
    Url(const Url&) = delete;
    Url& operator=(const Url&) = delete;
    ~Url() { curl_url_cleanup(handle); }

    [[nodiscard]] std::string part(CURLUPart which) const {
        char* text = nullptr;
        if (curl_url_get(handle, which, &text, 0) != CURLUE_OK) {
            return "";
        }
        std::string part(text);
        curl_free(text);
        return part;
    }
    CURLU* handle;
};

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "[::1]" || host == "::1"
           || (host.starts_with("127.")
               && host.find_first_not_of("0123456789.") == std::string::npos);
}

// The name to greet with: this host's if it is a full one, else the domain that mails come from.
std::string greeting_name(const std::string& mail_from) {
    std::array<char, max_host_name> buffer{};
    const bool known = gethostname(buffer.data(), buffer.size() - 1) == 0;
    const std::string host = known ? buffer.data() : "";
    return host.find('.') == std::string::npos ? mail_from.substr(mail_from.find('@') + 1) : host;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
}

}  // namespace

// One libcurl handle, its connection, and what is being said on it.
struct SmtpTransport::Session {
    explicit Session(const SmtpTransport& owner);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    [[nodiscard]] SendResult send(const ComposedMail& mail);
    [[nodiscard]] CURLcode perform();
    [[nodiscard]] std::string explanation(CURLcode code) const;
    [[nodiscard]] bool was_reused() const;

    static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self);
    static int on_talk(CURL* handle, curl_infotype type, char* data, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

 private:
    void set_limits();
    void set_security(const SmtpTransport& owner);
    void heard(std::string_view line);
    void said(std::string_view line);
    [[nodiscard]] SendResult judged(CURLcode code) const;

 public:
    CURL* handle = curl_easy_init();

 private:
    const std::function<bool()>& must_leave_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string_view unsent_;
    Stage stage_ = Stage::Greeting;
    bool leaving_ = false;  // what is heard after QUIT tells nothing
    int reply_ = 0;
    std::string reply_text_;
};

SmtpTransport::Session::Session(const SmtpTransport& owner) : must_leave_(owner.must_leave_) {
    if (handle == nullptr) {
        throw Failure("libcurl gives no handle");
    }
    curl_easy_setopt(handle, CURLOPT_URL, owner.url_.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, &Session::on_read);
    curl_easy_setopt(handle, CURLOPT_READDATA, this);
    // The only way to learn how far a refused mail had come; nothing is printed.
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, &Session::on_talk);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, this);
    set_limits();
    set_security(owner);
}

void SmtpTransport::Session::set_limits() {
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, whole_seconds);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &Session::on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, this);
}

void SmtpTransport::Session::set_security(const SmtpTransport& owner) {
    curl_easy_setopt(handle, CURLOPT_USE_SSL, owner.tls_required_ ? CURLUSESSL_ALL : CURLUSESSL_TRY);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!owner.ca_file_.empty()) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, owner.ca_file_.c_str());
    }
    if (!owner.user_.empty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, owner.user_.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, owner.password_.c_str());
    }
}

SmtpTransport::Session::~Session() {
    // Closing says QUIT and would wait long for a server that hangs.
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, goodbye_seconds);
    curl_easy_cleanup(handle);
}

CURLcode SmtpTransport::Session::perform() {
    stage_ = Stage::Greeting;
    leaving_ = false;
    reply_ = 0;
    reply_text_.clear();
    error_.front() = '\0';
    return curl_easy_perform(handle);
}

bool SmtpTransport::Session::was_reused() const {
    long opened = 0;
    return curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK && opened == 0;
}

SendResult SmtpTransport::Session::send(const ComposedMail& mail) {
    const std::string sender = '<' + mail.from + '>';
    const std::string recipient = '<' + mail.recipient + '>';
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
        curl_slist_append(nullptr, recipient.c_str()), &curl_slist_free_all);
    unsent_ = mail.content;
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(unsent_.size()));
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
    SendResult result = judged(perform());
    replace_all(result.reason, mail.recipient, "(recipient)");
    return result;
}

SendResult SmtpTransport::Session::judged(CURLcode code) const {
    if (code == CURLE_OK) {
        return {};
    }
    const bool about_login =
        std::find(login_replies.begin(), login_replies.end(), reply_) != login_replies.end();
    const bool about_mail = stage_ >= Stage::Recipient && reply_ != reply_closing && !about_login;
    if (about_mail && reply_ >= first_final_refusal) {
        return {SendOutcome::RefusedForGood, explanation(code)};
    }
    if (about_mail && reply_ >= first_refusal) {
        return {SendOutcome::RefusedForNow, explanation(code)};
    }
    if (stage_ == Stage::Sent && reply_ != reply_closing) {
        // It may have been taken: trying again soon and often would send copy after copy.
        return {SendOutcome::RefusedForNow, "no answer to the whole mail: " + explanation(code)};
    }
    return {SendOutcome::ServerAway, explanation(code)};
}

std::string SmtpTransport::Session::explanation(CURLcode code) const {
    if (reply_ >= first_refusal) {
        return reply_text_;
    }
    return error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
}

std::size_t SmtpTransport::Session::on_read(char* buffer,
                                            std::size_t size,
                                            std::size_t count,
                                            void* self) {
    auto& session = *static_cast<Session*>(self);
    const std::size_t taken = std::min(size * count, session.unsent_.size());
    std::copy_n(session.unsent_.begin(), taken, buffer);
    session.unsent_.remove_prefix(taken);
    if (session.unsent_.empty()) {
        session.stage_ = Stage::Sent;
        session.reply_ = 0;  // of DATA; the one that counts is still to come
    }
    return taken;
}

int SmtpTransport::Session::on_talk(CURL* /*handle*/,
                                    curl_infotype type,
                                    char* data,
                                    std::size_t size,
                                    void* self) {
    auto& session = *static_cast<Session*>(self);
    if (type == CURLINFO_HEADER_OUT) {
        session.said({data, size});
    } else if (type == CURLINFO_HEADER_IN) {
        session.heard({data, size});
    }
    return 0;
}

// Logins pass here too: only these commands are looked at, and nothing is kept.
void SmtpTransport::Session::said(std::string_view line) {
    if (line.starts_with("MAIL ")) {
        stage_ = Stage::Sender;
    } else if (line.starts_with("RCPT ")) {
        stage_ = Stage::Recipient;
    } else if (line.starts_with("DATA")) {
        stage_ = Stage::Content;
    } else if (line.starts_with("QUIT")) {
        leaving_ = true;
    }
}

void SmtpTransport::Session::heard(std::string_view line) {
    const std::string text(line.substr(0, line.find_first_of("\r\n")));
    const int code = std::atoi(text.substr(0, 3).c_str());  // NOLINT(cert-err34-c): 0 is no reply
    if (code != 0 && !leaving_) {
        reply_ = code;
        reply_text_ = text;
    }
}

int SmtpTransport::Session::on_progress(
    void* self, curl_off_t /*down*/, curl_off_t /*of*/, curl_off_t /*up*/, curl_off_t /*of*/) {
    return static_cast<Session*>(self)->must_leave_() ? 1 : 0;
}

SmtpTransport::SmtpTransport(const Settings& settings, std::function<bool()> must_leave)
    : user_(settings.smtp_user),
      password_(settings.smtp_password),
      ca_file_(settings.smtp_ca_file),
      must_leave_(std::move(must_leave)) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    const Url url;
    if (!ready
        || curl_url_set(url.handle, CURLUPART_URL, settings.smtp_url.c_str(), 0) != CURLUE_OK) {
        throw Misconfigured("setting SMTP_URL: must be smtp://HOST:PORT or smtps://HOST:PORT");
    }
    if (!url.part(CURLUPART_USER).empty()) {
        throw Misconfigured("setting SMTP_URL: the login belongs to SMTP_USER and SMTP_PASSWORD");
    }
    if (url.part(CURLUPART_PATH).size() <= 1) {
        const std::string path = '/' + greeting_name(settings.mail_from);
        curl_url_set(url.handle, CURLUPART_PATH, path.c_str(), 0);
    }
    url_ = url.part(CURLUPART_URL);
    tls_required_ = !is_loopback(url.part(CURLUPART_HOST));
    if (!ca_file_.empty() && access(ca_file_.c_str(), R_OK) != 0) {
        throw Misconfigured("setting SMTP_CA_FILE: cannot read " + ca_file_);
    }
}

SmtpTransport::~SmtpTransport() = default;

SmtpTransport::Session& SmtpTransport::session() {
    if (!session_) {
        session_ = std::make_unique<Session>(*this);
    }
    return *session_;
}

SendResult SmtpTransport::send(const ComposedMail& mail) {
    SendResult result = session().send(mail);
    // A kept connection may have been closed by the server since the last mail: that is no news about the server.
    if (result.outcome == SendOutcome::ServerAway && session_->was_reused() && !must_leave_()) {
        rest();
        result = session().send(mail);
    }
    if (result.outcome == SendOutcome::ServerAway) {
        rest();
    }
    return result;
}

void SmtpTransport::rest() { session_.reset(); }

void SmtpTransport::check() {
    Session probe(*this);
    curl_easy_setopt(probe.handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(probe.handle, CURLOPT_CUSTOMREQUEST, "NOOP");
    const CURLcode code = probe.perform();
    if (code != CURLE_OK) {
        throw Misconfigured("setting SMTP_URL: " + probe.explanation(code));
    }
}

}  // namespace ventanilla
