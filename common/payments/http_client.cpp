#include "payments/http_client.h"

#include <algorithm>
#include <array>

#include <curl/curl.h>

#include "core/errors.h"
#include "core/web_address.h"

namespace ventanilla {
namespace {

constexpr std::size_t most_answer_bytes = 1024UL * 1024;
constexpr const char* our_name = "Ventanilla";

using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

bool has_line_end(const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
}

// Absent when one of them would break out of its line.
std::optional<HeaderList> header_list(const OutboundRequest& request) {
    // Without it, libcurl waits a second for a "100 Continue" before a longer body.
    HeaderList list(curl_slist_append(nullptr, "Expect:"), &curl_slist_free_all);
    for (const auto& [name, value] : request.headers) {
        if (has_line_end(name) || has_line_end(value)) {
            return std::nullopt;
        }
        const std::string line = name + ": " + value;
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) {
            throw std::bad_alloc();
        }
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

// The scheme that an address may be reached by; empty: none. Plain http stays on this host.
const char* allowed_scheme(const std::string& url) {
    const auto address = web_address(url);
    if (!address) {
        return "";
    }
    const bool is_plain = !address->is_https && is_loopback_host(address->host);
    return address->is_https ? "https" : (is_plain ? "http" : "");
}

}  // namespace

struct HttpClient::Handle {
    explicit Handle(const std::function<bool()>& must_leave_now);
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { curl_easy_cleanup(easy); }

    void prepare(const OutboundRequest& request, const char* scheme, curl_slist* headers) const;
    void set_time(std::chrono::milliseconds connect, std::chrono::milliseconds whole) const;
    [[nodiscard]] std::variant<OutboundAnswer, NoAnswer> perform();
    [[nodiscard]] NoAnswer explained(CURLcode code) const;

    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

    CURL* easy = nullptr;
    const std::function<bool()>& must_leave;
    std::array<char, CURL_ERROR_SIZE> error{};
    std::string body;
    bool is_too_long = false;
};

HttpClient::Handle::Handle(const std::function<bool()>& must_leave_now)
    : must_leave(must_leave_now) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    easy = ready ? curl_easy_init() : nullptr;
    if (easy == nullptr) {
        throw Failure("libcurl gives no handle");
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, our_name);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Handle::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &Handle::on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
}

void HttpClient::Handle::prepare(const OutboundRequest& request,
                                 const char* scheme,
                                 curl_slist* headers) const {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, scheme);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
    if (request.method == "GET") {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(
        easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void HttpClient::Handle::set_time(std::chrono::milliseconds connect,
                                  std::chrono::milliseconds whole) const {
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(whole.count()));
}

std::variant<OutboundAnswer, NoAnswer> HttpClient::Handle::perform() {
    body.clear();
    is_too_long = false;
    error.front() = '\0';
    const CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK) {
        return explained(code);
    }
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return OutboundAnswer{static_cast<int>(status), std::move(body)};
}

NoAnswer HttpClient::Handle::explained(CURLcode code) const {
    curl_off_t ready_to_send = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_to_send);
    const bool may_have_arrived = ready_to_send > 0;
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return {"given up because the program is to leave", may_have_arrived};
    }
    if (is_too_long) {
        return {"the answer is longer than a provider's answers are", may_have_arrived};
    }
    return {error.front() != '\0' ? error.data() : curl_easy_strerror(code), may_have_arrived};
}

std::size_t HttpClient::Handle::on_body(char* data,
                                        std::size_t size,
                                        std::size_t count,
                                        void* self) {
    auto& handle = *static_cast<Handle*>(self);
    const std::size_t bytes = size * count;
    handle.is_too_long = handle.body.size() + bytes > most_answer_bytes;
    if (handle.is_too_long) {
        return 0;
    }
    handle.body.append(data, bytes);
    return bytes;
}

int HttpClient::Handle::on_progress(
    void* self, curl_off_t /*down*/, curl_off_t /*of*/, curl_off_t /*up*/, curl_off_t /*of*/) {
    return static_cast<Handle*>(self)->must_leave() ? 1 : 0;
}

HttpClient::HttpClient(Limits limits, std::function<bool()> must_leave)
    : limits_(limits), must_leave_(std::move(must_leave)) {}

HttpClient::~HttpClient() = default;

std::variant<OutboundAnswer, NoAnswer> HttpClient::send(const OutboundRequest& request,
                                                        Deadline until) {
    const char* scheme = allowed_scheme(request.url);
    const auto headers = header_list(request);
    if (*scheme == '\0' || !headers) {
        return NoAnswer{"the address or a header is not one that may be sent"};
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds(0)) {
        return NoAnswer{"no time is left"};
    }
    if (!handle_) {
        handle_ = std::make_unique<Handle>(must_leave_);
    }
    handle_->set_time(std::min(limits_.connect, left), std::min(limits_.whole, left));
    handle_->prepare(request, scheme, headers->get());
    return handle_->perform();
}

}  // namespace ventanilla
