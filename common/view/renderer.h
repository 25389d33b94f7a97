// Pages, mails and short texts from the folder of templates. Everything is read, put together and
// parsed once, before the first visitor: a missing partial or an ill-formed file stops the start.
// README.md tells how templates are written.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "view/model.h"
#include "view/template_text.h"

namespace ventanilla {

struct RenderedMail {
    std::string subject;
    std::string text;
    std::string html;
};

class Renderer {
  public:
    // Loads texts.txt and nothing else. Throws Misconfigured.
    explicit Renderer(std::string folder);

    // Loads all pages of templates/pages/FOLDER/ as "FOLDER/name".
    void load_pages(const std::string& folder);
    // Loads all of templates/mail/.
    void load_mails();

    [[nodiscard]] std::string page(std::string_view name, const Model& model) const;
    [[nodiscard]] RenderedMail mail(std::string_view message, const Model& model) const;

    // A line of texts.txt. Throws Failure for an unknown key (a test finds those before).
    [[nodiscard]] std::string text(std::string_view key, const Model& model) const;
    [[nodiscard]] std::string text(std::string_view key) const;

    // The Content-Security-Policy that allows the one inlined stylesheet and nothing else inline.
    [[nodiscard]] const std::string& content_security_policy() const { return policy_; }

    // For tests: what is loaded.
    [[nodiscard]] std::vector<std::string> page_names() const;
    [[nodiscard]] bool has_text(std::string_view key) const { return texts_.contains(key); }
    [[nodiscard]] std::vector<std::string> text_keys() const;

  private:
    // The stylesheet is most of a page's bytes and never changes: it stands between two templates.
    struct Page {
        TemplateText before;
        TemplateText after;
    };

    void load_texts();

    std::string folder_;
    std::string styles_;
    std::string policy_;
    std::map<std::string, Page, std::less<>> pages_;
    std::map<std::string, TemplateText, std::less<>> mails_;
    std::map<std::string, TemplateText, std::less<>> texts_;
};

}  // namespace ventanilla
