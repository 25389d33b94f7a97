#include "view/composer.h"

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "core/digest.h"
#include "core/errors.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr int max_depth = 8;
constexpr std::string_view opening = "{{>";
constexpr std::string_view closing = "}}";
constexpr std::string_view static_reference = "\"/estatico/";
constexpr std::size_t version_characters = 12;

using Parameters = std::map<std::string, std::string>;

struct PartialCall {
    std::string name;
    Parameters parameters;
    std::size_t end = 0;  // first character after the tag
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
}

// Reads the tag that begins at `begin`: a name, then key="value" or key='value'.
PartialCall read_call(const std::string& text, std::size_t begin, const std::string& where) {
    PartialCall call;
    std::size_t at = begin + opening.size();
    const auto skip_space = [&] {
        at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    };
    const auto word = [&] {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n=}", at), text.size());
        std::string found = text.substr(at, end - at);
        at = end;
        return found;
    };
    skip_space();
    call.name = word();
    for (skip_space(); at < text.size() && text.compare(at, closing.size(), closing) != 0;
         skip_space()) {
        const std::string key = word();
        const bool quoted = at + 1 < text.size() && text[at] == '='
                            && (text[at + 1] == '"' || text[at + 1] == '\'');
        const std::size_t end = quoted ? text.find(text[at + 1], at + 2) : std::string::npos;
        if (key.empty() || end == std::string::npos) {
            throw Misconfigured("template " + where + ": cannot read the call of " + call.name);
        }
        call.parameters[key] = text.substr(at + 2, end - at - 2);
        at = end + 1;
    }
    if (at >= text.size()) {
        throw Misconfigured("template " + where + ": the call of " + call.name + " does not end");
    }
    call.end = at + closing.size();
    return call;
}

std::string filled(std::string partial, const PartialCall& call, const std::string& where) {
    for (const auto& [key, value] : call.parameters) {
        const std::string hole = "[[" + key + "]]";
        if (partial.find(hole) == std::string::npos) {
            throw Misconfigured("template " + where + ": " + call.name + " takes no " + key);
        }
        replace_all(partial, hole, value);
    }
    return partial;
}

std::string expand(const std::string& folder,
                   const std::string& text,
                   const std::string& where,
                   int depth) {
    if (depth > max_depth) {
        throw Misconfigured("template " + where + ": partials contain each other");
    }
    std::string result;
    std::size_t at = 0;
    for (;;) {
        const std::size_t begin = text.find(opening, at);
        result += text.substr(at, begin - at);
        if (begin == std::string::npos) {
            break;
        }
        const PartialCall call = read_call(text, begin, where);
        std::string partial = read_template_file(folder + "/partials/" + call.name + ".mustache");
        while (!partial.empty() && partial.back() == '\n') {
            partial.pop_back();
        }
        result += expand(folder, filled(std::move(partial), call, where), call.name, depth + 1);
        at = call.end;
    }
    return result;
}

// `"/estatico/NAME"` with a version that is another one whenever the file is: browsers may keep it.
std::string with_versions(const std::string& folder, const std::string& text) {
    std::string result;
    std::size_t at = 0;
    for (;;) {
        const std::size_t begin = text.find(static_reference, at);
        if (begin == std::string::npos) {
            return result + text.substr(at);
        }
        const std::size_t name = begin + static_reference.size();
        const std::size_t end = std::min(text.find('"', name), text.size());
        const std::string file = folder + "/static/" + text.substr(name, end - name);
        const std::string version = base64url(sha256(read_template_file(file)));
        result += text.substr(at, end - at) + "?v=" + version.substr(0, version_characters);
        at = end;
    }
}

// Takes `{{! key: value }}` off the front of the text; empty when it does not begin so.
std::string take_front_line(std::string& text, const std::string& key) {
    const std::string start = "{{! " + key + ":";
    if (!text.starts_with(start)) {
        return "";
    }
    const std::size_t line_end = std::min(text.find('\n'), text.size());
    const std::size_t end = text.rfind(closing, line_end);
    std::string value = trimmed(text.substr(start.size(), end - start.size()));
    text.erase(0, line_end + 1);
    return value;
}

// Indentation is for the reader of the source; a page is sent without it.
std::string without_indentation(const std::string& text) {
    std::string result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin != std::string::npos) {
            result += line.substr(begin) + '\n';
        }
    }
    return result;
}

}  // namespace

std::string read_template_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw Misconfigured("cannot read the template " + path);
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string with_partials(const std::string& folder,
                          const std::string& text,
                          const std::string& where) {
    std::string whole = expand(folder, text, where, 0);
    const std::size_t hole = whole.find("[[");
    if (hole != std::string::npos) {
        throw Misconfigured("template " + where + ": nothing is given for "
                            + whole.substr(hole, whole.find("]]", hole) + 2 - hole));
    }
    return whole;
}

std::string composed_page(const std::string& folder, const std::string& file) {
    std::string content = read_template_file(file);
    const std::string title = take_front_line(content, "title");
    const std::string layout = take_front_line(content, "layout");
    if (title.empty()) {
        throw Misconfigured("template " + file + " does not begin with {{! title: ... }}");
    }
    std::string page =
        read_template_file(folder + "/layouts/" + (layout.empty() ? "page" : layout) + ".mustache");
    replace_all(page, "{{> styles}}", std::string(1, styles_marker));
    replace_all(page, "{{> title}}", title);
    replace_all(page, "{{> content}}", content);
    return without_indentation(with_versions(folder, with_partials(folder, page, file)));
}

}  // namespace ventanilla
