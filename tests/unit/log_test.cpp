// Log lines that nobody can forge.
#include "core/log.h"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace ventanilla;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(plain_values_stand_bare) {
    BOOST_TEST(log_line("info", "request", {{"status", "200"}, {"route", "/login/"}})
               == "level=info event=request status=200 route=/login/");
}

BOOST_AUTO_TEST_CASE(nothing_a_visitor_sends_starts_a_new_line) {
    for (const auto& hostile :
         {"a\nlevel=error"s, "a\r\nb"s, "a\x1b[2Jb"s, "a\0b"s, "a\x7f"s, "a\tb"s}) {
        const std::string line = log_line("info", "x", {{"value", hostile}});
        for (const char c : line) {
            BOOST_TEST((static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'));
        }
    }
    BOOST_TEST(log_line("info", "x", {{"v", "a\nb"}}) == R"(level=info event=x v="a\x0ab")");
    BOOST_TEST(log_line("info", "x", {{"v", "\x1b[31m"}}) == R"(level=info event=x v="\x1b[31m")");
}

BOOST_AUTO_TEST_CASE(a_value_cannot_end_its_quotes_or_pose_as_another_field) {
    BOOST_TEST(log_line("info", "x", {{"v", R"(a" b=c \)"}})
               == R"(level=info event=x v="a\" b=c \\")");
    BOOST_TEST(log_line("info", "x", {{"v", "b=c"}}) == R"(level=info event=x v="b=c")");
    BOOST_TEST(log_line("info", "x", {{"v", "back\\slash"}})
               == R"(level=info event=x v="back\\slash")");
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_visible_and_letters_of_every_script_stay) {
    BOOST_TEST(log_line("info", "x", {{"v", ""}}) == R"(level=info event=x v="")");
    BOOST_TEST(log_line("info", "x", {{"v", "ñandú"}}) == "level=info event=x v=ñandú");
}

BOOST_AUTO_TEST_SUITE_END()
