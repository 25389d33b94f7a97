#include "view/renderer.h"

#include <filesystem>
#include <sstream>

#include "core/digest.h"
#include "core/errors.h"
#include "core/text.h"
#include "view/composer.h"

namespace ventanilla {
namespace {

constexpr std::string_view extension = ".mustache";

// The files of a folder that end in .mustache, without that ending.
std::vector<std::string> template_names(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(extension)) {
            names.push_back(name.substr(0, name.size() - extension.size()));
        }
    }
    if (names.empty()) {
        throw Misconfigured("setting TEMPLATES_DIR: no templates in " + folder);
    }
    return names;
}

const auto& known(const auto& map, std::string_view name) {
    const auto found = map.find(name);
    if (found == map.end()) {
        throw Failure("no template named " + std::string(name));
    }
    return found->second;
}

}  // namespace

Renderer::Renderer(std::string folder) : folder_(std::move(folder)) {
    styles_ = read_template_file(folder_ + "/partials/styles.mustache");
    policy_ = "default-src 'none'; style-src 'sha256-" + base64(sha256(styles_))
              + "'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
                "base-uri 'none'; frame-ancestors 'none'";
    load_texts();
}

void Renderer::load_texts() {
    std::istringstream lines(read_template_file(folder_ + "/texts.txt"));
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find('=');
        if (line.empty() || line.front() == '#') {
            continue;
        }
        if (equals == std::string::npos) {
            throw Misconfigured("texts.txt: a line without =: " + line);
        }
        const std::string key = trimmed(line.substr(0, equals));
        TemplateText text(key, trimmed(line.substr(equals + 1)), Escaping::None);
        if (!texts_.emplace(key, std::move(text)).second) {
            throw Misconfigured("texts.txt: " + key + " stands twice");
        }
    }
}

void Renderer::load_pages(const std::string& folder) {
    for (const auto& name : template_names(folder_ + "/pages/" + folder)) {
        const std::string key = folder + '/' + name;
        const std::string whole =
            composed_page(folder_, folder_ + "/pages/" + key + std::string(extension));
        const std::size_t marker = std::min(whole.find(styles_marker), whole.size());
        Page page{TemplateText(key, whole.substr(0, marker), Escaping::Html),
                  TemplateText(
                      key, marker < whole.size() ? whole.substr(marker + 1) : "", Escaping::Html)};
        pages_.insert_or_assign(key, std::move(page));
    }
}

void Renderer::load_mails() {
    for (const auto& name : template_names(folder_ + "/mail")) {
        const std::string file = folder_ + "/mail/" + name + std::string(extension);
        const auto escaping = name.ends_with(".html") ? Escaping::Html : Escaping::None;
        const std::string text = with_partials(folder_, read_template_file(file), file);
        mails_.insert_or_assign(name, TemplateText(name, text, escaping));
    }
}

std::string Renderer::page(std::string_view name, const Model& model) const {
    const Page& page = known(pages_, name);
    std::string output;
    output.reserve(styles_.size() * 2 + 8192);
    page.before.render(model, output);
    output += styles_;
    page.after.render(model, output);
    return output;
}

RenderedMail Renderer::mail(std::string_view message, const Model& model) const {
    RenderedMail mail;
    const std::string base(message);
    known(mails_, base + ".subject").render(model, mail.subject);
    known(mails_, base + ".txt").render(model, mail.text);
    known(mails_, base + ".html").render(model, mail.html);
    mail.subject = trimmed(mail.subject);
    return mail;
}

std::string Renderer::text(std::string_view key, const Model& model) const {
    std::string output;
    known(texts_, key).render(model, output);
    return output;
}

std::string Renderer::text(std::string_view key) const {
    return text(key, Model());
}

std::vector<std::string> Renderer::page_names() const {
    std::vector<std::string> names;
    for (const auto& [name, page] : pages_) {
        names.push_back(name);
    }
    return names;
}

std::vector<std::string> Renderer::text_keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, text] : texts_) {
        keys.push_back(key);
    }
    return keys;
}

}  // namespace ventanilla
