// Mails handed to a mail server through libcurl, which no other file sees. The connection is kept from mail to mail
// until rest().
//
// TLS: smtps:// from the start; smtp:// must offer STARTTLS, except on loopback, where it is used when offered.
// Certificates are verified everywhere. (A mail server on this host with a certificate of its own making is reached by
// the name in that certificate, which SMTP_CA_FILE then names.)
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/settings.h"
#include "mail/transport.h"

namespace ventanilla {

class SmtpTransport : public Transport {
 public:
    // Throws Misconfigured for an SMTP_URL or SMTP_CA_FILE that cannot be used.
    SmtpTransport(const Settings& settings, std::function<bool()> must_leave);
    ~SmtpTransport() override;

    // Connects within 10 s and is done within 30 s. Whatever the server says before it has taken the sender counts as
    // ServerAway: such a refusal (login, relaying, our address) would meet every mail.
    [[nodiscard]] SendResult send(const ComposedMail& mail) override;
    void rest() override;

    // Connects, logs in and says NOOP.
    void check() override;

 private:
    struct Session;

    [[nodiscard]] Session& session();

    std::string url_;  // with the name that we greet with
    bool tls_required_ = true;
    std::string user_;
    std::string password_;
    std::string ca_file_;
    std::function<bool()> must_leave_;
    std::unique_ptr<Session> session_;
};

}  // namespace ventanilla
