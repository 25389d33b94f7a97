#include "accounts/password_policy.h"

#include <algorithm>
#include <array>
#include <zxcvbn.h>

#include "core/text.h"

namespace ventanilla {
namespace {

// Guesses that a good cracker needs, as a power of two. Lists of the commonest passwords, key rows,
// dates and names with a digit stay below; three unrelated words or eight random letters are far
// above.
constexpr double min_entropy_bits = 22.0;

// The estimate takes more than linear time; what is good in its first characters stays good.
constexpr std::size_t estimated_characters = 64;

// Spanish words that everybody tries and the library's English lists lack.
constexpr std::array local_words = {"contraseña",
                                    "contrasena",
                                    "clave",
                                    "hola",
                                    "mexico",
                                    "acceso",
                                    "secreto",
                                    "bienvenido",
                                    "usuario",
                                    "cuenta",
                                    "amor",
                                    "teamo",
                                    "familia",
                                    "america",
                                    "portal",
                                    "tequiero",
                                    "quiero"};

std::vector<std::string> words_of(const std::vector<std::string>& context) {
    std::vector<std::string> words;
    for (const auto& text : context) {
        std::string word;
        for (const char c : folded(text) + ' ') {
            if (std::string_view(" @.-_+").find(c) == std::string_view::npos) {
                word += c;
                continue;
            }
            if (word.size() >= 3) {
                words.push_back(word);
            }
            word.clear();
        }
    }
    return words;
}

// The name itself, an address or the part before its @: what everybody types first.
bool names_somebody(const std::string& password, const std::vector<std::string>& context) {
    return std::any_of(context.begin(), context.end(), [&](const std::string& text) {
        const std::string name = folded(text);
        return !name.empty() && (password == name || password == name.substr(0, name.find('@')));
    });
}

}  // namespace

std::optional<PasswordProblem> password_problem(std::string_view password,
                                                std::int64_t min_length,
                                                const std::vector<std::string>& context) {
    if (password.empty()) {
        return PasswordProblem::Missing;
    }
    if (character_count(password) < static_cast<std::size_t>(min_length)) {
        return PasswordProblem::TooShort;
    }
    if (password.size() > max_password_bytes) {
        return PasswordProblem::TooLong;
    }
    if (names_somebody(folded(password), context)) {
        return PasswordProblem::Common;
    }
    const std::vector<std::string> words = words_of(context);
    std::vector<const char*> dictionary(local_words.begin(), local_words.end());
    for (const auto& word : words) {
        dictionary.push_back(word.c_str());
    }
    dictionary.push_back(nullptr);
    const std::string measured = folded(first_characters(password, estimated_characters));
    if (ZxcvbnMatch(measured.c_str(), dictionary.data(), nullptr) < min_entropy_bits) {
        return PasswordProblem::Common;
    }
    return std::nullopt;
}

}  // namespace ventanilla
