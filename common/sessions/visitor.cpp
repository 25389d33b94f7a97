#include "sessions/visitor.h"

#include <array>
#include <utility>

namespace ventanilla {
namespace {

using Names = std::pair<const char*, const char*>;

// The first one found counts: others carry the names of those below them.
constexpr std::array<Names, 8> browsers = {{{"Edg", "Edge"},
                                            {"OPR/", "Opera"},
                                            {"SamsungBrowser", "Samsung Internet"},
                                            {"Firefox", "Firefox"},
                                            {"FxiOS", "Firefox"},
                                            {"CriOS", "Chrome"},
                                            {"Chrome", "Chrome"},
                                            {"Safari", "Safari"}}};
constexpr std::array<Names, 7> systems = {{{"Android", "Android"},
                                           {"iPhone", "iPhone"},
                                           {"iPad", "iPad"},
                                           {"Windows", "Windows"},
                                           {"Mac OS X", "macOS"},
                                           {"CrOS", "ChromeOS"},
                                           {"Linux", "Linux"}}};

template <std::size_t Count>
std::string first_found(const std::string& text, const std::array<Names, Count>& names) {
    for (const auto& [mark, name] : names) {
        if (text.find(mark) != std::string::npos) {
            return name;
        }
    }
    return "";
}

}  // namespace

std::string device_name(const std::string& user_agent) {
    const std::string browser = first_found(user_agent, browsers);
    const std::string system = first_found(user_agent, systems);
    if (browser.empty() || system.empty()) {
        return browser + system;
    }
    return browser + " · " + system;
}

}  // namespace ventanilla
