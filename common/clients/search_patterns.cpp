#include <algorithm>
#include <iterator>

#include "clients/client_list.h"
#include "clients/phone.h"
#include "clients/text_array.h"
#include "core/text.h"

namespace ventanilla {
namespace {

// From so many digits on, digits that stand together are a telephone number and not, say, the
// number of a house.
constexpr std::size_t phone_digits = 6;
// Of a longer number the last digits are looked for: what stands before may be a country's code or
// a prefix for dialling that the table does not keep.
constexpr std::size_t longest_national = 10;
// What three-letter indexes find only at the beginning of a word.
constexpr std::size_t short_word = 3;

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    std::string rest = trimmed(text);
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(" \t\r\n\v\f"), rest.size());
        words.push_back(rest.substr(0, end));
        rest = trimmed(std::string_view(rest).substr(end));
    }
    return words;
}

std::string digits_of(const std::string& text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) {
        return c >= '0' && c <= '9';
    });
    return digits;
}

bool may_belong_to_phone(const std::string& word) {
    return word.find_first_not_of("0123456789+-()./") == std::string::npos;
}

// The digits that such words, one behind the other, say of a telephone number; empty: none.
std::string phone_of(const std::string& words) {
    std::string digits = digits_of(words);
    if (digits.size() < phone_digits) {
        const bool has_country = words.starts_with('+') || words.starts_with("(+");
        return has_country ? national_digits(words) : "";
    }
    if (words.find('+') != std::string::npos) {
        const std::string national = national_digits(words);
        digits = national.empty() ? digits : national;
    }
    return digits.size() > longest_national ? digits.substr(digits.size() - longest_national)
                                            : digits;
}

// Words with the parts of telephone numbers put together.
std::vector<std::string> looked_for(const std::string& text) {
    const auto words = words_of(text);
    std::vector<std::string> result;
    for (auto word = words.begin(); word != words.end();) {
        const auto end = std::find_if_not(word, words.end(), &may_belong_to_phone);
        std::string together;
        std::for_each(word, end, [&](const std::string& part) { together += part + ' '; });
        const std::string phone = phone_of(together);
        if (!phone.empty()) {
            result.push_back(phone);
        } else {
            result.insert(result.end(), word, end);
        }
        word = end;
        if (word != words.end()) {
            result.push_back(*word++);
        }
    }
    return result;
}

std::string pattern_of(const std::string& word) {
    std::string escaped;
    for (const char c : word) {
        if (c == '%' || c == '_' || c == '\\') {
            escaped += '\\';
        }
        escaped += c;
    }
    return (character_count(word) < short_word ? "% " : "%") + escaped + '%';
}

}  // namespace

SearchPatterns search_patterns(const std::string& text) {
    std::vector<std::string> words = looked_for(text);
    std::stable_sort(words.begin(), words.end(), [](const std::string& a, const std::string& b) {
        return character_count(a) > character_count(b);
    });
    std::vector<std::string> patterns;
    std::transform(words.begin(), words.end(), std::back_inserter(patterns), &pattern_of);
    SearchPatterns result;
    if (!patterns.empty()) {
        result.rarest = patterns.front();
        patterns.erase(patterns.begin());
    }
    if (!patterns.empty()) {
        result.second = patterns.front();
    }
    result.all = text_array(patterns);
    return result;
}

}  // namespace ventanilla
