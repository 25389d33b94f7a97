#include "unit/web_server.h"

#include <algorithm>
#include <array>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

namespace ventanilla::test {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

WebRequest parsed(const std::string& head) {
    WebRequest request;
    const auto line_end = head.find("\r\n");
    const auto first = head.find(' ');
    const auto second = head.find(' ', first + 1);
    request.method = head.substr(0, first);
    request.target = head.substr(first + 1, second - first - 1);
    for (auto at = line_end + 2; at < head.size();) {
        const auto end = std::min(head.find("\r\n", at), head.size());
        const std::string line = head.substr(at, end - at);
        const auto colon = line.find(':');
        if (colon != std::string::npos) {
            const auto value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
            request.headers[lower(line.substr(0, colon))] = line.substr(value);
        }
        at = end + 2;
    }
    return request;
}

// What has been read from a connection and not used yet.
class Incoming {
  public:
    explicit Incoming(int client) : client_(client) {}

    // Up to and with `mark`; empty at the end.
    std::string until(const std::string& mark) {
        while (kept_.find(mark) == std::string::npos) {
            if (!read()) {
                return "";
            }
        }
        return take(kept_.find(mark) + mark.size());
    }

    std::string exactly(std::size_t count) {
        while (kept_.size() < count && read()) {
        }
        return take(std::min(count, kept_.size()));
    }

  private:
    bool read() {
        std::array<char, 4096> buffer{};
        const ssize_t count = recv(client_, buffer.data(), buffer.size(), 0);
        if (count > 0) {
            kept_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return count > 0;
    }
    std::string take(std::size_t count) {
        const std::string taken = kept_.substr(0, count);
        kept_.erase(0, count);
        return taken;
    }

    int client_;
    std::string kept_;
};

void send_all(int client, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const ssize_t count = send(client, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) {
            return;
        }
        sent += static_cast<std::size_t>(count);
    }
}

std::string decoded(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%') {
            plain += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
            at += 2;
        } else {
            plain += text[at] == '+' ? ' ' : text[at];
        }
    }
    return plain;
}

}  // namespace

const std::string WebServer::silence = "silence";

std::string WebRequest::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

WebServer::WebServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(bind(listener_, generic, size) == 0);
    BOOST_REQUIRE(listen(listener_, 8) == 0);
    BOOST_REQUIRE(getsockname(listener_, generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

WebServer::~WebServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int client : clients_) {
            shutdown(client, SHUT_RDWR);
        }
    }
    for (auto& talk : talks_) {
        talk.join();
    }
    for (const int client : clients_) {
        close(client);
    }
    close(listener_);
}

std::vector<WebRequest> WebServer::requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
}

WebRequest WebServer::request() {
    const auto all = requests();
    BOOST_REQUIRE(!all.empty());
    return all.back();
}

void WebServer::serve() {
    for (int client = accept(listener_, nullptr, nullptr); client >= 0;
         client = accept(listener_, nullptr, nullptr)) {
        ++connections;
        const std::lock_guard lock(mutex_);
        clients_.push_back(client);
        talks_.emplace_back([this, client] { converse(client); });
    }
}

// The socket is closed with the server, so that its number is not given to another meanwhile.
void WebServer::converse(int client) {
    Incoming incoming(client);
    for (std::string head = incoming.until("\r\n\r\n"); !head.empty();
         head = incoming.until("\r\n\r\n")) {
        WebRequest request = parsed(head);
        const std::string length = request.header("content-length");
        request.body = incoming.exactly(length.empty() ? 0 : std::stoul(length));
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        const std::string answer = handler_(request);
        if (answer.empty()) {
            break;
        }
        if (answer != silence) {
            send_all(client, answer);
        }
    }
    shutdown(client, SHUT_RDWR);
}

std::string web_answer(int status, const std::string& body, const std::string& more_headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + more_headers
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::map<std::string, std::string> form_fields(const std::string& body) {
    std::map<std::string, std::string> fields;
    for (std::size_t at = 0; at < body.size();) {
        const auto end = std::min(body.find('&', at), body.size());
        const std::string pair = body.substr(at, end - at);
        const auto equals = pair.find('=');
        const bool is_new =
            fields.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)))
                .second;
        BOOST_TEST(is_new, pair << " comes twice");
        at = end + 1;
    }
    return fields;
}

}  // namespace ventanilla::test
