// Putting templates together, parsing them once, and escaping what they show.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/digest.h"
#include "core/errors.h"
#include "view/composer.h"
#include "view/model.h"
#include "view/renderer.h"
#include "view/template_text.h"

using namespace ventanilla;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace {

// A folder of templates of its own.
class Folder {
  public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "ventanilla-view-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
        write("partials/styles.mustache", "body{color:red}");
        write(
            "layouts/page.mustache",
            "<title>{{> title}}</title>\n<style>{{> styles}}</style>\n  <main>\n{{> content}}\n</main>\n");
        write("layouts/static.mustache",
              "STATIC {{> title}}<style>{{> styles}}</style>{{> content}}");
        write("texts.txt", "# a comment\n\nhello = Hola, {{name}}.\nplain=Sin variables\n");
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories(fs::path(path_ + "/" + name).parent_path());
        std::ofstream(path_ + "/" + name, std::ios::binary) << text;
    }
    [[nodiscard]] std::string composed(const std::string& text) const {
        return with_partials(path_, text, "test");
    }
    [[nodiscard]] std::string page(const std::string& text) const {
        write("pages/x/y.mustache", text);
        return composed_page(path_, path_ + "/pages/x/y.mustache");
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// What is said about a template; empty when nothing is wrong.
template <class Work>
std::string complaint(const Work& work) {
    try {
        work();
    } catch (const Misconfigured& error) {
        return error.what();
    }
    return "";
}

std::string rendered(const std::string& text,
                     const Model& model,
                     Escaping escaping = Escaping::Html) {
    std::string output;
    TemplateText("test", text, escaping).render(model, output);
    return output;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(composer)

BOOST_AUTO_TEST_CASE(a_partial_takes_its_parameters) {
    const Folder folder;
    folder.write("partials/field.mustache",
                 "<input name=\"[[name]]\" id=\"[[name]]\" [[attributes]]>{{[[name]]}}\n");
    BOOST_TEST(folder.composed("{{> field name=\"email\" attributes='type=\"email\" x=\"\"'}}")
               == "<input name=\"email\" id=\"email\" type=\"email\" x=\"\">{{email}}");
    BOOST_TEST(folder.composed("a {{>field name='n' attributes=\"\"}} b")
               == "a <input name=\"n\" id=\"n\" >{{n}} b");
}

BOOST_AUTO_TEST_CASE(partials_may_stand_in_partials) {
    const Folder folder;
    folder.write("partials/outer.mustache", "({{> inner label=\"[[label]]\"}}{{> bare}})\n");
    folder.write("partials/inner.mustache", "<b>[[label]]</b>");
    folder.write("partials/bare.mustache", "!");
    BOOST_TEST(folder.composed("{{> outer label=\"uno\"}}{{> outer label=\"dos\"}}")
               == "(<b>uno</b>!)(<b>dos</b>!)");
}

BOOST_AUTO_TEST_CASE(a_missing_parameter_stops_the_start) {
    const Folder folder;
    folder.write("partials/field.mustache", "[[name]] [[label]]");
    const std::string said = complaint([&] { (void)folder.composed("{{> field name=\"x\"}}"); });
    BOOST_TEST(said.find("[[label]]") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(a_superfluous_parameter_stops_the_start) {
    const Folder folder;
    folder.write("partials/field.mustache", "[[name]]");
    const std::string said =
        complaint([&] { (void)folder.composed("{{> field name=\"x\" hnit=\"y\"}}"); });
    BOOST_TEST(said.find("hnit") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(a_static_file_is_named_with_a_version_that_changes_with_it) {
    const Folder folder;
    const std::string text = "{{! title: T }}\n<img src=\"/estatico/a.svg\"><p>/estatico/a.svg";
    const auto version = [&] {
        const std::string page = folder.page(text);
        BOOST_TEST(page.find("<p>/estatico/a.svg") != std::string::npos);
        const auto begin = page.find("\"/estatico/a.svg?v=");
        BOOST_REQUIRE(begin != std::string::npos);
        return page.substr(begin, page.find('"', begin + 1) - begin);
    };
    folder.write("static/a.svg", "<svg/>");
    const std::string first = version();
    BOOST_TEST(first.size() > std::string("\"/estatico/a.svg?v=").size() + 10);
    BOOST_TEST(version() == first);
    folder.write("static/a.svg", "<svg></svg>");
    BOOST_TEST(version() != first);
}

BOOST_AUTO_TEST_CASE(a_missing_static_file_stops_the_start) {
    const Folder folder;
    const std::string said = complaint(
        [&] { (void)folder.page("{{! title: T }}\n<script src=\"/estatico/nada.js\">"); });
    BOOST_TEST(said.find("nada.js") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(a_missing_partial_stops_the_start) {
    const Folder folder;
    const std::string said = complaint([&] { (void)folder.composed("{{> nowhere}}"); });
    BOOST_TEST(said.find("nowhere") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(partials_that_contain_each_other_stop_the_start) {
    const Folder folder;
    folder.write("partials/a.mustache", "{{> b}}");
    folder.write("partials/b.mustache", "{{> a}}");
    folder.write("partials/self.mustache", "{{> self}}");
    BOOST_TEST(complaint([&] { (void)folder.composed("{{> a}}"); }).find("contain each other")
               != std::string::npos);
    BOOST_TEST(complaint([&] { (void)folder.composed("{{> self}}"); }).find("contain each other")
               != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_be_read_stops_the_start) {
    const Folder folder;
    folder.write("partials/field.mustache", "[[name]]");
    for (const char* text : {"{{> field name=x}}",
                             "{{> field name=\"x}}",
                             "{{> field name}}",
                             "{{> field =\"x\"}}",
                             "{{> field name=\"x\"",
                             "{{> field",
                             "{{>"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(complaint([&] { (void)folder.composed(text); }) != "");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_page_has_its_title_and_the_layout) {
    const Folder folder;
    const std::string page =
        folder.page("{{! title: Mi cuenta }}\n<h1>Hola</h1>\n    <p>x</p>\n\n");
    BOOST_TEST(page
               == "<title>Mi cuenta</title>\n<style>"s + styles_marker
                      + "</style>\n<main>\n<h1>Hola</h1>\n<p>x</p>\n</main>\n");
}

BOOST_AUTO_TEST_CASE(a_page_may_name_another_layout) {
    const Folder folder;
    BOOST_TEST(
        folder.page("{{! title: T }}\n{{! layout: static }}\nX").starts_with("STATIC T<style>"));
    BOOST_TEST(complaint([&] {
                   (void)folder.page("{{! title: T }}\n{{! layout: none }}\nX");
               }).find("none")
               != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_without_a_title_stops_the_start) {
    const Folder folder;
    for (const char* text :
         {"<h1>x</h1>", "", "\n{{! title: late }}", "{{! title: }}\nx", "{{! layout: page }}\nx"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(complaint([&] { (void)folder.page(text); }).find("title")
                       != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(template_text)

BOOST_AUTO_TEST_CASE(the_five_characters_of_html_are_escaped) {
    Model model;
    model.set("x", "<b a='1' c=\"2\">&</b>");
    const std::string output = rendered("{{x}}", model);
    BOOST_TEST(output.find_first_of("<>'\"") == std::string::npos, output);
    BOOST_TEST(output.starts_with("&lt;b a="));
    BOOST_TEST(output.find("&amp;") != std::string::npos);
    BOOST_TEST(output.find("&quot;2&quot;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_escaped_already_is_escaped_again) {
    Model model;
    model.set("x", "&lt;");
    BOOST_TEST(rendered("{{x}}", model) == "&amp;lt;");
}

BOOST_AUTO_TEST_CASE(plain_texts_of_mails_are_not_escaped) {
    Model model;
    model.set("x", "<a & 'b'>");
    BOOST_TEST(rendered("{{x}}", model, Escaping::None) == "<a & 'b'>");
}

BOOST_AUTO_TEST_CASE(a_value_is_never_read_as_a_template) {
    Model model;
    model.set("x", "{{y}}{{#y}}{{/y}}").set("y", "secret");
    BOOST_TEST(rendered("{{x}}", model, Escaping::None) == "{{y}}{{#y}}{{/y}}");
}

BOOST_AUTO_TEST_CASE(nothing_switches_escaping_off) {
    for (const char* text :
         {"{{{x}}}", "{{&x}}", "{{& x}}", "{{=<% %>=}}<%& x%>", "{{> x}}", "{{>x}}"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(complaint([&] { TemplateText("page", text, Escaping::Html); }).find("page")
                       != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_blank_before_the_mark_does_not_switch_escaping_off_either) {
    for (const char* text :
         {"{{ &x}}", "{{ & x }}", "{{\n&x}}", "{{ =<% %>=}}<%& x%>", "{{ >x}}"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(complaint([&] { TemplateText("page", text, Escaping::Html); }) != "");
        }
    }
}

BOOST_AUTO_TEST_CASE(an_ill_formed_template_stops_the_start) {
    for (const char* text : {"{{#a}}x", "{{/a}}", "{{#a}}{{/b}}", "{{a", "{{}}{{#"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(complaint([&] { TemplateText("page", text, Escaping::Html); }) != "");
        }
    }
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_absent) {
    Model model;
    model.set("empty", "")
        .set("full", "x")
        .set("yes", true)
        .set("no", false)
        .set("zero", std::int64_t{0});
    BOOST_TEST(rendered("{{#empty}}a{{/empty}}{{^empty}}b{{/empty}}", model) == "b");
    BOOST_TEST(rendered("{{#full}}{{full}}{{/full}}{{^full}}b{{/full}}", model) == "x");
    BOOST_TEST(rendered("{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{#missing}}c{{/missing}}", model) == "a");
    BOOST_TEST(rendered("[{{empty}}{{missing}}]", model) == "[]");
    BOOST_TEST(rendered("{{zero}}", model) == "0");
    BOOST_TEST(!model.has("empty"));
    BOOST_TEST(!model.has("no"));
    BOOST_TEST(!model.has("missing"));
    BOOST_TEST(model.has("full"));
    BOOST_TEST(model.has("zero"));
}

BOOST_AUTO_TEST_CASE(a_list_repeats_its_section) {
    Model model;
    std::vector<Model> items(2);
    items[0].set("n", "1").set("last", false);
    items[1].set("n", "2").set("last", true);
    model.set("items", std::move(items)).set("none", std::vector<Model>());
    BOOST_TEST(rendered("{{#items}}{{n}}{{^last}},{{/last}}{{/items}}{{^none}}.{{/none}}", model)
               == "1,2.");
}

BOOST_AUTO_TEST_CASE(a_template_is_rendered_as_often_as_one_likes) {
    const TemplateText text("test", "{{#a}}<{{a}}>{{/a}}", Escaping::Html);
    for (const char* value : {"1", "2", ""}) {
        Model model;
        model.set("a", value);
        std::string output = "before ";
        text.render(model, output);
        BOOST_TEST(output == (*value == 0 ? "before "s : "before <"s + value + ">"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(renderer)

BOOST_AUTO_TEST_CASE(the_stylesheet_stands_in_the_page_under_its_hash) {
    const Folder folder;
    (void)folder.page("{{! title: T }}\n<p>{{x}}</p>");
    Renderer renderer(folder.path());
    renderer.load_pages("x");
    Model model;
    model.set("x", "<1>");
    BOOST_TEST(
        renderer.page("x/y", model)
        == "<title>T</title>\n<style>body{color:red}</style>\n<main>\n<p>&lt;1&gt;</p>\n</main>\n");
    const std::string hash = "'sha256-" + base64(sha256("body{color:red}")) + "'";
    const std::string& policy = renderer.content_security_policy();
    BOOST_TEST(policy.find(hash) != std::string::npos);
    BOOST_TEST(policy.find("default-src 'none'") != std::string::npos);
    BOOST_TEST(policy.find("frame-ancestors 'none'") != std::string::npos);
    BOOST_TEST(policy.find("unsafe") == std::string::npos);
    BOOST_TEST((renderer.page_names() == std::vector<std::string>{"x/y"}));
}

BOOST_AUTO_TEST_CASE(texts_are_picked_by_key) {
    const Folder folder;
    const Renderer renderer(folder.path());
    Model model;
    model.set("name", "<Ana>");
    BOOST_TEST(renderer.text("hello", model) == "Hola, <Ana>.");
    BOOST_TEST(renderer.text("plain") == "Sin variables");
    BOOST_CHECK_THROW((void)renderer.text("unknown"), Failure);
    BOOST_CHECK_THROW((void)renderer.page("unknown", model), Failure);
    BOOST_CHECK_THROW((void)renderer.mail("unknown", model), Failure);
}

BOOST_AUTO_TEST_CASE(ill_formed_texts_stop_the_start) {
    const Folder folder;
    for (const char* texts : {"no equals sign\n", "a=1\na=2\n", "a={{{x}}}\n", "a={{#x}}\n"}) {
        folder.write("texts.txt", texts);
        BOOST_TEST_CONTEXT(texts) {
            BOOST_TEST(complaint([&] { Renderer renderer(folder.path()); }) != "");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_missing_folder_stops_the_start) {
    const Folder folder;
    Renderer renderer(folder.path());
    BOOST_TEST(complaint([&] { renderer.load_pages("nowhere"); }).find("nowhere")
               != std::string::npos);
    BOOST_TEST(complaint([&] { renderer.load_mails(); }) != "");
    BOOST_TEST(complaint([&] { Renderer other("/nowhere"); }) != "");
}

BOOST_AUTO_TEST_CASE(a_mail_has_a_subject_of_one_line_a_text_and_html) {
    const Folder folder;
    folder.write("mail/m.subject.mustache", "Hola {{name}}\n");
    folder.write("mail/m.txt.mustache", "Texto {{name}}\n");
    folder.write("mail/m.html.mustache", "<p>{{name}}</p>\n");
    Renderer renderer(folder.path());
    renderer.load_mails();
    Model model;
    model.set("name", "<Ana>");
    const RenderedMail mail = renderer.mail("m", model);
    BOOST_TEST(mail.subject == "Hola <Ana>");
    BOOST_TEST(mail.text == "Texto <Ana>\n");
    BOOST_TEST(mail.html == "<p>&lt;Ana&gt;</p>\n");
}

BOOST_AUTO_TEST_SUITE_END()
