#include "clients/phone.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "clients/client_list.h"

using namespace ventanilla;

namespace {

std::string stored(const std::string& text, const std::string& region = "MX") {
    const auto phone = read_phone(text, region);
    return phone ? phone->stored : "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(phones)

BOOST_AUTO_TEST_CASE(one_number_written_in_many_ways_is_stored_in_one) {
    for (const char* text : {"9935758611",
                             "993 575 8611",
                             "(993) 575-86-11",
                             "993.575.8611",
                             " 9935758611 ",
                             "+52 993 575 8611",
                             "(+52) 993 575 8611",
                             "+529935758611",
                             "00 52 993 575 8611",
                             "52 993 575 8611"}) {
        BOOST_TEST(stored(text) == "9935758611", text);
    }
}

BOOST_AUTO_TEST_CASE(the_prefixes_of_old_dialling_are_dropped) {
    for (const char* text : {"044 993 575 8611",
                             "045 993 575 8611",
                             "01 993 575 8611",
                             "+52 1 993 575 8611",
                             "+5219935758611",
                             "5219935758611"}) {
        BOOST_TEST(stored(text) == "9935758611", text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_possible_number_is_refused) {
    for (const char* text : {"",
                             "abc",
                             "12345",
                             "5758611",
                             "993575861",
                             "99357586110",
                             "993-575-8611 ext 3",
                             "9935758611 casa",
                             "9935758611 / 9931234567",
                             "+999 993 575 8611",
                             "+52",
                             "1-800-FLOWERS",
                             "99357586119935758611"}) {
        BOOST_TEST(stored(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(numbers_of_other_countries_keep_their_code) {
    BOOST_TEST(stored("+1 555 123 4567") == "+15551234567");
    BOOST_TEST(stored("+34 912 345 678") == "+34912345678");
    BOOST_TEST(stored("00 34 912 345 678") == "+34912345678");
    BOOST_TEST(stored("(213) 373-4253", "US") == "2133734253");
    BOOST_TEST(stored("+52 993 575 8611", "US") == "+529935758611");
}

BOOST_AUTO_TEST_CASE(a_number_is_shown_as_people_read_it_and_dialled_with_its_country) {
    const auto national = read_phone("9935758611", "MX").value();
    BOOST_TEST(national.shown == "993 575 8611");
    BOOST_TEST(national.international == "529935758611");
    const auto foreign = read_phone("+15551234567", "MX").value();
    BOOST_TEST(foreign.shown == "+1 555-123-4567");
    BOOST_TEST(foreign.international == "15551234567");
}

BOOST_AUTO_TEST_CASE(what_is_stored_reads_as_itself) {
    for (const char* text : {"9935758611", "+15551234567", "+34912345678", "5512345678"}) {
        BOOST_TEST(stored(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(the_country_of_a_number_that_is_not_whole_is_told_apart) {
    BOOST_TEST(national_digits("+52 993") == "993");
    BOOST_TEST(national_digits("+52 993 575 8611") == "9935758611");
    BOOST_TEST(national_digits("+1 555 123 4567") == "5551234567");
    BOOST_TEST(national_digits("+999 1").empty());
    BOOST_TEST(national_digits("993").empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(search_words)

BOOST_AUTO_TEST_CASE(nothing_typed_matches_everything) {
    for (const char* text : {"", "   ", "\t\n"}) {
        const auto patterns = search_patterns(text);
        BOOST_TEST(patterns.rarest == "%");
        BOOST_TEST(patterns.second == "%");
        BOOST_TEST(patterns.all == "{}");
    }
}

BOOST_AUTO_TEST_CASE(the_longest_word_is_looked_up_and_the_others_follow) {
    const auto patterns = search_patterns("de  Guadalupe Cruz");
    BOOST_TEST(patterns.rarest == "%Guadalupe%");
    BOOST_TEST(patterns.second == "%Cruz%");
    BOOST_TEST(patterns.all == "{\"%Cruz%\",\"% de%\"}");
}

BOOST_AUTO_TEST_CASE(short_words_begin_a_word_and_length_is_counted_in_letters) {
    BOOST_TEST(search_patterns("ñú").rarest == "% ñú%");
    BOOST_TEST(search_patterns("a").rarest == "% a%");
    BOOST_TEST(search_patterns("ana").rarest == "%ana%");
}

BOOST_AUTO_TEST_CASE(wildcards_and_quotes_are_letters) {
    BOOST_TEST(search_patterns("100%").rarest == "%100\\%%");
    BOOST_TEST(search_patterns("a_b\\c").rarest == "%a\\_b\\\\c%");
    BOOST_TEST(search_patterns("largo% x\"y\\").all == "{\"%x\\\"y\\\\\\\\%\"}");
}

BOOST_AUTO_TEST_CASE(separators_and_prefixes_of_telephones_do_not_matter) {
    for (const char* text : {"9935758611",
                             "993 575 8611",
                             "(993) 575-86-11",
                             "+52 993 575 8611",
                             "+52 1 993 575 8611",
                             "52 993 575 8611",
                             "044 993 575 8611",
                             "00 52 993 575 8611"}) {
        BOOST_TEST(search_patterns(text).rarest == "%9935758611%", text);
        BOOST_TEST(search_patterns(text).all == "{}", text);
    }
    BOOST_TEST(search_patterns("575-86-11").rarest == "%5758611%");
    BOOST_TEST(search_patterns("993 575").rarest == "%993575%");
    BOOST_TEST(search_patterns("+52 993").rarest == "%993%");
    BOOST_TEST(search_patterns("+1 555 123 4567").rarest == "%5551234567%");
}

BOOST_AUTO_TEST_CASE(a_telephone_stands_among_words) {
    const auto patterns = search_patterns("inés 993 575 8611 garcía");
    BOOST_TEST(patterns.rarest == "%9935758611%");
    BOOST_TEST(patterns.all == "{\"%garcía%\",\"%inés%\"}");
}

BOOST_AUTO_TEST_CASE(few_digits_are_words_of_their_own) {
    const auto patterns = search_patterns("Lote 12 4");
    BOOST_TEST(patterns.rarest == "%Lote%");
    BOOST_TEST(patterns.all == "{\"% 12%\",\"% 4%\"}");
}

BOOST_AUTO_TEST_SUITE_END()
