#include "view/template_text.h"

#include "core/errors.h"
#include "view/tree.h"

namespace ventanilla {

// The library's render is not const and keeps state: one object a process, one request at a time.
struct TemplateText::Parsed {
    explicit Parsed(const std::string& text) : mustache(text) {}
    kainjow::mustache::mustache mustache;
};

namespace {

// Tags that switch escaping off, change what a tag is, or would be put in at each render. The library skips blanks
// behind the braces, so this does too.
void refuse_raw_tags(const std::string& name, const std::string& text) {
    for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        const std::size_t mark = text.find_first_not_of(" \t\r\n", at + 2);
        if (mark != std::string::npos && std::string_view("{&>=").find(text[mark]) != std::string_view::npos) {
            throw Misconfigured("template " + name + " has {{" + text[mark]);
        }
    }
}

}  // namespace

TemplateText::TemplateText(const std::string& name, const std::string& text, Escaping escaping)
    : name_(name) {
    refuse_raw_tags(name, text);
    parsed_ = std::make_unique<Parsed>(text);
    if (!parsed_->mustache.is_valid()) {
        throw Misconfigured("template " + name + ": " + parsed_->mustache.error_message());
    }
    if (escaping == Escaping::None) {
        parsed_->mustache.set_custom_escape([](const std::string& value) { return value; });
    }
}

TemplateText::TemplateText(TemplateText&& other) noexcept = default;
TemplateText& TemplateText::operator=(TemplateText&& other) noexcept = default;
TemplateText::~TemplateText() = default;

void TemplateText::render(const Model& model, std::string& output) const {
    parsed_->mustache.render(model.tree_->data,
                             [&output](const std::string& piece) { output += piece; });
    if (!parsed_->mustache.is_valid()) {
        throw Failure("template " + name_ + " failed: " + parsed_->mustache.error_message());
    }
}

}  // namespace ventanilla
