#include "tree/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace ventanilla::test {
namespace {

namespace fs = std::filesystem;

const std::string root = VENTANILLA_SOURCE_DIR;
const std::set<std::string> not_ours = {"build", "node_modules", ".git", "var", "__pycache__"};

std::string whole_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool ends_well(const std::string& name, const std::vector<std::string>& endings) {
    return endings.empty()
           || std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) {
                  return name.ends_with(ending);
              });
}

}  // namespace

std::vector<SourceFile> sources(const std::vector<std::string>& folders,
                                const std::vector<std::string>& endings) {
    std::vector<SourceFile> files;
    for (const auto& folder : folders) {
        if (!fs::is_directory(fs::path(root) / folder)) {
            continue;
        }
        for (auto entry = fs::recursive_directory_iterator(fs::path(root) / folder);
             entry != fs::recursive_directory_iterator();
             ++entry) {
            const std::string name = entry->path().filename().string();
            if (entry->is_directory() && not_ours.contains(name)) {
                entry.disable_recursion_pending();
            } else if (entry->is_regular_file() && ends_well(name, endings)) {
                files.push_back(
                    {fs::relative(entry->path(), root).string(), whole_file(entry->path())});
            }
        }
    }
    std::sort(
        files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

std::string source_text(const std::string& path) {
    return whole_file(fs::path(root) / path);
}

bool source_exists(const std::string& path) {
    return fs::exists(fs::path(root) / path);
}

std::vector<std::string> matches(const std::string& text,
                                 const std::string& pattern,
                                 std::size_t group) {
    const std::regex expression(pattern);
    std::vector<std::string> all;
    for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
        all.push_back((*at)[group].str());
    }
    return all;
}

std::string without_comments(const std::string& text) {
    std::string code;
    for (std::size_t at = 0; at < text.size();) {
        if (text.compare(at, 2, "//") == 0) {
            at = std::min(text.find('\n', at), text.size());
        } else if (text.compare(at, 2, "/*") == 0) {
            at = std::min(text.find("*/", at), text.size() - 2) + 2;
        } else if (text.compare(at, 2, "R\"") == 0) {
            const std::size_t open = text.find('(', at);
            const std::string closing = ")" + text.substr(at + 2, open - at - 2) + "\"";
            const std::size_t end =
                std::min(text.find(closing, open), text.size() - closing.size()) + closing.size();
            code += text.substr(at, end - at);
            at = end;
        } else if (text[at] == '"') {
            std::size_t end = at + 1;
            while (end < text.size() && text[end] != '"') {
                end += text[end] == '\\' ? 2 : 1;
            }
            code += text.substr(at, end + 1 - at);
            at = end + 1;
        } else if (text[at] == '\'' && at + 2 < text.size()
                   && (text[at + 1] == '\\' ? text[at + 3] == '\'' : text[at + 2] == '\'')) {
            const std::size_t length = text[at + 1] == '\\' ? 4 : 3;
            code += text.substr(at, length);
            at += length;
        } else {
            code += text[at++];
        }
    }
    return code;
}

}  // namespace ventanilla::test
