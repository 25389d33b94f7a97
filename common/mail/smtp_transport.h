// Mails handed to a mail server, over a connection that is kept until rest(). The process must
// ignore SIGPIPE.
//
// TLS: smtps:// from the start; smtp:// must offer STARTTLS, except on loopback, where it is used
// when offered. Certificates are verified everywhere. (A mail server on this host with a
// certificate of its own making is reached by the name in that certificate, which SMTP_CA_FILE then
// names.)
#pragma once

#include <functional>
#include <memory>

#include "core/settings.h"
#include "mail/transport.h"

namespace ventanilla {

class SmtpSession;
struct SmtpServer;

class SmtpTransport : public Transport {
  public:
    // Throws Misconfigured for an SMTP_URL or SMTP_CA_FILE that cannot be used.
    SmtpTransport(const Settings& settings, std::function<bool()> must_leave);
    SmtpTransport(const SmtpTransport&) = delete;
    SmtpTransport& operator=(const SmtpTransport&) = delete;
    ~SmtpTransport() override;

    // Connects within 10 s and is done within 30 s. Whatever the server refuses before it has taken
    // the sender counts as ServerAway: such a refusal (login, our address) would meet every mail.
    [[nodiscard]] SendResult send(const ComposedMail& mail) override;
    void rest() override;

    // Connects, logs in and says NOOP.
    void check() override;

  private:
    [[nodiscard]] SmtpSession& session();

    std::unique_ptr<const SmtpServer> server_;
    std::function<bool()> must_leave_;
    std::unique_ptr<SmtpSession> session_;
};

}  // namespace ventanilla
