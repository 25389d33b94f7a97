// A web server of this process that says what a test wants it to say, and keeps what it was asked.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ventanilla::test {

struct WebRequest {
    std::string method;
    std::string target;                          // path and query
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const;
};

class WebServer {
  public:
    // The bytes of the whole answer; empty: the connection is closed; `silence`: it stays open.
    using Handler = std::function<std::string(const WebRequest&)>;
    static const std::string silence;

    explicit WebServer(Handler handler);
    WebServer(const WebServer&) = delete;
    WebServer& operator=(const WebServer&) = delete;
    ~WebServer();

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<WebRequest> requests();
    // The last one.
    [[nodiscard]] WebRequest request();
    std::atomic<int> connections = 0;

  private:
    void serve();
    void converse(int client);

    Handler handler_;
    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::vector<WebRequest> requests_;
    std::vector<int> clients_;
    std::vector<std::thread> talks_;
    std::thread thread_;
};

// A whole answer with Content-Length.
std::string web_answer(int status,
                       const std::string& body,
                       const std::string& more_headers = "Content-Type: application/json\r\n");

// The fields of application/x-www-form-urlencoded, decoded; a name that comes twice fails the test.
std::map<std::string, std::string> form_fields(const std::string& body);

}  // namespace ventanilla::test
