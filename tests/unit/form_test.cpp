// Forms, above all what cgicc alone would get wrong (reference/security.md 3).
#include "http/form.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "unit/repeated.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

namespace {

Request posted(std::string body, std::string type = "application/x-www-form-urlencoded") {
    Request request;
    request.method = "POST";
    request.content_type = std::move(type);
    request.body_length = body.size();
    request.body = std::move(body);
    return request;
}

Request asked(std::string query) {
    Request request;
    request.method = "GET";
    request.query_string = std::move(query);
    return request;
}

// The fields of a body as "name=value|name=value".
std::string fields_of(const std::string& body) {
    Request request = posted(body);
    if (read_form(request) != FormReading::Fine) {
        return "(refused)";
    }
    std::string all;
    for (const auto& [name, value] : request.form) {
        all += (all.empty() ? "" : "|") + name + '=' + value;
    }
    return all;
}

bool is(FormReading reading, Request request) {
    return read_form(request) == reading;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(form)

BOOST_AUTO_TEST_CASE(fields_come_decoded_and_in_order) {
    BOOST_TEST(fields_of("username=maria&password=abc") == "username=maria|password=abc");
    BOOST_TEST(fields_of("a=%C3%B1and%c3%BA") == "a=ñandú");
    BOOST_TEST(fields_of("a=1%262%3D3%2525") == "a=1&2=3%25");
    BOOST_TEST(fields_of("b=2&a=1") == "b=2|a=1");
}

BOOST_AUTO_TEST_CASE(a_plus_is_a_blank_and_an_escaped_plus_is_a_plus) {
    BOOST_TEST(fields_of("a=tres+palabras+largas") == "a=tres palabras largas");
    BOOST_TEST(fields_of("a=1%2B1") == "a=1+1");
    BOOST_TEST(fields_of("a+b=1") == "a b=1");
}

BOOST_AUTO_TEST_CASE(escapes_are_undone_once) {
    BOOST_TEST(fields_of("a=%2527") == "a=%27");
    BOOST_TEST(fields_of("a=%252500") == "a=%2500");
}

BOOST_AUTO_TEST_CASE(a_name_without_an_equals_sign_has_an_empty_value) {
    BOOST_TEST(fields_of("omitir") == "omitir=");
    BOOST_TEST(fields_of("a=1&omitir") == "a=1|omitir=");
    BOOST_TEST(fields_of("omitir&a=1") == "omitir=|a=1");
    BOOST_TEST(fields_of("a=") == "a=");
}

BOOST_AUTO_TEST_CASE(only_the_first_equals_sign_ends_a_name) {
    BOOST_TEST(fields_of("a=b=c==") == "a=b=c==");
}

BOOST_AUTO_TEST_CASE(a_semicolon_is_an_ordinary_character) {
    BOOST_TEST(fields_of("a=1;b=2") == "a=1;b=2");
    BOOST_TEST(fields_of("a=1%3Bb=2&c=3") == "a=1;b=2|c=3");
    BOOST_TEST(fields_of("a;b=1") == "a;b=1");
}

BOOST_AUTO_TEST_CASE(runs_of_ampersands_are_nothing) {
    BOOST_TEST(fields_of("&&a=1&&&b=2&&") == "a=1|b=2");
    BOOST_TEST(fields_of("&") == "");
}

BOOST_AUTO_TEST_CASE(a_field_that_comes_twice_is_kept_twice_and_the_first_counts) {
    Request request = posted("charge=1&charge=2&charge=3");
    BOOST_TEST((read_form(request) == FormReading::Fine));
    BOOST_TEST(request.form.count("charge") == 3U);
    BOOST_TEST(request.form.get("charge") == "1");
    BOOST_TEST((request.form.all("charge") == std::vector<std::string>{"1", "2", "3"}));
    BOOST_TEST(request.form.size() == 3U);
    BOOST_TEST(!request.form.has("other"));
    BOOST_TEST(request.form.get("other").empty());
}

BOOST_AUTO_TEST_CASE(names_differ_by_case) {
    Request request = posted("Code=1&code=2");
    BOOST_TEST((read_form(request) == FormReading::Fine));
    BOOST_TEST(request.form.get("code") == "2");
    BOOST_TEST(request.form.get("CODE").empty());
}

BOOST_AUTO_TEST_CASE(an_empty_body_is_an_empty_form) {
    BOOST_TEST(fields_of("") == "");
    BOOST_TEST(is(FormReading::Fine, posted("", "")));
    BOOST_TEST(is(FormReading::Fine, posted("", "text/plain")));
}

BOOST_AUTO_TEST_CASE(a_post_takes_its_fields_from_the_body_alone) {
    Request request = posted("a=body");
    request.query_string = "a=query&b=query";
    BOOST_TEST((read_form(request) == FormReading::Fine));
    BOOST_TEST(request.form.get("a") == "body");
    BOOST_TEST(!request.form.has("b"));
    BOOST_TEST(request.query.get("a") == "query");

    Request empty = posted("");
    empty.query_string = "csrf_token=x";
    BOOST_TEST((read_form(empty) == FormReading::Fine));
    BOOST_TEST(empty.form.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_get_has_query_fields_and_no_form) {
    Request request = asked("next=%2Fadmin%2F&x");
    request.body = "a=1";
    BOOST_TEST((read_form(request) == FormReading::Fine));
    BOOST_TEST(request.query.get("next") == "/admin/");
    BOOST_TEST(request.query.has("x"));
    BOOST_TEST(request.form.size() == 0U);
}

BOOST_AUTO_TEST_CASE(only_urlencoded_bodies_are_forms) {
    for (const char* type : {"application/x-www-form-urlencoded",
                             "application/x-www-form-urlencoded; charset=UTF-8",
                             "APPLICATION/X-WWW-FORM-URLENCODED",
                             " application/x-www-form-urlencoded ;charset=utf-8"}) {
        BOOST_TEST_CONTEXT(type) {
            BOOST_TEST(is(FormReading::Fine, posted("a=1", type)));
        }
    }
    for (const char* type : {"",
                             "text/plain",
                             "application/json",
                             "multipart/form-data; boundary=x",
                             "application/x-www-form-urlencodedx",
                             "text/plain; application/x-www-form-urlencoded"}) {
        BOOST_TEST_CONTEXT(type) {
            BOOST_TEST(is(FormReading::WrongType, posted("a=1", type)));
        }
    }
}

BOOST_AUTO_TEST_CASE(bad_percent_escapes_are_refused) {
    for (const char* text :
         {"a=%", "a=%4", "a=%zz", "a=%4z", "a=%-1", "a=x%", "%=1", "a=%u00e1", "a=% 41"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(is(FormReading::BadEncoding, posted(text)));
            BOOST_TEST(is(FormReading::BadEncoding, asked(text)));
        }
    }
}

BOOST_AUTO_TEST_CASE(nul_and_text_that_is_not_utf_8_are_refused) {
    for (const auto& text : {"a=%00"s,
                             "a%00b=1"s,
                             "a=1\0"s,
                             "a=%ff"s,
                             "a=\xff"s,
                             "a=%C0%AF"s,
                             "a=%ED%A0%80"s,
                             "a=%C3"s,
                             "%E2%82=1"s}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(is(FormReading::BadEncoding, posted(text)));
            BOOST_TEST(is(FormReading::BadEncoding, asked(text)));
        }
    }
}

BOOST_AUTO_TEST_CASE(raw_control_characters_are_refused_and_escaped_line_ends_are_text) {
    for (const auto& text : {"a=1\r\nb=2"s, "a=1\n"s, "a=\t"s, "a=\x7f"s, "a=\x1b"s}) {
        BOOST_TEST(is(FormReading::BadEncoding, posted(text)));
    }
    BOOST_TEST(fields_of("a=1%0D%0A2") == "a=1\r\n2");
}

BOOST_AUTO_TEST_CASE(a_bad_query_spoils_a_post_too) {
    Request request = posted("a=1");
    request.query_string = "x=%";
    BOOST_TEST((read_form(request) == FormReading::BadEncoding));
}

BOOST_AUTO_TEST_CASE(two_hundred_fields_are_enough) {
    BOOST_TEST(is(FormReading::Fine, posted("a=1" + repeated("&a=1", max_fields - 1))));
    BOOST_TEST(is(FormReading::TooManyFields, posted("a=1" + repeated("&a=1", max_fields))));
    BOOST_TEST(is(FormReading::TooManyFields, asked("a=1" + repeated("&a=1", max_fields))));
}

BOOST_AUTO_TEST_CASE(a_body_of_nothing_but_ampersands_is_refused_at_once) {
    BOOST_TEST(is(FormReading::TooManyFields, posted(std::string(max_form_bytes, '&'))));
    BOOST_TEST(is(FormReading::TooManyFields, asked(std::string(8000, '&'))));
}

BOOST_AUTO_TEST_CASE(a_large_body_is_refused_by_its_announced_length) {
    BOOST_TEST(is(FormReading::Fine, posted("a=" + std::string(max_form_bytes - 2, 'x'))));
    Request request = posted("");
    request.body_length = max_form_bytes + 1;
    BOOST_TEST(is(FormReading::TooLarge, request));
    request.body_complete = false;
    BOOST_TEST(is(FormReading::TooLarge, request));
}

BOOST_AUTO_TEST_CASE(a_body_that_was_cut_is_refused) {
    Request request = posted("a=1");
    request.body_length = 10;
    request.body_complete = false;
    BOOST_TEST(is(FormReading::Incomplete, request));
}

BOOST_AUTO_TEST_SUITE_END()
