#include "claims/archive_reader.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "claims/archive_import_row.h"

using ventanilla::archive_time;
using ventanilla::ArchiveRow;
using ventanilla::ArchiveSource;
using ventanilla::FileProblem;
using ventanilla::longest_archive_row;
using ventanilla::open_archive;
using ventanilla::RowProblem;
using ventanilla::UnusableArchive;
using namespace std::string_literals;

namespace {

// A file that is gone with the test.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& text)
        : path_(std::filesystem::temp_directory_path()
                / ("archive_reader_test." + std::to_string(getpid()))) {
        std::ofstream(path_, std::ios::binary) << text;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(path_); }
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

struct ReadRow {
    std::int64_t line = 0;
    std::string raw;
    std::string document;
    std::optional<RowProblem> problem;
    std::map<std::string, std::string> values;  // null ones are left out
};

std::vector<ReadRow> read_file(const ArchiveSource& source) {
    const auto reader = open_archive(source);
    std::vector<ReadRow> rows;
    ArchiveRow row;
    while (reader->next(row)) {
        ReadRow copy{row.line, std::string(row.raw), row.document, row.problem, {}};
        for (std::size_t i = 0; !row.problem && i < row.columns; ++i) {
            if (!row.values[i].is_null) {
                copy.values[row.names[i]] = row.values[i].text;
            }
        }
        rows.push_back(copy);
    }
    BOOST_TEST(reader->bytes_done() == reader->bytes_total());
    return rows;
}

std::vector<ReadRow> read_text(const std::string& text, const std::string& encoding = "") {
    const TemporaryFile file(text);
    return read_file({file.path(), std::nullopt, encoding, ""});
}

FileProblem problem_of(const std::string& text, const std::string& encoding = "") {
    try {
        read_text(text, encoding);
    } catch (const UnusableArchive& error) {
        return error.problem();
    }
    BOOST_FAIL("the file was taken");
    return FileProblem::Unreadable;
}

std::string object(const std::string& pk, const std::string& fields) {
    return R"({"model": "auth.user", "pk": )" + pk + R"(, "fields": )" + fields + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(archive_reader)

BOOST_AUTO_TEST_CASE(csv_takes_a_byte_order_mark_windows_line_ends_and_a_last_line_without_end) {
    const auto rows = read_text("\xef\xbb\xbfid,username\r\n1,maria\r\n\r\n2,jos\xc3\xa9");
    BOOST_REQUIRE_EQUAL(rows.size(), 2U);
    BOOST_TEST(rows[0].values.at("id") == "1");
    BOOST_TEST(rows[0].values.at("username") == "maria");
    BOOST_TEST(rows[0].raw == "1,maria");
    BOOST_TEST(rows[1].line == 4);
    BOOST_TEST(rows[1].values.at("username") == "jos\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(csv_separated_by_semicolons_is_known_by_its_header) {
    const auto rows = read_text("id;\"nombre, completo\";saldo\n1;Ana;\"1,50\"\n");
    BOOST_REQUIRE_EQUAL(rows.size(), 1U);
    BOOST_TEST(rows[0].values.at("nombre, completo") == "Ana");
    BOOST_TEST(rows[0].values.at("saldo") == "1,50");
}

BOOST_AUTO_TEST_CASE(csv_fields_in_quotes_hold_separators_quotes_and_line_ends) {
    const auto rows =
        read_text("id,notas,x\n1,\"a, \"\"b\"\"\r\nc\",\n2, con \"comillas\" dentro ,y\n");
    BOOST_REQUIRE_EQUAL(rows.size(), 2U);
    BOOST_TEST(rows[0].values.at("notas") == "a, \"b\"\r\nc");
    BOOST_TEST(rows[0].values.at("x") == "");
    BOOST_TEST(rows[1].line == 4);
    BOOST_TEST(rows[1].values.at("notas") == " con \"comillas\" dentro ");
}

BOOST_AUTO_TEST_CASE(csv_rows_that_are_broken_do_not_take_their_neighbours_along) {
    const auto rows = read_text("id,a\n1,\"sin cerrar\n2,bien\n3,\"mal\"puesto\n4,b,c\n5,fin\n");
    BOOST_REQUIRE_EQUAL(rows.size(), 5U);
    BOOST_TEST((rows[0].problem == RowProblem::BrokenQuotes));
    BOOST_TEST(rows[0].raw == "1,\"sin cerrar");
    BOOST_TEST(rows[1].values.at("a") == "bien");
    BOOST_TEST((rows[2].problem == RowProblem::BrokenQuotes));
    BOOST_TEST((rows[3].problem == RowProblem::ColumnCount));
    BOOST_TEST(rows[4].values.at("id") == "5");
}

BOOST_AUTO_TEST_CASE(rows_that_are_no_text_are_told) {
    const auto rows = read_text("id,a\n1,\xe9\n2,\0x\n3,ok\n"s);
    BOOST_REQUIRE_EQUAL(rows.size(), 3U);
    BOOST_TEST((rows[0].problem == RowProblem::NotText));
    BOOST_TEST((rows[1].problem == RowProblem::NotText));
    BOOST_TEST(!rows[2].problem.has_value());
}

BOOST_AUTO_TEST_CASE(other_encodings_are_read_when_they_are_named) {
    const auto latin = read_text(
        "id,apellido\n1,Pe\xf1"
        "a\n",
        "ISO-8859-1");
    BOOST_REQUIRE_EQUAL(latin.size(), 1U);
    BOOST_TEST(latin[0].values.at("apellido") == "Pe\xc3\xb1" "a");
    const auto wide = read_text(
        "\xff\xfei\0d\0\n\0"
        "1\0\n\0"s,
        "UTF-16");
    BOOST_REQUIRE_EQUAL(wide.size(), 1U);
    BOOST_TEST(wide[0].values.at("id") == "1");
    BOOST_TEST((problem_of("\xff\xfei\0d\0"s) == FileProblem::OtherEncoding));
    BOOST_TEST((problem_of("id\n1\n", "NADA") == FileProblem::UnknownEncoding));
}

BOOST_AUTO_TEST_CASE(files_without_rows_and_ambiguous_headers_are_refused) {
    BOOST_TEST((problem_of("") == FileProblem::NoRows));
    BOOST_TEST((problem_of(" \r\n\n") == FileProblem::NoRows));
    BOOST_TEST((problem_of("id,a,id\n") == FileProblem::RepeatedColumn));
    BOOST_TEST((problem_of("id,a\xf1o\n1,2\n") == FileProblem::OtherEncoding));
    BOOST_CHECK_THROW(open_archive({"/nowhere", {}, "", ""}), UnusableArchive);
    BOOST_CHECK_THROW(open_archive({"/tmp", {}, "", ""}), UnusableArchive);
}

BOOST_AUTO_TEST_CASE(json_lines_keep_numbers_to_the_last_digit) {
    const auto rows = read_text(
        "{\"n\": 822.90, \"big\": 12345678901234567890123, \"t\": \"a\\u00e9\\n\", \"no\": null,"
        " \"in\": {\"x\": [1, {}]}, \"yes\": true}\n");
    BOOST_REQUIRE_EQUAL(rows.size(), 1U);
    BOOST_TEST(rows[0].values.at("n") == "822.90");
    BOOST_TEST(rows[0].values.at("t") == "a\xc3\xa9\n");
    BOOST_TEST(rows[0].values.at("yes") == "true");
    BOOST_TEST(!rows[0].values.contains("no"));
    BOOST_TEST(rows[0].document
               == "{\"n\":822.90,\"big\":12345678901234567890123,\"t\":\"a\xc3\xa9\\u000a\","
                  "\"no\":null,\"in\":{\"x\":[1,{}]},\"yes\":true}");
}

BOOST_AUTO_TEST_CASE(json_lines_that_are_broken_do_not_take_their_neighbours_along) {
    const auto rows = read_text(
        "{\"id\": 1}\n{\"id\": 2\n[3]\n{\"id\": \"\\u0000\"}\n{\"id\": 1e9999}\n\n{\"id\": 7}");
    BOOST_REQUIRE_EQUAL(rows.size(), 6U);
    BOOST_TEST(rows[0].values.at("id") == "1");
    BOOST_TEST((rows[1].problem == RowProblem::BrokenJson));
    BOOST_TEST((rows[2].problem == RowProblem::NotAnObject));
    BOOST_TEST((rows[3].problem == RowProblem::NotText));
    BOOST_TEST((rows[4].problem == RowProblem::BrokenJson));
    BOOST_TEST(rows[5].line == 7);
}

BOOST_AUTO_TEST_CASE(a_row_that_never_ends_is_rejected_and_the_next_one_read) {
    const std::string endless(3 * longest_archive_row, 'x');
    const auto lines = read_text(R"({"id": ")" + endless + "\"}\n{\"id\": 2}\n");
    BOOST_REQUIRE_EQUAL(lines.size(), 2U);
    BOOST_TEST((lines[0].problem == RowProblem::TooLong));
    BOOST_TEST(lines[1].values.at("id") == "2");
    const auto table = read_text("id\n" + endless + "\n2\n");
    BOOST_REQUIRE_EQUAL(table.size(), 2U);
    BOOST_TEST((table[0].problem == RowProblem::TooLong));
    BOOST_TEST(table[1].line == 3);
}

BOOST_AUTO_TEST_CASE(dumpdata_gives_the_fields_with_the_key_as_id) {
    const auto rows = read_text("[" + object("7", R"({"username": "a}\"{", "groups": []})") + ",\n"
                                + object("\"x-1\"", "{}") + "]\n");
    BOOST_REQUIRE_EQUAL(rows.size(), 2U);
    BOOST_TEST(rows[0].values.at("id") == "7");
    BOOST_TEST(rows[0].values.at("username") == "a}\"{");
    BOOST_TEST(rows[0].document == R"({"username":"a}\"{","groups":[],"id":7})");
    BOOST_TEST(rows[1].line == 2);
    BOOST_TEST(rows[1].document == "{\"id\":\"x-1\"}");
}

BOOST_AUTO_TEST_CASE(dumpdata_objects_behind_a_broken_one_are_found_again) {
    const auto rows = read_text("[" + object("1", R"({"a": "sin cerrar})") + ",\n"
                                + object("2", R"({"a": "bien"})") + ",\n" + object("3", "{,}")
                                + ",\n5,\n" + object("4", "{}") + "]");
    BOOST_REQUIRE_EQUAL(rows.size(), 5U);
    BOOST_TEST((rows[0].problem == RowProblem::BrokenJson));
    BOOST_TEST(rows[1].values.at("a") == "bien");
    BOOST_TEST((rows[2].problem == RowProblem::BrokenJson));
    BOOST_TEST(rows[3].problem.has_value());
    BOOST_TEST(rows[4].values.at("id") == "4");
}

BOOST_AUTO_TEST_CASE(dumpdata_that_was_cut_says_so) {
    const auto between = read_text("[" + object("1", "{}") + ",");
    BOOST_REQUIRE_EQUAL(between.size(), 2U);
    BOOST_TEST((between[1].problem == RowProblem::BrokenJson));
    const auto inside = read_text("[" + object("1", "{}") + R"(,{"model": "auth.us)");
    BOOST_TEST(inside.size() >= 2U);
    BOOST_TEST((inside[1].problem == RowProblem::BrokenJson));
}

BOOST_AUTO_TEST_CASE(dumpdata_of_several_models_needs_one_to_be_named) {
    const std::string text =
        "[" + object("1", "{}") + R"(,{"model": "auth.group", "pk": 1, "fields": {}}])";
    const auto rows = read_text(text);
    BOOST_REQUIRE_EQUAL(rows.size(), 2U);
    BOOST_TEST((rows[1].problem == RowProblem::OtherModel));
    const TemporaryFile file(text);
    BOOST_TEST(read_file({file.path(), {}, "", "auth.group"}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(times_are_read_strictly) {
    BOOST_TEST(archive_time("2016-03-23T17:42:17Z").value() == "2016-03-23 17:42:17+00");
    BOOST_TEST(archive_time("2019-01-04 19:15:03.5-06").value() == "2019-01-04 19:15:03.5-06:00");
    BOOST_TEST(archive_time("2019-01-04 19:15:03+05:30").value() == "2019-01-04 19:15:03+05:30");
    BOOST_TEST(archive_time("2019-01-04").value() == "2019-01-04 00:00:00+00");
    for (const char* wrong : {"0000-00-00 00:00:00",
                              "2019-02-29",
                              "2019-1-4",
                              "ayer",
                              "2019-01-04T",
                              "2019-01-04 25:00",
                              "2019-01-04 10:00:00 hora",
                              "2019-01-04 10:00:00."}) {
        BOOST_TEST(!archive_time(wrong).has_value(), wrong);
    }
}

BOOST_AUTO_TEST_SUITE_END()
