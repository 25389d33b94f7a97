// The repository's own files, for the checks of its promises.
#pragma once

#include <string>
#include <vector>

namespace ventanilla::test {

struct SourceFile {
    std::string path;  // from the repository's root
    std::string text;
};

// All files below these folders whose names end in one of `endings` (empty: all), sorted; without
// what is built or downloaded.
std::vector<SourceFile> sources(const std::vector<std::string>& folders,
                                const std::vector<std::string>& endings);

// One file; absent ones give an empty text.
std::string source_text(const std::string& path);
bool source_exists(const std::string& path);

// All non-overlapping matches of a regular expression's group.
std::vector<std::string> matches(const std::string& text,
                                 const std::string& pattern,
                                 std::size_t group = 1);

// C++ without comments.
std::string without_comments(const std::string& text);

}  // namespace ventanilla::test
