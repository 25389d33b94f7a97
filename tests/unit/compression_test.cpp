// Which answers are compressed here, and that they open again.
#include "http/compression.h"

#include <string>
#include <utility>
#include <zlib.h>

#include <boost/test/unit_test.hpp>

#include "http/response.h"
#include "unit/repeated.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

// RFC 1952.
std::string unzipped(std::string packed) {
    std::string text(1 << 20, '\0');
    z_stream stream{};
    BOOST_REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    BOOST_TEST(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
}

Response page_of(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compression)

BOOST_AUTO_TEST_CASE(a_form_shown_again_is_compressed_for_who_takes_it) {
    const std::string body = repeated("<p>El código no es ese.</p>\n", 100);
    for (const char* accepted : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8"}) {
        Response response = page_of(422, body);
        compress_for(accepted, response);
        BOOST_TEST(response.body.size() < body.size() / 4);
        BOOST_TEST((unzipped(response.body) == body));
        const std::string text = serialized(response, false, true);
        BOOST_TEST(text.find("Content-Encoding: gzip\r\n") != std::string::npos);
        BOOST_TEST(text.find("Vary: Accept-Encoding\r\n") != std::string::npos);
        BOOST_TEST(text.find("Content-Length: " + std::to_string(response.body.size()) + "\r\n")
                   != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_nginx_compresses_and_what_is_short_stays_as_it_is) {
    for (const int status : {200, 403, 404}) {
        Response response = page_of(status, std::string(5000, 'x'));
        compress_for("gzip", response);
        BOOST_TEST(response.body.size() == 5000U);
        BOOST_TEST(response.headers.empty());
    }
    Response brief = page_of(422, std::string(511, 'x'));
    compress_for("gzip", brief);
    BOOST_TEST(brief.body.size() == 511U);
    Response redirect = Response::see_other("/login/");
    compress_for("gzip", redirect);
    BOOST_TEST(redirect.body.empty());
}

BOOST_AUTO_TEST_CASE(who_does_not_take_gzip_gets_plain_text) {
    for (const char* accepted : {"", "identity", "br", "deflate"}) {
        Response response = page_of(422, std::string(5000, 'x'));
        compress_for(accepted, response);
        BOOST_TEST(response.body.size() == 5000U);
    }
}

BOOST_AUTO_TEST_CASE(who_refuses_gzip_gets_plain_text) {
    Response response = page_of(422, std::string(5000, 'x'));
    compress_for("gzip;q=0, identity", response);
    BOOST_TEST(response.body.size() == 5000U);
}

BOOST_AUTO_TEST_SUITE_END()
