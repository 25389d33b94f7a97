#include "mail/smtp_session.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <sys/socket.h>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr long connect_seconds = 10;
// No bound on speed beside it: a server that looks long at a mail before it takes it would be cut
// off, and get it again.
constexpr long whole_seconds = 30;
constexpr long goodbye_seconds = 1;

constexpr int reply_closing = 421;
constexpr int first_refusal = 400;
constexpr int first_final_refusal = 500;
constexpr std::size_t reply_code_digits = 3;
// RFC 4954: it wants a login, or another one. Never about one mail.
constexpr std::array login_replies = {530, 534, 535, 538};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
}

}  // namespace

SmtpSession::SmtpSession(const SmtpServer& server, const std::function<bool()>& must_leave)
    : handle_(curl_easy_init()), must_leave_(must_leave) {
    if (handle_ == nullptr) {
        throw Failure("libcurl gives no handle");
    }
    curl_easy_setopt(handle_, CURLOPT_URL, server.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &SmtpSession::on_read);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    // The only way to learn how far a refused mail had come; nothing is printed.
    curl_easy_setopt(handle_, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle_, CURLOPT_DEBUGFUNCTION, &SmtpSession::on_talk);
    curl_easy_setopt(handle_, CURLOPT_DEBUGDATA, this);
    set_limits();
    set_security(server);
}

void SmtpSession::set_limits() {
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT, whole_seconds);
    curl_easy_setopt(handle_, CURLOPT_SERVER_RESPONSE_TIMEOUT, whole_seconds);
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &SmtpSession::on_progress);
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, this);
}

void SmtpSession::set_security(const SmtpServer& server) {
    curl_easy_setopt(
        handle_, CURLOPT_USE_SSL, server.tls_required ? CURLUSESSL_ALL : CURLUSESSL_TRY);
    curl_easy_setopt(handle_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!server.ca_file.empty()) {
        curl_easy_setopt(handle_, CURLOPT_CAINFO, server.ca_file.c_str());
    }
    if (!server.user.empty()) {
        curl_easy_setopt(handle_, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(handle_, CURLOPT_PASSWORD, server.password.c_str());
    }
}

// Left to itself, libcurl waits two minutes for the answer to its QUIT: so it is said here, with a
// bound, and the socket is shut, which ends libcurl's own attempt at once.
SmtpSession::~SmtpSession() {
    if (is_at_ease_ && open_socket() != CURL_SOCKET_BAD) {
        curl_easy_setopt(handle_, CURLOPT_TIMEOUT, goodbye_seconds);
        say("QUIT");
        static_cast<void>(perform());
    }
    const curl_socket_t left_open = open_socket();
    if (left_open != CURL_SOCKET_BAD) {
        shutdown(left_open, SHUT_RDWR);
    }
    curl_easy_cleanup(handle_);
}

curl_socket_t SmtpSession::open_socket() const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(handle_, CURLINFO_ACTIVESOCKET, &socket);
    return socket;
}

bool SmtpSession::was_reused() const {
    long opened = 0;
    return curl_easy_getinfo(handle_, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK && opened == 0;
}

// Prepares one command instead of a mail.
void SmtpSession::say(const char* command) {
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 0L);
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, command);
}

std::string SmtpSession::try_out() {
    say("NOOP");
    const CURLcode code = perform();
    return code == CURLE_OK ? "" : explanation(code);
}

SendResult SmtpSession::send(const ComposedMail& mail) {
    const std::string sender = '<' + mail.from + '>';
    const std::string recipient = '<' + mail.recipient + '>';
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
        curl_slist_append(nullptr, recipient.c_str()), &curl_slist_free_all);
    unsent_ = mail.content;
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(unsent_.size()));
    curl_easy_setopt(handle_, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, recipients.get());
    SendResult result = judged(perform());
    curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, nullptr);
    replace_all(result.reason, mail.recipient, "(recipient)");
    return result;
}

CURLcode SmtpSession::perform() {
    stage_ = Stage::Greeting;
    leaving_ = false;
    reply_ = 0;
    reply_text_.clear();
    error_.front() = '\0';
    const CURLcode code = curl_easy_perform(handle_);
    is_at_ease_ = code == CURLE_OK;
    return code;
}

SendResult SmtpSession::judged(CURLcode code) const {
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
    if (about_mail && stage_ == Stage::Sent) {
        // It may have been taken: trying again soon and often would send copy after copy.
        return {SendOutcome::RefusedForNow, "no answer to the whole mail: " + explanation(code)};
    }
    return {SendOutcome::ServerAway, explanation(code)};
}

std::string SmtpSession::explanation(CURLcode code) const {
    if (reply_ >= first_refusal) {
        return reply_text_;
    }
    return error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
}

std::size_t SmtpSession::on_read(char* buffer, std::size_t size, std::size_t count, void* self) {
    auto& session = *static_cast<SmtpSession*>(self);
    const std::size_t taken = std::min(size * count, session.unsent_.size());
    std::copy_n(session.unsent_.begin(), taken, buffer);
    session.unsent_.remove_prefix(taken);
    if (session.unsent_.empty()) {
        session.stage_ = Stage::Sent;
        session.reply_ = 0;  // of DATA; the one that counts is still to come
    }
    return taken;
}

int SmtpSession::on_talk(
    CURL* /*handle*/, curl_infotype type, char* data, std::size_t size, void* self) {
    auto& session = *static_cast<SmtpSession*>(self);
    if (type == CURLINFO_HEADER_OUT) {
        session.said({data, size});
    } else if (type == CURLINFO_HEADER_IN) {
        session.heard({data, size});
    }
    return 0;
}

// Logins pass here too: only these commands are looked at, and nothing is kept.
void SmtpSession::said(std::string_view line) {
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

void SmtpSession::heard(std::string_view line) {
    line = line.substr(0, line.find_first_of("\r\n"));
    int code = 0;
    const std::size_t digits = std::min(line.size(), reply_code_digits);
    const auto [end, error] = std::from_chars(line.data(), line.data() + digits, code);
    if (error == std::errc() && end == line.data() + reply_code_digits && !leaving_) {
        reply_ = code;
        reply_text_ = line;
    }
}

int SmtpSession::on_progress(
    void* self, curl_off_t /*down*/, curl_off_t /*of*/, curl_off_t /*up*/, curl_off_t /*of*/) {
    return static_cast<SmtpSession*>(self)->must_leave_() ? 1 : 0;
}

}  // namespace ventanilla
