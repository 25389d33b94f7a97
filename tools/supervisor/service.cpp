#include "supervisor/service.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace ventanilla::supervisor {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> fields;
    for (;;) {
        const auto end = text.find(separator);
        fields.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return fields;
        }
        text.remove_prefix(end + 1);
    }
}

std::chrono::milliseconds read_seconds(const std::string& text) {
    int seconds = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || rest != end || seconds < 1 || seconds > 3600) {
        throw BadServices("'" + text + "' is not a number of seconds from 1 to 3600");
    }
    return std::chrono::seconds(seconds);
}

int read_signal(const std::string& text) {
    static constexpr std::array<std::pair<std::string_view, int>, 4> known{
        {{"TERM", SIGTERM}, {"INT", SIGINT}, {"QUIT", SIGQUIT}, {"HUP", SIGHUP}}};
    const auto* found = std::find_if(
        known.begin(), known.end(), [&](const auto& entry) { return entry.first == text; });
    if (found == known.end()) {
        throw BadServices("'" + text + "' is none of TERM, INT, QUIT, HUP");
    }
    return found->second;
}

std::vector<int> read_signals(const std::string& text) {
    std::vector<int> signals;
    for (const std::string& name : split(text, ',')) {
        signals.push_back(read_signal(name));
    }
    return signals;
}

void read_option(Service& service, const std::string& field) {
    const auto equals = field.find('=');
    const std::string key = field.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
    if (field == "oneshot") {
        service.oneshot = true;
    } else if (value.empty()) {
        throw BadServices("option '" + field + "' is unknown or has no value");
    } else if (key == "socket") {
        service.socket = value;
    } else if (key == "ready") {
        service.ready = value;
    } else if (key == "log") {
        service.log = value;
    } else if (key == "stop") {
        service.stop_signals = read_signals(value);
    } else if (key == "grace") {
        service.grace = read_seconds(value);
    } else if (key == "timeout") {
        service.timeout = read_seconds(value);
    } else {
        throw BadServices("option '" + key + "' is unknown");
    }
}

Service read_line(const std::string& line) {
    const std::vector<std::string> fields = split(line, '\t');
    const auto dashes = std::find(fields.begin(), fields.end(), "--");
    if (fields.front().empty() || dashes == fields.end() || dashes + 1 == fields.end()) {
        throw BadServices("expected NAME, options, -- and a command, separated by tabs");
    }
    Service service;
    service.name = fields.front();
    std::for_each(
        fields.begin() + 1, dashes, [&](const std::string& field) { read_option(service, field); });
    service.command.assign(dashes + 1, fields.end());
    if (access(service.command.front().c_str(), X_OK) != 0) {
        throw BadServices(service.name + ": cannot run '" + service.command.front() + "'");
    }
    return service;
}

}  // namespace

std::vector<Service> read_services(std::istream& file) {
    std::vector<Service> services;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        try {
            Service service = read_line(line);
            if (std::any_of(services.begin(), services.end(), [&](const Service& other) {
                    return other.name == service.name;
                })) {
                throw BadServices("the name '" + service.name + "' stands twice");
            }
            services.push_back(std::move(service));
        } catch (const BadServices& bad) {
            throw BadServices("line " + std::to_string(number) + ": " + bad.what());
        }
    }
    if (services.empty()) {
        throw BadServices("it names no service");
    }
    return services;
}

}  // namespace ventanilla::supervisor
