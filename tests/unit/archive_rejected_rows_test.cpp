#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include "ventanilla/rejected_rows.h"

using ventanilla::RowProblem;
using ventanilla::cli::RejectedRows;

namespace {

struct Folder {
    Folder() { std::filesystem::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string file() const { return (path / "cuentas.csv.rechazados").string(); }
    [[nodiscard]] std::string content() const {
        std::ifstream stream(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("rejected_rows_test." + std::to_string(getpid()));
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rejected_rows, Folder)

BOOST_AUTO_TEST_CASE(the_file_has_line_reason_and_row_and_only_its_owner_reads_it) {
    RejectedRows rows(file());
    rows.add({4, RowProblem::NoId, "", ",\"Ana\",x"});
    rows.add({9, RowProblem::NotText, "", std::string("a\xe9 \xc3\xa9\0", 6)});
    BOOST_TEST(rows.finish());
    BOOST_TEST(content()
               == "linea,motivo,fila\n4,\"no tiene id\",\",\"\"Ana\"\",x\"\n"
                  "9,\"no es texto válido (¿falta --codificacion?)\",\"a\\xE9 é\\x00\"\n");
    struct stat about {};
    BOOST_TEST(stat(file().c_str(), &about) == 0);
    BOOST_TEST((about.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(the_file_of_an_earlier_run_is_replaced_and_goes_when_all_is_well) {
    std::ofstream(file()) << "old";
    {
        RejectedRows rows(file());
        BOOST_TEST(content() == "old");
        rows.add({2, RowProblem::RepeatedId, "", "1,b"});
        BOOST_TEST(rows.finish());
    }
    BOOST_TEST(content().find("old") == std::string::npos);
    RejectedRows nothing(file());
    BOOST_TEST(nothing.finish());
    BOOST_TEST(!std::filesystem::exists(file()));
}

BOOST_AUTO_TEST_CASE(a_link_at_that_name_is_not_followed) {
    std::ofstream(path / "precious") << "precious";
    std::filesystem::create_symlink(path / "precious", file());
    RejectedRows rows(file());
    rows.add({2, RowProblem::RepeatedId, "", "1,b"});
    BOOST_TEST(rows.finish());
    std::ifstream stream(path / "precious");
    BOOST_TEST(std::string(std::istreambuf_iterator<char>(stream), {}) == "precious");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_told_once) {
    RejectedRows rows((path / "missing" / "x.rechazados").string());
    rows.add({2, RowProblem::RepeatedId, "", "1,b"});
    rows.add({3, RowProblem::RepeatedId, "", "1,c"});
    BOOST_TEST(!rows.finish());
    BOOST_TEST(!rows.problem().empty());
}

BOOST_AUTO_TEST_SUITE_END()
