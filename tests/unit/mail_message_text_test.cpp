// Composed mails, read back by the library's own parser as a reader's program would.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <gmime/gmime.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "mail/message_text.h"

using namespace ventanilla;

namespace {

const std::string templates_folder =
    (std::filesystem::path(__FILE__).parent_path() / "../../templates").lexically_normal();

Settings test_settings() {
    return Settings::read([](const std::string& name) -> std::optional<std::string> {
        if (name == "SECRET_KEY") {
            return std::string(32, 'k');
        }
        if (name == "MAIL_FROM") {
            return "no-responder@ejemplo.org";
        }
        if (name == "BASE_URL") {
            return "https://portal.ejemplo.org";
        }
        return std::nullopt;
    });
}

struct Writer {
    explicit Writer(Settings given = test_settings())
        : settings(std::move(given)), renderer(templates_folder) {
        renderer.load_mails();
    }
    [[nodiscard]] std::optional<ComposedMail> compose(const std::string& message,
                                                      const std::string& recipient,
                                                      const nlohmann::json& model,
                                                      std::int64_t id = 12) const {
        const Timestamp at{std::chrono::seconds(1'795'000'000)};
        return MessageText(settings, renderer).compose({id, message, recipient, at}, model);
    }
    Settings settings;
    Renderer renderer;
};

const nlohmann::json code_model = {
    {"code", "0042"}, {"valid_until", "14:35"}, {"username", "m***a"}};

struct ParsedMail {
    explicit ParsedMail(const std::string& content) {
        GMimeStream* stream = g_mime_stream_mem_new_with_buffer(content.data(), content.size());
        GMimeParser* parser = g_mime_parser_new_with_stream(stream);
        message.reset(g_mime_parser_construct_message(parser, nullptr));
        g_object_unref(parser);
        g_object_unref(stream);
        auto* multipart = GMIME_MULTIPART(g_mime_message_get_mime_part(message.get()));
        for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
            auto* part = GMIME_TEXT_PART(g_mime_multipart_get_part(multipart, i));
            charsets.emplace_back(g_mime_text_part_get_charset(part));
            char* text = g_mime_text_part_get_text(part);
            parts.emplace_back(text);
            g_free(text);
        }
    }
    [[nodiscard]] std::string header(const char* name) const {
        for (GMimeObject* object : header_owners()) {
            if (const char* value = g_mime_object_get_header(object, name)) {
                return value;
            }
        }
        return "";
    }
    [[nodiscard]] std::set<std::string> header_names() const {
        std::set<std::string> names;
        for (GMimeObject* object : header_owners()) {
            GMimeHeaderList* headers = g_mime_object_get_header_list(object);
            for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
                names.insert(g_mime_header_get_name(g_mime_header_list_get_header_at(headers, i)));
            }
        }
        return names;
    }
    // The parser gives what begins with Content- to the body.
    [[nodiscard]] std::vector<GMimeObject*> header_owners() const {
        return {GMIME_OBJECT(message.get()), g_mime_message_get_mime_part(message.get())};
    }
    std::unique_ptr<GMimeMessage, decltype(&g_object_unref)> message{nullptr, &g_object_unref};
    std::vector<std::string> parts;
    std::vector<std::string> charsets;
};

const std::set<std::string> expected_headers = {"From",
                                                "To",
                                                "Subject",
                                                "Date",
                                                "Message-Id",
                                                "Auto-Submitted",
                                                "Content-Language",
                                                "MIME-Version",
                                                "Content-Type"};

bool same_ignoring_case(const std::set<std::string>& a, const std::set<std::string>& b) {
    const auto lower = [](const std::set<std::string>& names) {
        std::set<std::string> result;
        for (auto name : names) {
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
                return std::tolower(c);
            });
            result.insert(name);
        }
        return result;
    };
    return lower(a) == lower(b);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_text)

BOOST_AUTO_TEST_CASE(a_code_mail_has_the_exact_spanish_subject) {
    const auto mail = Writer().compose("verification_code", "maria@ejemplo.com", code_model);
    const ParsedMail parsed(mail->content);
    BOOST_TEST(g_mime_message_get_subject(parsed.message.get())
               == "Código de Verificación - Reclamación de Cuenta Archivada");
    BOOST_TEST(mail->subject == "Código de Verificación - Reclamación de Cuenta Archivada");
}

BOOST_AUTO_TEST_CASE(what_travels_is_ascii_in_short_lines_that_end_in_crlf) {
    const auto mail = Writer().compose("verification_code", "maria@ejemplo.com", code_model);
    std::size_t line = 0;
    for (std::size_t i = 0; i < mail->content.size(); ++i) {
        const char c = mail->content[i];
        BOOST_REQUIRE((c & 0x80) == 0);
        if (c == '\n') {
            BOOST_REQUIRE(i > 0);
            BOOST_REQUIRE(mail->content[i - 1] == '\r');
        }
        line = c == '\n' ? 0 : line + 1;
        BOOST_REQUIRE(line < 998);
    }
}

BOOST_AUTO_TEST_CASE(both_parts_say_the_same_and_carry_the_common_values) {
    const auto mail = Writer().compose("account_reactivated",
                                       "maria@ejemplo.com",
                                       {{"username", "maría"},
                                        {"email", "maria@ejemplo.com"},
                                        {"full_name", "María Pérez"},
                                        {"created_at", "21 nov 2026"},
                                        {"how", ""},
                                        {"renamed", true},
                                        {"old_username", "mar"}});
    const ParsedMail parsed(mail->content);
    BOOST_REQUIRE(parsed.parts.size() == 2);
    BOOST_TEST((parsed.charsets == std::vector<std::string>{"utf-8", "utf-8"}));
    for (const auto& part : parsed.parts) {
        BOOST_TEST(part.find("María Pérez") != std::string::npos);
        BOOST_TEST(part.find("https://portal.ejemplo.org/clientes/portal/login/")
                   != std::string::npos);
        BOOST_TEST(part.find("Centro Fray Bartolomé de las Casas") != std::string::npos);
    }
    BOOST_TEST(parsed.parts.front().find('<') == std::string::npos);
    BOOST_TEST(parsed.parts.back().starts_with("<!DOCTYPE html>"));
    BOOST_TEST(parsed.header("Content-Type").starts_with("multipart/alternative"));
}

BOOST_AUTO_TEST_CASE(the_headers_are_these_and_no_others) {
    const auto mail = Writer().compose("verification_code", "maria@ejemplo.com", code_model);
    const ParsedMail parsed(mail->content);
    BOOST_TEST(same_ignoring_case(parsed.header_names(), expected_headers));
    BOOST_TEST(parsed.header("From") == "AdminiRed <no-responder@ejemplo.org>");
    BOOST_TEST(parsed.header("To") == "maria@ejemplo.com");
    BOOST_TEST(parsed.header("Auto-Submitted") == "auto-generated");
    BOOST_TEST(parsed.header("Content-Language") == "es");
    BOOST_TEST(parsed.header("Date").starts_with("Wed, 18 Nov 2026"));
}

BOOST_AUTO_TEST_CASE(the_same_row_gives_the_same_bytes_and_another_row_another_message_id) {
    const Writer writer;
    const auto first = writer.compose("verification_code", "maria@ejemplo.com", code_model);
    const auto again = writer.compose("verification_code", "maria@ejemplo.com", code_model);
    const auto other = writer.compose("verification_code", "maria@ejemplo.com", code_model, 13);
    BOOST_TEST(first->content == again->content);
    const std::string id = ParsedMail(first->content).header("Message-ID");
    BOOST_TEST(id.starts_with("<outbox-12."));
    BOOST_TEST(id.ends_with("@ejemplo.org>"));
    BOOST_TEST(id.size() > 50);
    BOOST_TEST(id.substr(11) != ParsedMail(other->content).header("Message-ID").substr(11));
}

BOOST_AUTO_TEST_CASE(a_recipient_that_is_not_one_mailbox_is_refused) {
    const Writer writer;
    using namespace std::string_literals;
    for (const std::string& recipient : {""s,
                                         "maria"s,
                                         "maria@ejemplo.com\r\nBcc: otra@ejemplo.com"s,
                                         "a@b.com, c@d.com"s,
                                         "a@b.com\nX: y"s,
                                         "<a@b.com>"s,
                                         "\"a b\"@c.com"s,
                                         "a@b.com\0c"s,
                                         "Maria <a@b.com>"s}) {
        BOOST_TEST(!writer.compose("verification_code", recipient, code_model).has_value());
    }
    BOOST_TEST(!writer.compose("verification_code", std::string(320, 'a') + "@b.com", code_model));
}

BOOST_AUTO_TEST_CASE(line_ends_in_names_make_no_header) {
    Settings settings = test_settings();
    settings.portal_name = "Portal\r\nBcc: otra@ejemplo.com\r\n\r\ncuerpo";
    settings.organization_name = "Uno\nX-Otro: dos";
    const Writer writer(settings);
    for (const char* message : {"password_changed", "account_reactivated"}) {
        const auto mail =
            writer.compose(message, "maria@ejemplo.com", {{"username", "m\r\nBcc: x@y.com"}});
        BOOST_TEST(same_ignoring_case(ParsedMail(mail->content).header_names(), expected_headers));
    }
}

BOOST_AUTO_TEST_CASE(lists_and_numbers_of_the_model_are_shown) {
    const nlohmann::json model = {
        {"code", "123456"},
        {"valid_until", "14:35"},
        {"several", true},
        {"usernames", {{{"username", "maria"}}, {{"username", "maria0"}}}}};
    const auto mail = Writer().compose("password_reset_code", "maria@ejemplo.com", model);
    BOOST_TEST(mail->text.find("- maria\n- maria0\n") != std::string::npos);
    const auto changed =
        Writer().compose("password_changed",
                         "maria@ejemplo.com",
                         {{"username", "maria"}, {"changed_at", "hoy"}, {"sessions_ended", 3}});
    BOOST_TEST(changed->text.find("dispositivos: 3\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_model_cannot_replace_the_login_address) {
    const auto mail =
        Writer().compose("password_changed",
                         "maria@ejemplo.com",
                         {{"username", "maria"}, {"login_url", "https://otro.example/"}});
    BOOST_TEST(mail->content.find("otro.example") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_no_template_can_show_is_a_failure) {
    const Writer writer;
    BOOST_CHECK_THROW((void)writer.compose("no_such_message", "a@b.com", code_model), Failure);
    BOOST_CHECK_THROW((void)writer.compose("verification_code", "a@b.com", {{"code", {{"a", 1}}}}),
                      Failure);
    BOOST_CHECK_THROW(
        (void)writer.compose("verification_code", "a@b.com", nlohmann::json::array({1})), Failure);
}

BOOST_AUTO_TEST_CASE(a_sender_that_is_no_mailbox_is_a_wrong_setting) {
    Settings settings = test_settings();
    settings.mail_from = "nadie";
    const Writer writer(settings);
    BOOST_CHECK_THROW(MessageText(settings, writer.renderer), Misconfigured);
}

BOOST_AUTO_TEST_SUITE_END()
