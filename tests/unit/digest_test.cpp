// Digests and encodings against the vectors of their standards.
#include "core/digest.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace ventanilla;
using namespace std::string_literals;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) {
        text += static_cast<char>(value);
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digests)

BOOST_AUTO_TEST_CASE(sha256_gives_the_digests_of_fips_180) {
    BOOST_TEST(hex(sha256(""))
               == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(hex(sha256("abc"))
               == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(hex(sha256(std::string(1'000'000, 'a')))
               == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(hmac_sha256_gives_the_values_of_rfc_4231) {
    struct Vector {
        std::string key;
        std::string data;
        std::string mac;
    };
    const std::string counting = *from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819");
    const std::vector<Vector> vectors = {
        {std::string(20, '\x0b'),
         "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe",
         "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'),
         std::string(50, '\xdd'),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counting,
         std::string(50, '\xcd'),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(131, '\xaa'),
         "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. The "
         "key needs to be hashed before being used by the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
    for (const auto& [key, data, mac] : vectors) {
        BOOST_TEST(hex(hmac_sha256(key, data)) == mac);
    }
}

BOOST_AUTO_TEST_CASE(base64_gives_the_texts_of_rfc_4648) {
    const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        BOOST_TEST(base64(plain) == encoded);
        const std::string bare = encoded.substr(0, encoded.find('='));
        BOOST_TEST(base64url(plain) == bare);
        BOOST_TEST(from_base64url(bare).value() == plain);
    }
    BOOST_TEST(base64(bytes({0xfb, 0xff, 0xfe})) == "+//+");
    BOOST_TEST(base64url(bytes({0xfb, 0xff, 0xfe})) == "-__-");
}

BOOST_AUTO_TEST_CASE(base64url_refuses_what_it_never_writes) {
    for (const char* text :
         {"Z", "Zm9vY", "Zg==", "Zm9+", "Zm9/", "Zm 9", "Zm9\n", "Zm9.", "ñañ"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!from_base64url(text).has_value());
        }
    }
    BOOST_TEST(!from_base64url("Zm9\0"s).has_value());
}

BOOST_AUTO_TEST_CASE(every_byte_survives_base64url_and_hex) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all += static_cast<char>(byte);
        BOOST_TEST((from_base64url(base64url(all)) == all));
        BOOST_TEST((from_hex(hex(all)) == all));
    }
}

BOOST_AUTO_TEST_CASE(hex_reads_both_cases_and_nothing_else) {
    BOOST_TEST(hex("\x01\xab\xff") == "01abff");
    BOOST_TEST((from_hex("01aBFf") == "\x01\xab\xff"s));
    BOOST_TEST((from_hex("") == ""s));
    for (const char* text : {"0", "0g", "0x", "é", " 0", "000"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!from_hex(text).has_value());
        }
    }
    BOOST_TEST(!from_hex("0\0"s).has_value());
}

BOOST_AUTO_TEST_CASE(equality_in_constant_time_is_equality) {
    BOOST_TEST(equal_in_constant_time("", ""));
    BOOST_TEST(equal_in_constant_time("abc", "abc"));
    BOOST_TEST(!equal_in_constant_time("abc", "abd"));
    BOOST_TEST(!equal_in_constant_time("abc", "ab"));
    BOOST_TEST(!equal_in_constant_time("a\0b"s, "a\0c"s));
}

BOOST_AUTO_TEST_SUITE_END()
