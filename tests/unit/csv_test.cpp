#include "core/csv.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace ventanilla;
using Cells = std::vector<std::string>;

namespace {

std::vector<Cells> cells_of(const CsvText& csv) {
    std::vector<Cells> all;
    for (const auto& row : csv.rows) {
        all.push_back(row.cells);
    }
    return all;
}

void expect_rows(const std::string& text, const std::vector<Cells>& expected) {
    const CsvText csv = read_csv(text);
    BOOST_TEST(!csv.broken_line.has_value());
    BOOST_TEST((cells_of(csv) == expected), text);
}

std::string written(const std::string& cell) {
    return csv_line({cell});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_reading)

BOOST_AUTO_TEST_CASE(the_separator_is_what_stands_most_often_in_the_first_line) {
    expect_rows("a,b\n1;2,3\n", {{"a", "b"}, {"1;2", "3"}});
    expect_rows("a;b\n1,5;2\n", {{"a", "b"}, {"1,5", "2"}});
    expect_rows("a\tb\n1,5\t2\n", {{"a", "b"}, {"1,5", "2"}});
    expect_rows("\"a,b,c\";d\n", {{"a,b,c", "d"}});
    expect_rows("a\n1\n", {{"a"}, {"1"}});
}

BOOST_AUTO_TEST_CASE(every_line_end_ends_a_line_and_empty_lines_are_no_rows) {
    expect_rows("a\r\nb\nc\rd", {{"a"}, {"b"}, {"c"}, {"d"}});
    expect_rows("\n\na\r\n\r\nb\n\n", {{"a"}, {"b"}});
    expect_rows("", {});
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_dropped) {
    expect_rows("\xEF\xBB\xBF\"a\",b\n", {{"a", "b"}});
}

BOOST_AUTO_TEST_CASE(quoted_cells_hold_separators_quotes_and_lines) {
    expect_rows("\"a,\"\"b\"\"\",\"c\r\nd\"\n", {{"a,\"b\"", "c\r\nd"}});
    expect_rows("a,\"\"\n,\n", {{"a", ""}, {"", ""}});
    expect_rows("5\" pipe,x\n", {{"5\" pipe", "x"}});
}

BOOST_AUTO_TEST_CASE(a_row_knows_its_line_and_its_text) {
    const std::string text = "a,b\r\n\r\n\"x\ny\",1\nz,2";
    const CsvText csv = read_csv(text);
    BOOST_REQUIRE(csv.rows.size() == 3U);
    BOOST_TEST(csv.rows[1].line == 3);
    BOOST_TEST(csv.rows[1].raw == "\"x\ny\",1");
    BOOST_TEST(csv.rows[2].line == 5);
    BOOST_TEST(csv.rows[2].raw == "z,2");
}

BOOST_AUTO_TEST_CASE(quotes_that_do_not_end_or_go_on_are_told_with_their_line) {
    BOOST_TEST(read_csv("a,b\n1,\"open\n2,x\n").broken_line.value() == 2);
    BOOST_TEST(read_csv("a,b\n1,2\n\"x\"y,2\n").broken_line.value() == 3);
    BOOST_TEST(read_csv("\"a").broken_line.value() == 1);
    BOOST_TEST(read_csv("a,b\n1,2\n\"x\"y,2\n").rows.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(csv_writing)

BOOST_AUTO_TEST_CASE(every_cell_is_quoted_and_the_line_ends_with_crlf) {
    BOOST_TEST(csv_line({"a", "", "b \"c\""}) == "\"a\",\"\",\"b \"\"c\"\"\"\r\n");
    BOOST_TEST(csv_line({"", ""}) == "\"\",\"\"\r\n");
}

BOOST_AUTO_TEST_CASE(what_a_spreadsheet_would_compute_gets_an_apostrophe) {
    for (const char* cell : {"=1+1",
                             "=HYPERLINK(\"http://x\")",
                             "+1-2",
                             "-A1",
                             "@SUM(A1)",
                             "\t=1",
                             "\r=1",
                             "\n=1",
                             "=",
                             "+",
                             "-"}) {
        BOOST_TEST(written(cell).starts_with("\"'"), cell);
    }
}

BOOST_AUTO_TEST_CASE(numbers_telephones_and_texts_stay_as_they_are) {
    for (const char* cell :
         {"-12.50", "+529935758611", "+52 993 575 8611", "12", "a=b", "María", ""}) {
        BOOST_TEST(written(cell) == '"' + std::string(cell) + "\"\r\n");
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    const Cells cells = {"María, \"La\"", "a;b", "línea 1\nlínea 2", "", "\t"};
    const CsvText csv = read_csv(csv_line({"1", "2", "3", "4", "5"}) + csv_line(cells));
    BOOST_REQUIRE(csv.rows.size() == 2U);
    BOOST_TEST((csv.rows[1].cells == Cells{"María, \"La\"", "a;b", "línea 1\nlínea 2", "", "'\t"}));
}

BOOST_AUTO_TEST_SUITE_END()
