// The Cookie header as it is read.
#include <string>

#include <boost/test/unit_test.hpp>

#include "http/form.h"

using namespace ventanilla;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(cookies)

BOOST_AUTO_TEST_CASE(cookies_are_taken_as_they_are) {
    const Fields cookies = read_cookies("visitor=abc; session=d%20e=f; empty=");
    BOOST_TEST(cookies.get("visitor") == "abc");
    BOOST_TEST(cookies.get("session") == "d%20e=f");
    BOOST_TEST(cookies.has("empty"));
    BOOST_TEST(cookies.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_cookie_that_comes_twice_is_none) {
    const Fields cookies = read_cookies("session=planted; visitor=v; session=mine");
    BOOST_TEST(!cookies.has("session"));
    BOOST_TEST(cookies.get("visitor") == "v");
    BOOST_TEST(read_cookies("a=1; a=1").size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_cookie_name_is_told_apart_by_case_and_prefix) {
    const Fields cookies = read_cookies("__Host-session=a; session=b; Session=c");
    BOOST_TEST(cookies.get("__Host-session") == "a");
    BOOST_TEST(cookies.get("session") == "b");
}

BOOST_AUTO_TEST_CASE(a_cookie_header_that_makes_no_sense_is_harmless) {
    for (const auto& header :
         {""s, ";"s, ";;;"s, "noequals"s, "; ; a"s, "   "s, std::string(8000, ';')}) {
        BOOST_TEST(read_cookies(header).size() == 0U);
    }
    BOOST_TEST(read_cookies("a=1;b=2").get("b") == "2");
    BOOST_TEST(read_cookies("  a=1  ;  b=2  ").get("a") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
