#include "view/template_text.h"

#include <algorithm>

#include "core/errors.h"
#include "view/tree.h"

namespace ventanilla {

// The library's render is not const and keeps state: one object a process, one request at a time.
struct TemplateText::Parsed {
    explicit Parsed(const std::string& text) : mustache(text) {}
    kainjow::mustache::mustache mustache;
};

// Where the library looks names up: in the innermost item first, then outwards.
class ModelContext : public kainjow::mustache::basic_context<std::string> {
  public:
    using Data = kainjow::mustache::data;

    explicit ModelContext(const Model& model) : trees_{model.tree_.get()} {}

    // A section over a value that is no item of a list has no names of its own.
    void push(const Data* value) override {
        const Model::Tree* item = nullptr;
        for (auto tree = trees_.rbegin(); tree != trees_.rend() && item == nullptr; ++tree) {
            item = *tree == nullptr ? nullptr : (*tree)->item_behind(value);
        }
        trees_.push_back(item);
    }

    void pop() override { trees_.pop_back(); }

    [[nodiscard]] const Data* get(const std::string& name) const override {
        for (auto tree = trees_.rbegin(); tree != trees_.rend(); ++tree) {
            const auto* entry = *tree == nullptr ? nullptr : (*tree)->find(name);
            if (entry != nullptr) {
                return &entry->value;
            }
        }
        return nullptr;
    }

    [[nodiscard]] const Data* get_partial(const std::string& /*name*/) const override {
        return nullptr;  // partials are put in when a template is loaded
    }

  private:
    std::vector<const Model::Tree*> trees_;
};

namespace {

// What the library writes to: whole lines, and what is left at the end.
template <class Append>
struct Sink {
    Append append;
    Sink& operator<<(const std::string& line) {
        append(line);
        return *this;
    }
};

// Tags that switch escaping off, change what a tag is, or would be put in at each render. The
// library skips blanks behind the braces, so this does too.
void refuse_raw_tags(const std::string& name, const std::string& text) {
    for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        const std::size_t mark = text.find_first_not_of(" \t\r\n", at + 2);
        if (mark != std::string::npos
            && std::string_view("{&>=").find(text[mark]) != std::string_view::npos) {
            throw Misconfigured("template " + name + " has {{" + text[mark]);
        }
    }
}

// The library makes a component of every word and every blank, and copies them one by one. What
// stands between two tags therefore reaches it as one short mark, and is put in when the rendered
// text is taken over: measured, pages render in a fifth of the time.
constexpr char mark = '\x11';  // no page and no value holds it: see html_escaped()
constexpr std::size_t mark_size = 3;
constexpr std::size_t digit_base = 32;
constexpr char digit_zero = '@';  // '@' to '_': nothing that the library reads

std::string mark_of(const std::string& name, std::size_t number) {
    if (number >= digit_base * digit_base) {
        throw Misconfigured("template " + name + " has too many tags");
    }
    return {mark,
            static_cast<char>(digit_zero + static_cast<char>(number / digit_base)),
            static_cast<char>(digit_zero + static_cast<char>(number % digit_base))};
}

std::size_t number_of(const char* at) {
    return static_cast<std::size_t>(at[1] - digit_zero) * digit_base
           + static_cast<std::size_t>(at[2] - digit_zero);
}

// A value as HTML text or quoted attribute. Control characters, which HTML forbids, become blanks.
std::string html_escaped(const std::string& value) {
    std::string text;
    text.reserve(value.size() + value.size() / 8);
    for (const char c : value) {
        switch (c) {
            case '&':
                text += "&amp;";
                break;
            case '<':
                text += "&lt;";
                break;
            case '>':
                text += "&gt;";
                break;
            case '"':
                text += "&quot;";
                break;
            case '\'':
                text += "&apos;";
                break;
            default:
                text += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return text;
}

}  // namespace

TemplateText::TemplateText(const std::string& name, const std::string& text, Escaping escaping)
    : name_(name) {
    refuse_raw_tags(name, text);
    const bool is_html = escaping == Escaping::Html;
    parsed_ = std::make_unique<Parsed>(is_html ? with_marks(text) : text);
    if (!parsed_->mustache.is_valid()) {
        throw Misconfigured("template " + name + ": " + parsed_->mustache.error_message());
    }
    if (is_html) {
        parsed_->mustache.set_custom_escape(html_escaped);
    } else {
        parsed_->mustache.set_custom_escape([](const std::string& value) { return value; });
    }
}

std::string TemplateText::with_marks(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t tag = std::min(text.find("{{", at), text.size());
        if (tag > at) {
            result += mark_of(name_, pieces_.size());
            pieces_.push_back(text.substr(at, tag - at));
        }
        const std::size_t tag_end = std::min(text.find("}}", tag), text.size());
        at = std::min(tag_end + 2, text.size());
        result.append(text, tag, at - tag);
    }
    return result;
}

void TemplateText::append(std::string_view rendered, std::string& output) const {
    if (pieces_.empty()) {
        output += rendered;
        return;
    }
    while (!rendered.empty()) {
        const std::size_t next = std::min(rendered.find(mark), rendered.size());
        output += rendered.substr(0, next);
        rendered.remove_prefix(next);
        if (!rendered.empty()) {
            output += pieces_.at(number_of(rendered.data()));
            rendered.remove_prefix(mark_size);
        }
    }
}

TemplateText::TemplateText(TemplateText&& other) noexcept = default;
TemplateText& TemplateText::operator=(TemplateText&& other) noexcept = default;
TemplateText::~TemplateText() = default;

void TemplateText::render(const Model& model, std::string& output) const {
    ModelContext context(model);
    Sink sink{[&](const std::string& line) { append(line, output); }};
    parsed_->mustache.render(context, sink);
    if (!parsed_->mustache.is_valid()) {
        throw Failure("template " + name_ + " failed: " + parsed_->mustache.error_message());
    }
}

}  // namespace ventanilla
