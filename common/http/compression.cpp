#include "http/compression.h"

#include <optional>
#include <zlib.h>

namespace ventanilla {
namespace {

constexpr int level = 5;  // as nginx is told to
constexpr std::size_t worth_it_bytes = 512;
constexpr int gzip_window_bits = 15 + 16;  // zlib.h, deflateInit2: 16 more for a gzip header
constexpr int memory_level = 8;

bool nginx_compresses(int status) {
    return status == 200 || status == 403 || status == 404;
}

// RFC 9110 12.5.3: named, and not with a weight of zero.
bool takes_gzip(std::string_view accept_encoding) {
    constexpr std::string_view name = "gzip";
    const auto at = accept_encoding.find(name);
    if (at == std::string_view::npos) {
        return false;
    }
    std::string weight;
    for (const char c : accept_encoding.substr(at + name.size())) {
        if (c == ',') {
            break;
        }
        weight += c == ' ' ? "" : std::string(1, c);
    }
    return !weight.starts_with(";q=0") || weight.find_first_of("123456789") != std::string::npos;
}

// Absent when zlib has no memory.
std::optional<std::string> gzipped(const std::string& text) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY)
        != Z_OK) {
        return std::nullopt;
    }
    std::string packed(deflateBound(&stream, text.size()), '\0');
    // zlib does not write to its input; the type is an old one.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int outcome = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return outcome == Z_STREAM_END ? std::optional(std::move(packed)) : std::nullopt;
}

}  // namespace

void compress_for(std::string_view accept_encoding, Response& response) {
    if (nginx_compresses(response.status) || response.body.size() < worth_it_bytes
        || !takes_gzip(accept_encoding)) {
        return;
    }
    auto packed = gzipped(response.body);
    if (!packed) {
        return;
    }
    response.body = std::move(*packed);
    response.with_header("Content-Encoding", "gzip").with_header("Vary", "Accept-Encoding");
}

}  // namespace ventanilla
