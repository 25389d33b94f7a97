// What every PDF keeps to, whatever stands in it.
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/errors.h"
#include "pages/portal_client.h"
#include "portal/documents.h"
#include "view/pdf_document.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

constexpr int lines_beyond_a_page = 60;

// The page, from 0, that holds the text.
std::size_t page_of(const std::string& pdf_text, const std::string& wanted) {
    std::istringstream pages(pdf_text);
    std::string page;
    for (std::size_t number = 0; std::getline(pages, page, '\f'); ++number) {
        if (page.find(wanted) != std::string::npos) {
            return number;
        }
    }
    throw std::runtime_error("no page holds " + wanted);
}

// A document whose headings begin after so many lines; what follows them begins with "Primera".
template <class Follow>
std::string document_text(int lines_before, const Follow& follow) {
    PdfDocument document(test_settings().pdf_font_dir, "Prueba", "Pie");
    for (int i = 0; i < lines_before; ++i) {
        document.paragraph("Renglón");
    }
    document.heading("Título");
    document.subheading("Subtítulo");
    follow(document);
    return pdf_text(document.bytes());
}

// Headings stand on the page of what follows them, wherever the page ends.
template <class Follow>
void stays_together(const Follow& follow) {
    bool any_on_second_page = false;
    for (int lines = 0; lines < lines_beyond_a_page; ++lines) {
        const std::string text = document_text(lines, follow);
        const std::size_t page = page_of(text, "Primera");
        BOOST_TEST(page_of(text, "Título") == page, lines << " lines before");
        BOOST_TEST(page_of(text, "Subtítulo") == page, lines << " lines before");
        any_on_second_page = any_on_second_page || page == 1;
    }
    BOOST_TEST(any_on_second_page);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pdf_documents)

BOOST_AUTO_TEST_CASE(headings_are_never_left_alone_at_the_end_of_a_page) {
    stays_together([](PdfDocument& document) { document.paragraph("Primera"); });
    stays_together([](PdfDocument& document) { document.fact("Primera", "vale"); });
}

BOOST_AUTO_TEST_CASE(headings_stay_with_the_first_row_of_a_table) {
    stays_together([](PdfDocument& document) {
        document.table(
            {{"Concepto", 1, false}, {"Monto", 4, true}},
            {{"Un renglón que da varias vueltas y acaba en Primera", "$1.00"}, {"Otra", "$2.00"}});
    });
}

BOOST_AUTO_TEST_CASE(headings_without_anything_below_are_written_all_the_same) {
    const std::string text = document_text(0, [](PdfDocument&) {});
    BOOST_TEST(page_of(text, "Subtítulo") == 0U);
}

BOOST_AUTO_TEST_CASE(missing_fonts_are_a_wrong_setting_that_is_named) {
    Settings settings = test_settings();
    BOOST_CHECK_NO_THROW(portal::check_documents(settings));
    settings.pdf_font_dir = "/nonexistent";
    BOOST_CHECK_EXCEPTION(
        portal::check_documents(settings), Misconfigured, [](const Misconfigured& error) {
            return std::string(error.what()).find("PDF_FONT_DIR") != std::string::npos;
        });
}

BOOST_AUTO_TEST_SUITE_END()
