// The rules for text that people type.
#include "core/text.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/web_address.h"

using namespace ventanilla;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(valid_utf_8_is_told_from_everything_else) {
    struct Row {
        std::string text;
        bool valid;
    };
    const std::vector<Row> rows = {{"", true},
                                   {"abc", true},
                                   {"ñ", true},
                                   {"€", true},
                                   {"😀", true},
                                   {"\x7f", true},
                                   {"\xc2\x80", true},          // the first of two bytes
                                   {"\xdf\xbf", true},          // the last
                                   {"\xe0\xa0\x80", true},      // the first of three
                                   {"\xed\x9f\xbf", true},      // just below the surrogates
                                   {"\xee\x80\x80", true},      // just above
                                   {"\xef\xbf\xbf", true},      // U+FFFF
                                   {"\xf0\x90\x80\x80", true},  // the first of four
                                   {"\xf4\x8f\xbf\xbf", true},  // U+10FFFF
                                   {"\0"s, false},              // NUL
                                   {"a\0b"s, false},
                                   {"\x80", false},  // a lone continuation
                                   {"\xbf", false},
                                   {"\xc0\x80", false},  // overlong NUL
                                   {"\xc0\xaf", false},  // overlong slash
                                   {"\xc1\xbf", false},
                                   {"\xe0\x80\xaf", false},
                                   {"\xe0\x9f\xbf", false},
                                   {"\xf0\x80\x80\xaf", false},
                                   {"\xf0\x8f\xbf\xbf", false},
                                   {"\xed\xa0\x80", false},  // surrogates
                                   {"\xed\xbf\xbf", false},
                                   {"\xf4\x90\x80\x80", false},  // above U+10FFFF
                                   {"\xf5\x80\x80\x80", false},
                                   {"\xf8\x88\x80\x80\x80", false},  // five bytes
                                   {"\xfe", false},
                                   {"\xff", false},
                                   {"\xc3", false},  // cut
                                   {"\xe2\x82", false},
                                   {"\xf0\x9f\x98", false},
                                   {"\xc3(", false},  // no continuation behind it
                                   {"\xe2\x28\xa1", false},
                                   {"ok\xc3", false}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        BOOST_TEST_CONTEXT("row " << i) {
            BOOST_TEST(is_valid_text(rows[i].text) == rows[i].valid);
        }
    }
}

BOOST_AUTO_TEST_CASE(characters_are_counted_and_cut_whole) {
    BOOST_TEST(character_count("") == 0U);
    BOOST_TEST(character_count("año€😀") == 5U);
    BOOST_TEST(first_characters("año€😀", 2) == "añ");
    BOOST_TEST(first_characters("año€😀", 4) == "año€");
    BOOST_TEST(first_characters("año€😀", 5) == "año€😀");
    BOOST_TEST(first_characters("año", 99) == "año");
    BOOST_TEST(first_characters("año", 0).empty());
}

BOOST_AUTO_TEST_CASE(white_space_of_every_kind_goes_from_both_ends) {
    BOOST_TEST(trimmed("  maria \t\r\n") == "maria");
    BOOST_TEST(trimmed("\u00a0maria\u00a0") == "maria");
    BOOST_TEST(trimmed("\u3000\u2003maria\ufeff") == "maria");
    BOOST_TEST(trimmed("maria del mar") == "maria del mar");
    BOOST_TEST(trimmed("").empty());
    BOOST_TEST(trimmed(" \t\u00a0").empty());
}

BOOST_AUTO_TEST_CASE(folding_lowers_letters_of_every_script) {
    BOOST_TEST(folded("MARÍA Ñandú") == "maría ñandú");
    BOOST_TEST(folded("ÀÉÎÕÜ") == "àéîõü");
    BOOST_TEST(folded("ΑΒΓ ЖЩ") == "αβγ жщ");
    BOOST_TEST(folded("123 @.-_😀") == "123 @.-_😀");
    BOOST_TEST(folded("").empty());
}

BOOST_AUTO_TEST_CASE(one_plain_mailbox_is_an_email) {
    const std::string long_local(64, 'a');
    std::string domain_of_189;
    for (int i = 0; i < 3; ++i) {
        domain_of_189 += std::string(61, 'b') + '.';
    }
    for (const std::string& email : {"maria@correo.com"s,
                                     "m@c.mx"s,
                                     "MARIA@CORREO.COM"s,
                                     "maria.perez+avisos@sub.correo.com.mx"s,
                                     "maria_perez-2@correo-2.org"s,
                                     "o'higgins@correo.com"s,
                                     "a!#$%&*/=?^`{|}~b@c.mx"s,
                                     "1234567890@correo.com"s,
                                     "maria@123.com"s,
                                     "maria@correo.museum"s,
                                     "maria@xn--correo-2za.mx"s,
                                     "ñandú@correo.mx"s,
                                     "maria@peña.mx"s,
                                     long_local + "@correo.com",
                                     long_local + "@" + domain_of_189.substr(0, 186) + "mx"}) {
        BOOST_TEST_CONTEXT(email) {
            BOOST_TEST(looks_like_email(email));
        }
    }
}

BOOST_AUTO_TEST_CASE(everything_else_is_no_email) {
    const std::string long_local(65, 'a');
    for (const std::string& text :
         {""s,
          "maria"s,
          "@"s,
          "@correo.com"s,
          "maria@"s,
          "maria@correo"s,
          "maria@.com"s,
          "maria@correo."s,
          "maria@correo..com"s,
          "maria@-correo.com"s,
          "maria@correo_x.com"s,
          "maria@correo.com "s,
          " maria@correo.com"s,
          "ma ria@correo.com"s,
          "maria@cor reo.com"s,
          "maria@correo.com\n"s,
          "maria@correo.com\r\nBcc: otra@correo.com"s,
          "maria@correo.com,otra@correo.com"s,
          "maria@correo.com;otra@correo.com"s,
          "maria@@correo.com"s,
          "maria@otra@correo.com"s,
          "Maria <maria@correo.com>"s,
          "<maria@correo.com>"s,
          "\"maria\"@correo.com"s,
          "maria(casa)@correo.com"s,
          "ma:ria@correo.com"s,
          "ma[r]ia@correo.com"s,
          "ma\\ria@correo.com"s,
          "maria@[127.0.0.1]"s,
          ".maria@correo.com"s,
          "maria.@correo.com"s,
          "ma\0ria@correo.com"s,
          "ma\tria@correo.com"s,
          "ma\x7fria@correo.com"s,
          "ma\xffria@correo.com"s,
          "maria@correo.com/?x"s,
          "mailto:maria@correo.com"s,
          long_local + "@correo.com",
          "maria@" + std::string(60, 'a') + '.' + std::string(190, 'b') + ".mx"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!looks_like_email(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(blanks_and_controls_outside_of_ascii_are_no_email_either) {
    for (const char* text : {"ma\u00a0ria@correo.com",
                             "ma\u2028ria@correo.com",
                             "ma\u0085ria@correo.com",
                             "ma\u3000ria@correo.com",
                             "maria@cor\u00a0reo.com"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!looks_like_email(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mailbox_that_no_to_header_may_hold_is_no_email) {
    // RFC 5322 3.4.1 (dot-atom) and RFC 1035 2.3.1 (labels).
    for (const std::string& text : {"ma..ria@correo.com"s,
                                    "maria@correo-.com"s,
                                    "maria@correo.com-"s,
                                    "maria@correo.-com"s,
                                    "maria@" + std::string(64, 'a') + ".com"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!looks_like_email(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_username_keeps_letters_digits_and_five_marks) {
    BOOST_TEST(username_characters("maria") == "maria");
    BOOST_TEST(username_characters("María Ñ. Pérez-2_x+y@z") == "MaríaÑ.Pérez-2_x+y@z");
    BOOST_TEST(username_characters("a b\tc\nd") == "abcd");
    BOOST_TEST(username_characters("<script>\"'&;/\\") == "script");
    BOOST_TEST(username_characters("Жанна 李").find(' ') == std::string::npos);
    BOOST_TEST(username_characters("Жанна李") == "Жанна李");
    BOOST_TEST(username_characters("😀!¡¿?").empty());
    BOOST_TEST(username_characters("").empty());
}

BOOST_AUTO_TEST_CASE(a_username_has_at_most_150_characters) {
    std::string name;
    for (int i = 0; i < 200; ++i) {
        name += "ñ";
    }
    BOOST_TEST(character_count(username_characters(name)) == 150U);
    BOOST_TEST(username_characters(std::string(50, ' ') + std::string(150, 'a'))
               == std::string(150, 'a'));
}

BOOST_AUTO_TEST_CASE(a_masked_username_shows_the_first_and_the_last_character) {
    BOOST_TEST(masked_username("maria") == "m***a");
    BOOST_TEST(masked_username("ana") == "a***a");
    BOOST_TEST(masked_username("al") == "a***");
    BOOST_TEST(masked_username("a") == "a***");
    BOOST_TEST(masked_username("ñandú") == "ñ***ú");
    BOOST_TEST(masked_username("😀ab😀") == "😀***😀");
    BOOST_TEST(masked_username("ñú") == "ñ***");
    BOOST_TEST(masked_username("") == "***");
}

BOOST_AUTO_TEST_CASE(limits_count_by_network) {
    BOOST_TEST(network_of("192.0.2.77") == "192.0.2.0/24");
    BOOST_TEST(network_of("255.255.255.255") == "255.255.255.0/24");
    BOOST_TEST(network_of("2001:db8:1:2ff::1") == "2001:db8:1:200::/56");
    BOOST_TEST(network_of("2001:db8:1:200:ffff:ffff:ffff:ffff") == "2001:db8:1:200::/56");
    BOOST_TEST(network_of("2001:db8:1:300::1") == "2001:db8:1:300::/56");
    BOOST_TEST(network_of("::1") == "::/56");
    BOOST_TEST(network_of("unix:").find('/') == std::string::npos);
    BOOST_TEST(network_of("") == "");
    BOOST_TEST(network_of("192.0.2.300") == "192.0.2.300");
}

BOOST_AUTO_TEST_CASE(an_ipv4_address_in_ipv6_form_counts_as_its_own_network) {
    BOOST_TEST(network_of("::ffff:192.0.2.77") == "192.0.2.0/24");
    BOOST_TEST(network_of("::ffff:198.51.100.1") != network_of("::ffff:192.0.2.77"));
}

BOOST_AUTO_TEST_CASE(what_goes_into_a_url_is_encoded) {
    BOOST_TEST(percent_encoded("/clientes/", "/") == "/clientes/");
    BOOST_TEST(percent_encoded("/clientes/") == "%2Fclientes%2F");
    BOOST_TEST(percent_encoded("a b&c=d?e#f%") == "a%20b%26c%3Dd%3Fe%23f%25");
    BOOST_TEST(percent_encoded("ñ\r\n") == "%C3%B1%0D%0A");
    BOOST_TEST(percent_encoded("AZaz09-._~") == "AZaz09-._~");
}

BOOST_AUTO_TEST_SUITE_END()
