// One HTTP request as nginx handed it over, read whole and not yet trusted.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/fields.h"

namespace ventanilla {

// A file that came with a form.
struct UploadedFile {
    std::string field;
    std::string name;  // as the browser told, without folders
    std::string content;
};

struct Request {
    std::string method;  // "GET", "HEAD", "POST", ...
    std::string path;    // of the request target, as sent (not percent-decoded), without the query
    std::string query_string;  // undecoded
    std::string content_type;
    std::string body;
    std::string request_id;      // nginx's, also in its log
    std::string remote_address;  // set by nginx alone, never by a header of the visitor
    std::string user_agent;
    std::string accept_encoding;
    std::string host;
    std::string origin;      // header Origin; empty when absent
    std::string fetch_site;  // header Sec-Fetch-Site; empty when absent
    std::size_t body_length =
        0;  // what Content-Length announced; `body` is empty when that is over the limit
    // All of them, names in lower case; only of a POST whose body is no form (a provider's
    // notification).
    std::vector<std::pair<std::string, std::string>> headers;
    bool is_https = false;
    bool body_complete = true;  // false when fewer bytes came than announced

    Fields query;
    Fields form;
    Fields cookies;
    std::vector<UploadedFile> files;
};

}  // namespace ventanilla
