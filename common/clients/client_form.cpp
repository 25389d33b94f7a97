#include "clients/client_form.h"

#include <algorithm>

#include "clients/phone.h"
#include "core/text.h"

namespace ventanilla {
namespace {

constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_email = 254;
constexpr std::size_t longest_address = 500;
constexpr std::size_t longest_notes = 4000;

bool is_control(char c) {
    return (c >= 0 && c < ' ') || c == '\x7f';
}

// One line: control characters count as blanks, and blanks are single.
std::string single_line(const std::string& typed) {
    std::string line = typed;
    std::replace_if(line.begin(), line.end(), &is_control, ' ');
    line = trimmed(line);
    const auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
    line.erase(std::unique(line.begin(), line.end(), both_blank), line.end());
    return line;
}

// Several lines, ended by LF as the table keeps them.
std::string lines(const std::string& typed) {
    std::string text = typed;
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c != '\n' && is_control(c); }, ' ');
    return trimmed(text);
}

void check_name(CheckedClient& client) {
    std::string& name = client.data.full_name;
    name = single_line(name);
    if (name.empty()) {
        client.problems.push_back({"full_name", "client_name_required"});
    } else if (character_count(name) > longest_name) {
        client.problems.push_back({"full_name", "client_name_too_long"});
    }
}

void check_email(CheckedClient& client) {
    std::string& email = client.data.email;
    email = trimmed(email);
    if (email.size() > longest_email) {
        client.problems.push_back({"email", "client_email_too_long"});
    } else if (!email.empty() && !looks_like_email(email)) {
        client.problems.push_back({"email", "client_email_malformed"});
    }
}

void check_phone(CheckedClient& client, const std::string& region) {
    std::string& phone = client.data.phone;
    phone = trimmed(phone);
    if (phone.empty()) {
        return;
    }
    if (const auto read = read_phone(phone, region)) {
        phone = read->stored;
    } else {
        client.problems.push_back({"phone", "client_phone_unusable"});
    }
}

}  // namespace

CheckedClient checked_client(const ClientData& typed, const std::string& phone_region) {
    CheckedClient client{typed, {}};
    check_name(client);
    check_email(client);
    check_phone(client, phone_region);
    client.data.address = lines(client.data.address);
    if (character_count(client.data.address) > longest_address) {
        client.problems.push_back({"address", "client_address_too_long"});
    }
    client.data.notes = lines(client.data.notes);
    if (character_count(client.data.notes) > longest_notes) {
        client.problems.push_back({"notes", "client_notes_too_long"});
    }
    return client;
}

}  // namespace ventanilla
