#include "mail/message_text.h"

#include <memory>

#include <gmime/gmime.h>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "core/errors.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr const char* login_path = "/clientes/portal/login/";
constexpr const char* language = "es";
constexpr std::size_t name_bytes = 15;

struct Release {
    void operator()(void* object) const { g_object_unref(object); }
    void operator()(char* text) const { g_free(text); }
    void operator()(GDateTime* time) const { g_date_time_unref(time); }
    void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};
template <class Thing>
using Owned = std::unique_ptr<Thing, Release>;

Model to_model(const nlohmann::json& object);

std::vector<Model> to_list(const nlohmann::json& array) {
    std::vector<Model> items;
    for (const auto& item : array) {
        items.push_back(to_model(item));
    }
    return items;
}

void put(Model& model, const std::string& name, const nlohmann::json& value) {
    if (value.is_string()) {
        model.set(name.c_str(), value.get<std::string>());
    } else if (value.is_boolean()) {
        model.set(name.c_str(), value.get<bool>());
    } else if (value.is_number()) {
        model.set(name.c_str(), value.dump());
    } else if (value.is_array()) {
        model.set(name.c_str(), to_list(value));
    } else if (value.is_null()) {
        model.set(name.c_str(), false);
    } else {
        throw Failure("mail model: " + name + " is of a kind that no template can show");
    }
}

Model to_model(const nlohmann::json& object) {
    if (!object.is_object()) {
        throw Failure("mail model: not an object");
    }
    Model model;
    for (const auto& [name, value] : object.items()) {
        put(model, name, value);
    }
    return model;
}

// Header values come from templates and settings, but a line end in one must never start another
// header.
std::string on_one_line(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    return text;
}

// The bytes go in as they are: g_mime_text_part_set_text would pick another charset than the pages
// claim to have.
void add_part(GMimeMultipart* alternatives, const char* subtype, const std::string& text) {
    const Owned<GMimeStream> bytes(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
    const Owned<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(bytes.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    const Owned<GMimePart> part(g_mime_part_new_with_type("text", subtype));
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
    g_mime_part_set_content(part.get(), content.get());
    g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_mime_multipart_add(alternatives, GMIME_OBJECT(part.get()));
}

void set_date(GMimeMessage* message, Timestamp when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    const Owned<GDateTime> date(g_date_time_new_from_unix_local(seconds));
    g_mime_message_set_date(message, date.get());
}

void set_header(GMimeMessage* message, const char* name, const char* value) {
    g_mime_object_set_header(GMIME_OBJECT(message), name, value, nullptr);
}

std::string written(GMimeMessage* message) {
    const Owned<GMimeFormatOptions> options(g_mime_format_options_new());
    g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
    const Owned<char> text(g_mime_object_to_string(GMIME_OBJECT(message), options.get()));
    return text.get();
}

}  // namespace

MessageText::MessageText(const Settings& settings, const Renderer& renderer)
    : renderer_(renderer),
      keys_(settings.secret_key, "", "mail message id"),
      from_(settings.mail_from),
      organization_(settings.organization_name),
      portal_name_(settings.portal_name),
      help_text_(settings.staff_contact),
      base_url_(settings.base_url) {
    if (!looks_like_email(from_)) {
        throw Misconfigured("setting MAIL_FROM is \"" + from_ + "\": must be one mail address");
    }
    static const bool ready = (g_mime_init(), true);
    static_cast<void>(ready);
}

std::optional<ComposedMail> MessageText::compose(const MailIdentity& mail,
                                                 const nlohmann::json& model) const {
    if (!looks_like_email(mail.recipient)) {
        return std::nullopt;
    }
    Model shown = to_model(model);
    shown.set("organization", organization_);
    shown.set("portal_name", portal_name_);
    shown.set("help_text", help_text_);
    shown.set("base_url", base_url_);
    shown.set("login_url", base_url_ + login_path);
    RenderedMail rendered = renderer_.mail(mail.message, shown);
    ComposedMail composed;
    composed.id = mail.id;
    composed.message = mail.message;
    composed.from = from_;
    composed.recipient = mail.recipient;
    composed.subject = on_one_line(std::move(rendered.subject));
    composed.text = std::move(rendered.text);
    composed.content = content_of(composed, mail, rendered.html);
    return composed;
}

std::string MessageText::unguessable_name(const MailIdentity& mail) const {
    const std::string mac = keys_.sign(std::to_string(mail.id) + ' ' + iso_text(mail.created_at));
    return hex(std::string_view(mac).substr(0, name_bytes));
}

std::string MessageText::content_of(const ComposedMail& mail,
                                    const MailIdentity& identity,
                                    const std::string& html) const {
    const std::string name = unguessable_name(identity);
    const std::string message_id =
        "outbox-" + std::to_string(mail.id) + '.' + name + from_.substr(from_.find('@'));
    const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
    g_mime_message_add_mailbox(
        message.get(), GMIME_ADDRESS_TYPE_FROM, on_one_line(portal_name_).c_str(), from_.c_str());
    g_mime_message_add_mailbox(
        message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, mail.recipient.c_str());
    g_mime_message_set_subject(message.get(), mail.subject.c_str(), "utf-8");
    set_date(message.get(), identity.created_at);
    g_mime_message_set_message_id(message.get(), message_id.c_str());
    set_header(message.get(), "Auto-Submitted", "auto-generated");
    set_header(message.get(), "Content-Language", language);
    const Owned<GMimeMultipart> alternatives(g_mime_multipart_new_with_subtype("alternative"));
    g_mime_multipart_set_boundary(alternatives.get(), ("=_" + name).c_str());
    add_part(alternatives.get(), "plain", mail.text);
    add_part(alternatives.get(), "html", html);
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(alternatives.get()));
    return written(message.get());
}

}  // namespace ventanilla
