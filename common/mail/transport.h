// How a composed mail leaves the house: printed, kept as a file, or handed to a mail server.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/settings.h"
#include "mail/message_text.h"

namespace ventanilla {

enum class SendOutcome {
    Sent,
    ServerAway,      // nothing to do with this mail: no connection, no login, disk full
    RefusedForNow,   // this mail, for a while; also when it may or may not have gone out
    RefusedForGood,  // this mail, whenever it is tried
};

struct SendResult {
    SendOutcome outcome = SendOutcome::Sent;
    std::string reason;  // empty when sent; names neither the recipient nor a secret
};

class Transport {
  public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    // Bounded in time. Sending the same mail again is harmless with files, and a second copy with a
    // server.
    [[nodiscard]] virtual SendResult send(const ComposedMail& mail) = 0;

    // Nothing more to send for now: lets go of connections and memory.
    virtual void rest() {}

    // Tries what can be tried without sending. Throws Misconfigured with the reason.
    virtual void check() = 0;
};

// One `.eml` a mail in MAIL_DIR (0700, made when absent), such as 000012-verification_code.eml
// (0600), whole or not at all. The same mail again replaces its file.
class FileTransport : public Transport {
  public:
    explicit FileTransport(std::string folder) : folder_(std::move(folder)) {}
    [[nodiscard]] SendResult send(const ComposedMail& mail) override;
    void check() override;

  private:
    std::string folder_;
};

// Keeps the file, then prints recipient, subject and plain text to standard output.
class ConsoleTransport : public Transport {
  public:
    explicit ConsoleTransport(std::string folder) : files_(std::move(folder)) {}
    [[nodiscard]] SendResult send(const ComposedMail& mail) override;
    void check() override { files_.check(); }

  private:
    FileTransport files_;
};

// The one that MAIL_BACKEND names. `must_leave` is asked about once a second while a server keeps
// us waiting; when it says yes, the attempt is broken off. Throws Misconfigured.
[[nodiscard]] std::unique_ptr<Transport> make_transport(const Settings& settings,
                                                        std::function<bool()> must_leave);

}  // namespace ventanilla
