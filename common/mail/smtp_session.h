// Private to mail/: one libcurl handle, its connection to the mail server, and what is being said
// on it.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "mail/transport.h"

namespace ventanilla {

struct SmtpServer {
    std::string url;           // its path is the name that we greet with
    bool tls_required = true;  // false: used when offered
    std::string user;          // empty: no login
    std::string password;
    std::string ca_file;  // empty: the system's authorities
};

class SmtpSession {
  public:
    // `must_leave` outlives this. Throws Failure when libcurl gives no handle.
    SmtpSession(const SmtpServer& server, const std::function<bool()>& must_leave);
    SmtpSession(const SmtpSession&) = delete;
    SmtpSession& operator=(const SmtpSession&) = delete;
    // Says QUIT unless something went wrong; a second at most.
    ~SmtpSession();

    [[nodiscard]] SendResult send(const ComposedMail& mail);

    // Whether the last attempt began on a connection that an earlier one had left open.
    [[nodiscard]] bool was_reused() const;

    // Connects, logs in and says NOOP. Empty when all went well, else the reason.
    [[nodiscard]] std::string try_out();

  private:
    // How far the server has followed us with this mail.
    enum class Stage { Greeting, Sender, Recipient, Content, Sent };

    void set_limits();
    void set_security(const SmtpServer& server);
    [[nodiscard]] CURLcode perform();
    void say(const char* command);
    [[nodiscard]] SendResult judged(CURLcode code) const;
    [[nodiscard]] std::string explanation(CURLcode code) const;
    void said(std::string_view line);
    void heard(std::string_view line);
    [[nodiscard]] curl_socket_t open_socket() const;

    static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self);
    static int on_talk(CURL* handle, curl_infotype type, char* data, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

    CURL* handle_;
    const std::function<bool()>& must_leave_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string_view unsent_;
    Stage stage_ = Stage::Greeting;
    bool is_at_ease_ = false;  // the last attempt went well, so the server is worth a goodbye
    bool leaving_ = false;     // what is heard after QUIT tells nothing
    int reply_ = 0;            // the last one's code; 0: none yet
    std::string reply_text_;
};

}  // namespace ventanilla
