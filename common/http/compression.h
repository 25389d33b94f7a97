// gzip for answers that nginx leaves as they are: its filter compresses 200, 403 and 404 only, and
// a form shown again with its errors (422) would be three times as long on a slow network.
#pragma once

#include <string>
#include <string_view>

#include "http/response.h"

namespace ventanilla {

// Compresses the body (RFC 1952) and says so in the headers, when the visitor takes gzip
// (`accept_encoding` is the request's header), nginx will not do it, and it is worth it. When zlib
// fails the answer stays as it is.
void compress_for(std::string_view accept_encoding, Response& response);

}  // namespace ventanilla
