// Which addresses are taken apart, and what counts as this host or as part of a domain.
#include "core/web_address.h"

#include <boost/test/unit_test.hpp>

using namespace ventanilla;

namespace {

std::string host_of(const std::string& text) {
    const auto address = web_address(text);
    return address ? address->host : "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_addresses)

BOOST_AUTO_TEST_CASE(an_address_is_taken_apart) {
    const auto address = web_address("HTTPS://Api.Ejemplo.ORG:8443/v1/x?a=b#c");
    BOOST_REQUIRE(address.has_value());
    BOOST_TEST(address->is_https);
    BOOST_TEST(address->host == "api.ejemplo.org");
    BOOST_TEST(address->port == "8443");
    BOOST_TEST(address->rest == "/v1/x?a=b#c");
    const auto bare = web_address("http://127.0.0.1");
    BOOST_REQUIRE(bare.has_value());
    BOOST_TEST(!bare->is_https);
    BOOST_TEST(bare->port == "");
    BOOST_TEST(bare->rest == "");
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_keeps_its_brackets_and_its_port) {
    const auto address = web_address("http://[::1]:8080/x");
    BOOST_REQUIRE(address.has_value());
    BOOST_TEST(address->host == "[::1]");
    BOOST_TEST(address->port == "8080");
    BOOST_TEST(host_of("http://[::1]/") == "[::1]");
}

BOOST_AUTO_TEST_CASE(the_host_ends_where_path_query_or_fragment_begin) {
    BOOST_TEST(host_of("https://evil.example/paypal.com") == "evil.example");
    BOOST_TEST(host_of("https://evil.example?paypal.com") == "evil.example");
    BOOST_TEST(host_of("https://evil.example#@paypal.com") == "evil.example");
}

BOOST_AUTO_TEST_CASE(what_hides_its_host_is_no_address) {
    for (const char* text : {"",
                             "https://",
                             "https:///path",
                             "ftp://ejemplo.org/",
                             "file:///etc/passwd",
                             "javascript:alert(1)",
                             "//ejemplo.org/",
                             " https://ejemplo.org/",
                             "https://user@ejemplo.org/",
                             "https://user:secret@ejemplo.org/",
                             "https://paypal.com\\@evil.example/",
                             "https://ejemplo.org:/",
                             "https://ejemplo.org:80x/",
                             "https://.ejemplo.org/",
                             "https://ejemplo..org/",
                             "https://ejemplo.org/a b",
                             "https://ejemplo.org/a\nb",
                             "https://ejempl\xc3\xb3.org/",
                             "https://[::2]/",
                             "https://ejemplo_org/"}) {
        BOOST_TEST(host_of(text) == "none", text);
    }
    BOOST_TEST(host_of("https://ejemplo.org/" + std::string(2000, 'a')) == "none");
    BOOST_TEST(host_of(std::string("https://ejemplo.org/\0", 21)) == "none");
}

BOOST_AUTO_TEST_CASE(this_host_has_few_names) {
    for (const char* host : {"localhost", "127.0.0.1", "127.8.9.1", "[::1]"}) {
        BOOST_TEST(is_loopback_host(host), host);
    }
    for (const char* host : {"",
                             "127.example",
                             "127.0.0.1.example",
                             "1270.0.0.1",
                             "128.0.0.1",
                             "0.0.0.0",
                             "localhost.example",
                             "[::2]",
                             "10.0.0.1"}) {
        BOOST_TEST(!is_loopback_host(host), host);
    }
}

BOOST_AUTO_TEST_CASE(a_domain_holds_itself_and_what_lies_under_it) {
    BOOST_TEST(is_host_under("paypal.com", "paypal.com"));
    BOOST_TEST(is_host_under("api.sandbox.paypal.com", "paypal.com"));
    for (const char* host :
         {"", "com", "evilpaypal.com", "paypal.com.evil.example", "paypal.co", ".com"}) {
        BOOST_TEST(!is_host_under(host, "paypal.com"), host);
    }
}

BOOST_AUTO_TEST_SUITE_END()
