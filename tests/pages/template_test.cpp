// Every template with every value set, and with none: it renders, escapes, and leaves nothing
// behind.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "pages/browser.h"
#include "tree/source_tree.h"
#include "view/composer.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

using Names = std::set<std::string>;

const std::string folder = VENTANILLA_SOURCE_DIR "/templates";
const std::string canary = "CANARY<b>'\"&";

// Sections that go over lists; all others ask whether there is a value.
const Names lists = {"errors",  "accounts",        "sessions", "usernames", "items",
                     "filters", "reasons",         "jobs",     "slips",     "totals",
                     "charges", "payments",        "services", "months",    "currencies",
                     "lines",   "events",          "clients",  "rows",      "actions",
                     "similar", "covered_charges", "drawers",  "closings",  "wishes",
                     "fields",  "views",           "debtors",  "moves",     "suspended",
                     "mails"};

Names variables(const std::string& text) {
    const auto found = matches(text, R"re(\{\{\s*[#^/]?\s*([a-z_0-9]+)\s*\}\})re");
    return {found.begin(), found.end()};
}

// Every value set; lists have two items, so that joints show.
Model full_model(const Names& names) {
    Model model;
    for (const auto& name : names) {
        if (!lists.contains(name)) {
            model.set(name.c_str(), canary);
        }
    }
    for (const auto& list : lists) {
        std::vector<Model> items(2);
        for (auto& item : items) {
            for (const auto& name : names) {
                item.set(name.c_str(), canary);
            }
        }
        model.set(list.c_str(), std::move(items));
    }
    return model;
}

void check_html(const std::string& html, const std::string& name) {
    BOOST_TEST(html.find("{{") == std::string::npos, name);
    BOOST_TEST(html.find("}}") == std::string::npos, name);
    BOOST_TEST(html.find("[[") == std::string::npos, name);
    BOOST_TEST(html.find("CANARY<") == std::string::npos, name << " does not escape");
    BOOST_TEST(matches(html, R"re((=CANARY))re").empty(),
               name << " has an attribute without quotes");
    BOOST_TEST(
        matches(html, R"re((<script(?! defer src="/estatico/)|javascript:| on[a-z]+=|style=))re")
            .empty(),
        name << " has inline script or style");
    for (const char* tag : {"div",
                            "form",
                            "main",
                            "section",
                            "ul",
                            "ol",
                            "p",
                            "h1",
                            "h2",
                            "a",
                            "button",
                            "table",
                            "tr",
                            "label"}) {
        const auto opened = matches(html, std::string("(<") + tag + R"([\s>]))").size();
        const auto closed = matches(html, std::string("(</") + tag + ">)").size();
        BOOST_TEST(opened == closed,
                   name << ": " << opened << " <" << tag << ">, " << closed << " </" << tag << '>');
    }
}

std::vector<std::string> page_names() {
    return test_renderer().page_names();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(templates)

BOOST_AUTO_TEST_CASE(every_page_renders_with_every_value_and_with_none) {
    BOOST_TEST(page_names().size() >= 25U);
    for (const auto& name : page_names()) {
        const std::string text = composed_page(folder, folder + "/pages/" + name + ".mustache");
        const Names names = variables(text);
        const std::string full = test_renderer().page(name, full_model(names));
        check_html(full, name);
        BOOST_TEST(full.find("CANARY&lt;b&gt;") != std::string::npos, name);
        check_html(test_renderer().page(name, Model()), name + " with nothing");
    }
}

BOOST_AUTO_TEST_CASE(every_page_has_one_heading_a_language_a_title_and_one_main) {
    for (const auto& name : page_names()) {
        const std::string html = test_renderer().page(name, Model());
        BOOST_TEST(html.starts_with("<!DOCTYPE html>\n<html lang=\"es\">"), name);
        BOOST_TEST(matches(html, "(<h1)").size() == 1U, name);
        BOOST_TEST(matches(html, "(<main)").size() == 1U, name);
        BOOST_TEST(matches(html, "<title>([^<]{10,})</title>").size() == 1U, name);
    }
}

BOOST_AUTO_TEST_CASE(every_form_that_posts_has_a_token) {
    for (const auto& name : page_names()) {
        const std::string text = composed_page(folder, folder + "/pages/" + name + ".mustache");
        for (const auto& form : matches(text, R"re((<form[^>]*method="post"[\s\S]*?</form>))re")) {
            BOOST_TEST(form.find("name=\"csrf_token\"") != std::string::npos, name);
        }
        BOOST_TEST(matches(text, R"re(<form(?![^>]*method="(?:post|get)")([^>]*)>)re").empty(),
                   name);
    }
}

BOOST_AUTO_TEST_CASE(every_input_has_a_label_and_every_id_is_unique) {
    for (const auto& name : page_names()) {
        const std::string text = composed_page(folder, folder + "/pages/" + name + ".mustache");
        for (const auto& input : matches(text, R"re((<input[^>]*>))re")) {
            const bool is_hidden = input.find("type=\"hidden\"") != std::string::npos
                                   || input.find("aria-hidden=\"true\"") != std::string::npos
                                   || input.find("type=\"radio\"") != std::string::npos
                                   || input.find("type=\"checkbox\"") != std::string::npos;
            const auto ids = matches(input, R"re( id="([^"]*)")re");
            const bool is_labelled =
                ids.size() == 1
                && text.find("<label for=\"" + ids.front() + '"') != std::string::npos;
            BOOST_TEST((is_hidden || is_labelled), name << ": " << input);
        }
        Names seen;
        for (const auto& id : matches(text, R"re( id="([^"{]+)")re")) {
            BOOST_TEST(seen.insert(id).second, name << " has id " << id << " twice");
        }
    }
}

BOOST_AUTO_TEST_CASE(no_page_takes_a_password_back_into_a_form) {
    for (const auto& name : page_names()) {
        const std::string text = composed_page(folder, folder + "/pages/" + name + ".mustache");
        for (const auto& input : matches(text, R"re((<input[^>]*type="password"[^>]*>))re")) {
            BOOST_TEST(input.find("value=") == std::string::npos, name);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_page_is_shown_by_some_handler) {
    std::string code;
    for (const auto& file :
         sources({"handlers", "common/app", "tools/ventanilla"}, {".h", ".cpp"})) {
        code += without_comments(file.text);
    }
    for (const auto& name : page_names()) {
        BOOST_TEST(code.find('"' + name + '"') != std::string::npos, name << " is never shown");
    }
    for (
        const auto& name : matches(
            code,
            R"re("((?:errors|login|claim|verify_code|portal|account_search|admin_clients|admin_bulk_action)/[a-z_]+)")re")) {
        const auto names = page_names();
        BOOST_TEST((std::find(names.begin(), names.end(), name) != names.end()),
                   name << " is no template");
    }
}

BOOST_AUTO_TEST_CASE(a_handler_loads_the_folders_of_the_pages_that_it_shows) {
    for (const auto& file : sources({"handlers"}, {"main.cpp"})) {
        const std::string handler = file.path.substr(9, file.path.find('/', 9) - 9);
        const std::string code =
            without_comments(source_text("handlers/" + handler + "/" + handler + ".cpp"));
        for (const auto& shown : matches(code, R"re("([a-z_]+)/[a-z_]+")re")) {
            const bool is_loaded =
                shown == "errors" || file.text.find("{\"" + shown + "\"}") != std::string::npos;
            BOOST_TEST(is_loaded, handler << " shows pages of " << shown);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_mail_renders_with_every_value_and_with_none) {
    for (const auto& file : sources({"templates/mail"}, {".subject.mustache"})) {
        const std::string message = file.path.substr(15, file.path.find('.', 15) - 15);
        Names names;
        for (const char* part : {".subject", ".txt", ".html"}) {
            names.merge(variables(
                with_partials(folder,
                              read_template_file(folder + "/mail/" + message + part + ".mustache"),
                              message)));
        }
        const RenderedMail full = test_renderer().mail(message, full_model(names));
        const RenderedMail empty = test_renderer().mail(message, Model());
        for (const auto* text :
             {&full.subject, &full.text, &full.html, &empty.subject, &empty.text, &empty.html}) {
            BOOST_TEST(text->find("{{") == std::string::npos, message);
            BOOST_TEST(text->find("[[") == std::string::npos, message);
        }
        BOOST_TEST(full.html.find("CANARY<") == std::string::npos, message);
        BOOST_TEST(full.text.find(canary) != std::string::npos, message);
        BOOST_TEST(full.subject.find('\n') == std::string::npos, message);
        BOOST_TEST(!empty.subject.empty(), message);
    }
}

BOOST_AUTO_TEST_CASE(the_subjects_are_those_of_the_contract) {
    Model site;
    site.set("organization", "ORG").set("portal_name", "PORTAL");
    const auto subject = [&](const char* message) {
        return test_renderer().mail(message, site).subject;
    };
    BOOST_TEST(subject("verification_code")
               == "Código de Verificación - Reclamación de Cuenta Archivada");
    BOOST_TEST(subject("verification_code_resent")
               == "Nuevo Código de Verificación - Reclamación de Cuenta");
    BOOST_TEST(subject("account_reactivated") == "Cuenta Reactivada - ORG");
    BOOST_TEST(subject("password_changed") == "Contraseña cambiada - PORTAL");
    BOOST_TEST(subject("password_reset_code") == "Restablecer contraseña - PORTAL");
}

BOOST_AUTO_TEST_CASE(every_text_renders) {
    for (const auto& key : test_renderer().text_keys()) {
        Model model;
        for (const auto& name : variables(source_text("templates/texts.txt"))) {
            model.set(name.c_str(), "X");
        }
        const std::string text = test_renderer().text(key, model);
        BOOST_TEST(!text.empty(), key);
        BOOST_TEST(text.find("{{") == std::string::npos, key);
        BOOST_TEST(text.find("«»") == std::string::npos, key);
    }
}

BOOST_AUTO_TEST_CASE(a_text_of_minutes_or_tries_does_not_contradict_the_settings) {
    // CODE_MINUTES may be 1 to 60: a page that says 15 has it from nowhere.
    for (const auto& file :
         sources({"templates/pages", "templates/partials", "templates/mail"}, {".mustache"})) {
        BOOST_TEST(matches(file.text, R"re((\b15 minutos))re").empty(), file.path);
    }
}

BOOST_AUTO_TEST_SUITE_END()
