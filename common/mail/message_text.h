// From a row of the outbox to the mail as it travels. Composing the same row again gives the same
// bytes, Message-ID included, so that a mail that goes out twice is seen as one by the reader's
// program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/clock.h"
#include "core/sealing.h"
#include "core/settings.h"
#include "view/renderer.h"

namespace ventanilla {

// Which mail: the parts of its row that are not sealed.
struct MailIdentity {
    std::int64_t id = 0;
    std::string message;    // name of its templates
    std::string recipient;  // as it stands in the row, unchecked
    Timestamp created_at;
};

struct ComposedMail {
    std::int64_t id = 0;
    std::string message;
    std::string from;       // one mailbox
    std::string recipient;  // one mailbox
    std::string subject;
    std::string text;     // the plain part, for showing
    std::string content;  // everything, RFC 5322: multipart/alternative, ASCII, lines end in CRLF
};

class MessageText {
  public:
    // The renderer must have its mails loaded and outlive this. Throws Misconfigured when MAIL_FROM
    // is no mailbox.
    MessageText(const Settings& settings, const Renderer& renderer);

    // `model` is what Outbox::queue() was given; organization, portal_name, help_text, login_url
    // and base_url are added, and win over a value of the same name. Absent when the recipient is
    // not one mailbox: it never will be. Throws Failure when there is no such template or the model
    // holds what no template can show.
    [[nodiscard]] std::optional<ComposedMail> compose(const MailIdentity& mail,
                                                      const nlohmann::json& model) const;

  private:
    [[nodiscard]] std::string unguessable_name(const MailIdentity& mail) const;
    [[nodiscard]] std::string content_of(const ComposedMail& mail,
                                         const MailIdentity& identity,
                                         const std::string& html) const;

    const Renderer& renderer_;
    KeyRing keys_;
    std::string from_;
    std::string organization_;
    std::string portal_name_;
    std::string help_text_;
    std::string base_url_;
};

}  // namespace ventanilla
