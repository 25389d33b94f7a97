#include "clients/client_form.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "clients/client_import.h"
#include "clients/client_import_file.h"
#include "view/renderer.h"

using namespace ventanilla;

namespace {

const Renderer& texts() {
    static const Renderer renderer(VENTANILLA_SOURCE_DIR "/templates");
    return renderer;
}

std::string problems_of(const ClientData& typed) {
    std::string all;
    for (const auto& problem : checked_client(typed, "MX").problems) {
        all += problem.field + ' ' + problem.text_key + '\n';
    }
    return all;
}

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

// What is wrong with one row of a file.
std::string row_problems(const std::string& row) {
    const ClientFile file = read_client_file(
        "nombre_completo,email,telefono,direccion,servicio,mensualidad,moneda\n" + row + '\n', {});
    BOOST_REQUIRE(!file.problem.has_value());
    BOOST_REQUIRE(file.rows.size() == 1U);
    std::string all;
    for (const auto& key : file.rows.front().problems) {
        BOOST_TEST(texts().has_text(key), key);
        all += all.empty() ? key : ' ' + key;
    }
    return all;
}

ClientFile file_of(const std::string& text, const std::string& encoding = "UTF-8") {
    return read_client_file(text, {encoding, "MX"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_forms)

BOOST_AUTO_TEST_CASE(what_people_type_is_brought_into_one_form) {
    const auto checked = checked_client({"  Inés \t García\nPérez ",
                                         " Ines@Ejemplo.com ",
                                         "+52 (993) 575-8611",
                                         " Calle 60\r\nCentro ",
                                         " a\tb "},
                                        "MX");
    BOOST_TEST(checked.problems.empty());
    BOOST_TEST(checked.data.full_name == "Inés García Pérez");
    BOOST_TEST(checked.data.email == "Ines@Ejemplo.com");
    BOOST_TEST(checked.data.phone == "9935758611");
    BOOST_TEST(checked.data.address == "Calle 60\nCentro");
    BOOST_TEST(checked.data.notes == "a b");
}

BOOST_AUTO_TEST_CASE(only_the_name_is_required) {
    BOOST_TEST(problems_of({"Ana", "", "", "", ""}).empty());
    BOOST_TEST(problems_of({" \t", "", "", "", ""}) == "full_name client_name_required\n");
}

BOOST_AUTO_TEST_CASE(all_problems_are_told_at_once_and_what_was_typed_is_kept) {
    const ClientData typed = {"", "ana@", "123", repeated("d", 501), repeated("n", 4001)};
    BOOST_TEST(problems_of(typed)
               == "full_name client_name_required\nemail client_email_malformed\n"
                  "phone client_phone_unusable\naddress client_address_too_long\n"
                  "notes client_notes_too_long\n");
    const auto checked = checked_client(typed, "MX");
    BOOST_TEST(checked.data.email == "ana@");
    BOOST_TEST(checked.data.phone == "123");
    for (const auto& problem : checked.problems) {
        BOOST_TEST(texts().has_text(problem.text_key), problem.text_key);
    }
}

BOOST_AUTO_TEST_CASE(lengths_are_counted_in_letters) {
    BOOST_TEST(
        problems_of({repeated("ñ", 200), "", "", repeated("ñ", 500), repeated("ñ", 4000)}).empty());
    BOOST_TEST(problems_of({repeated("ñ", 201), "", "", "", ""})
               == "full_name client_name_too_long\n");
    BOOST_TEST(problems_of({"Ana", repeated("a", 250) + "@x.mx", "", "", ""})
               == "email client_email_too_long\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_files)

BOOST_AUTO_TEST_CASE(amounts_are_exact) {
    BOOST_TEST(exact_amount("349.50").value() == "349.50");
    BOOST_TEST(exact_amount("349.5").value() == "349.50");
    BOOST_TEST(exact_amount("0349").value() == "349.00");
    BOOST_TEST(exact_amount("0").value() == "0.00");
    BOOST_TEST(exact_amount("000.07").value() == "0.07");
    BOOST_TEST(exact_amount("999999999999.99").value() == "999999999999.99");
    for (const char* text : {"1,234.50",
                             "349,50",
                             "$349",
                             "-1",
                             "+1",
                             "1e3",
                             "1.234",
                             ".5",
                             "5.",
                             "1.2.3",
                             "1 234",
                             "1000000000000",
                             ".",
                             "",
                             "NaN"}) {
        BOOST_TEST(!exact_amount(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(a_row_says_all_that_is_wrong_with_it) {
    BOOST_TEST(row_problems("Ana,,,,,,").empty());
    BOOST_TEST(row_problems("Ana,,,,tv,10,").empty());
    BOOST_TEST(row_problems("Ana,,,,,,MXN").empty());
    BOOST_TEST(row_problems("Ana,,,,tv,,") == "client_service_without_amount");
    BOOST_TEST(row_problems("Ana,,,,,10,") == "client_amount_without_service");
    BOOST_TEST(row_problems("Ana,,,,tv,\"1,234.50\",") == "client_amount_malformed");
    BOOST_TEST(row_problems("Ana,,,,tv,\"349,50\",") == "client_amount_malformed");
    BOOST_TEST(row_problems("Ana,,,,tv,10,mxn") == "client_currency_malformed");
    BOOST_TEST(row_problems("Ana,,,,tv,10,PESOS") == "client_currency_malformed");
    BOOST_TEST(row_problems("Ana,,,," + repeated("s", 201) + ",10,") == "client_service_too_long");
    BOOST_TEST(row_problems(",mala,12,,tv,x,")
               == "client_name_required client_email_malformed client_phone_unusable "
                  "client_amount_malformed");
}

BOOST_AUTO_TEST_CASE(a_row_has_the_header_s_columns) {
    BOOST_TEST(row_problems("Ana,,,,tv,1,234.50,MXN") == "client_row_columns");
    BOOST_TEST(row_problems("Ana,ana@x.mx") == "client_row_columns");
    BOOST_TEST(row_problems("Ana,,,,,,,,").empty());
}

BOOST_AUTO_TEST_CASE(columns_come_in_any_order_and_capitals_and_may_be_missing) {
    const auto file = file_of("EMAIL; Nombre_Completo ;;\nana@x.mx;Ana;;\n;;;\n");
    BOOST_REQUIRE(!file.problem.has_value());
    BOOST_REQUIRE(file.rows.size() == 1U);
    BOOST_TEST(file.rows[0].data.full_name == "Ana");
    BOOST_TEST(file.rows[0].data.email == "ana@x.mx");
    BOOST_TEST(file.rows[0].currency == "MXN");
}

BOOST_AUTO_TEST_CASE(formulas_are_texts) {
    const auto file = file_of("nombre_completo,servicio,mensualidad\n=1+1,@SUM(A1),5\n");
    BOOST_REQUIRE(file.rows.size() == 1U);
    BOOST_TEST(file.rows[0].problems.empty());
    BOOST_TEST(file.rows[0].data.full_name == "=1+1");
    BOOST_TEST(file.rows[0].service == "@SUM(A1)");
}

BOOST_AUTO_TEST_CASE(a_wrong_row_is_kept_as_it_stands_in_the_file) {
    const auto file = file_of("nombre_completo,email\r\nAna,ana@x.mx\r\n\"Luis\nR\",mala\r\n");
    BOOST_REQUIRE(file.rows.size() == 2U);
    BOOST_TEST(file.rows[0].raw.empty());
    BOOST_TEST(file.rows[1].raw == "\"Luis\nR\",mala");
    BOOST_TEST(file.rows[1].line == 3);
}

BOOST_AUTO_TEST_CASE(each_way_a_file_can_be_unreadable_is_told) {
    const auto problem_of = [](const std::string& text) {
        const auto file = file_of(text);
        BOOST_REQUIRE_MESSAGE(file.problem.has_value(), text);
        const char* key = problem_text_key(*file.problem);
        BOOST_TEST(texts().has_text(key), key);
        return std::string(key) + '|' + file.detail;
    };
    BOOST_TEST(problem_of("nombre_completo\nJos\xe9\n") == "import_not_text|");
    BOOST_TEST(problem_of(std::string("nombre_completo\nA\0b\n", 20)) == "import_not_text|");
    BOOST_TEST(problem_of("email,telefono\na@x.mx,\n") == "import_no_name_column|");
    BOOST_TEST(problem_of("nombre_completo,Email,email\nAna,,\n") == "import_column_twice|email");
    BOOST_TEST(problem_of("nombre_completo,edad\nAna,3\n") == "import_unknown_column|edad");
    BOOST_TEST(problem_of("nombre_completo,email\n") == "import_no_rows|");
    BOOST_TEST(problem_of("nombre_completo,email\n,\n") == "import_no_rows|");
    BOOST_TEST(problem_of("") == "import_no_rows|");
    BOOST_TEST(problem_of("nombre_completo\nAna\n\"Luis\n") == "import_broken_quotes|3");
}

BOOST_AUTO_TEST_CASE(other_encodings_are_read_when_they_are_named) {
    const std::string latin = "nombre_completo\nMar\355a N\372\361ez\n";
    BOOST_TEST(as_utf8(latin, "ISO-8859-1").value() == "nombre_completo\nMaría Núñez\n");
    BOOST_TEST(as_utf8(latin, "WINDOWS-1252").value() == "nombre_completo\nMaría Núñez\n");
    BOOST_TEST(!as_utf8(latin, "UTF-8").has_value());
    BOOST_TEST(as_utf8("\xEF\xBB\xBF"
                       "a",
                       "UTF-8")
                   .value()
               == "a");
    BOOST_TEST(as_utf8(std::string("\xff\xfe"
                                   "a\0\xed\0",
                                   6),
                       "UTF-16")
                   .value()
               == "aí");
    BOOST_TEST(!as_utf8(std::string("\xff\xfe"
                                    "a",
                                    3),
                        "UTF-16")
                    .has_value());
    BOOST_TEST(!as_utf8("a", "klingon").has_value());
    BOOST_TEST(is_known_encoding("latin1"));
    BOOST_TEST(!is_known_encoding("klingon"));
    BOOST_TEST(file_of(latin, "latin1").rows.at(0).data.full_name == "María Núñez");
}

BOOST_AUTO_TEST_SUITE_END()
