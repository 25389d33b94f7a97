// A plain PDF of one or more letter pages: headings, facts, tables that go on over pages, and a
// foot with page numbers. The only user of libharu. Text is UTF-8 and can be searched and copied.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace ventanilla {

struct PdfColumn {
    std::string title;
    double share = 1;        // of the page's width, in proportion to the others
    bool is_number = false;  // to the right
};

class PdfDocument {
  public:
    // `font_folder` (setting PDF_FONT_DIR) holds LiberationSans-Regular.ttf and -Bold.ttf. `foot`
    // stands on every page beside its number. Throws Misconfigured when a font cannot be read.
    PdfDocument(const std::string& font_folder, const std::string& title, const std::string& foot);
    PdfDocument(const PdfDocument&) = delete;
    PdfDocument& operator=(const PdfDocument&) = delete;
    ~PdfDocument();

    // A heading is never the last line of a page: it goes with what follows.
    void heading(const std::string& text);
    void subheading(const std::string& text);
    // Wrapped at words.
    void paragraph(const std::string& text);
    // What it is, and beside it what it says.
    void fact(const std::string& term, const std::string& value);
    // The head is repeated on each page. A cell is wrapped; a row is never cut.
    void table(const std::vector<PdfColumn>& columns,
               const std::vector<std::vector<std::string>>& rows);
    void space();

    // Ends the document. Throws Failure when the library does.
    [[nodiscard]] std::string bytes();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace ventanilla
