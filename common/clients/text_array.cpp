#include "clients/text_array.h"

namespace ventanilla {

std::string text_array(const std::vector<std::string>& texts) {
    std::string literal = "{";
    for (const auto& text : texts) {
        literal += literal.size() == 1 ? "\"" : ",\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                literal += '\\';
            }
            literal += c;
        }
        literal += '"';
    }
    return literal + '}';
}

std::string id_array(const std::vector<std::int64_t>& ids) {
    std::string literal = "{";
    for (const auto id : ids) {
        literal += (literal.size() == 1 ? "" : ",") + std::to_string(id);
    }
    return literal + '}';
}

}  // namespace ventanilla
