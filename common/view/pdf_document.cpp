#include "view/pdf_document.h"

#include <algorithm>
#include <hpdf.h>
#include <utility>

#include "core/errors.h"

namespace ventanilla {
namespace {

// Points, 72 an inch; a letter page.
constexpr float page_width = 612;
constexpr float page_height = 792;
constexpr float margin = 54;
constexpr float foot_height = 36;
constexpr float text_width = page_width - 2 * margin;
constexpr float cell_gap = 6;
constexpr float fact_indent = 130;
constexpr float grey = 0.45F;

struct TextSize {
    float points;
    float line;  // from one baseline to the next
};
struct Heading {
    std::string text;
    TextSize size;
};
constexpr TextSize large{18, 26};
constexpr TextSize middle{13, 20};
constexpr TextSize normal{10, 14};
constexpr TextSize small{8, 11};

void note_error(HPDF_STATUS error, HPDF_STATUS detail, void* place) {
    auto& text = *static_cast<std::string*>(place);
    if (text.empty()) {
        text = std::to_string(error) + '/' + std::to_string(detail);
    }
}

}  // namespace

struct PdfDocument::Parts {
    Parts(const std::string& font_folder, const std::string& title, std::string page_foot)
        : foot(std::move(page_foot)), document(HPDF_New(&note_error, &error)) {
        if (document == nullptr) {
            throw Failure("no memory for a PDF");
        }
        HPDF_SetCompressionMode(document, HPDF_COMP_ALL);
        HPDF_UseUTFEncodings(document);
        HPDF_SetCurrentEncoder(document, "UTF-8");
        HPDF_SetInfoAttr(document, HPDF_INFO_TITLE, title.c_str());
        plain = font(font_folder + "/LiberationSans-Regular.ttf");
        bold = font(font_folder + "/LiberationSans-Bold.ttf");
        new_page();
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() { HPDF_Free(document); }

    HPDF_Font font(const std::string& path) {
        const char* name = HPDF_LoadTTFontFromFile(document, path.c_str(), HPDF_TRUE);
        if (name == nullptr) {
            HPDF_Free(document);
            throw Misconfigured("setting PDF_FONT_DIR: cannot read the font " + path);
        }
        return HPDF_GetFont(document, name, "UTF-8");
    }

    void new_page() {
        page = HPDF_AddPage(document);
        HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_LETTER, HPDF_PAGE_PORTRAIT);
        pages.push_back(page);
        y = page_height - margin;
    }

    // Room for so much, on this page or a new one. True when a page began.
    bool need(float height) {
        if (y - height >= margin + foot_height) {
            return false;
        }
        new_page();
        return true;
    }

    void use(HPDF_Font wanted, TextSize size) {
        HPDF_Page_SetFontAndSize(page, wanted, size.points);
    }

    float width_of(const std::string& text) { return HPDF_Page_TextWidth(page, text.c_str()); }

    void put(float x, const std::string& text) {
        HPDF_Page_BeginText(page);
        HPDF_Page_TextOut(page, x, y, text.c_str());
        HPDF_Page_EndText(page);
    }

    // Broken at blanks; a word that is longer than the line stands alone and may stick out.
    std::vector<std::string> wrapped(const std::string& text, float width) {
        std::vector<std::string> lines(1);
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t end = std::min(text.find(' ', at), text.size());
            const std::string word = text.substr(at, end - at);
            at = std::min(end + 1, text.size());
            const std::string longer = lines.back().empty() ? word : lines.back() + ' ' + word;
            if (lines.back().empty() || width_of(longer) <= width) {
                lines.back() = longer;
            } else {
                lines.push_back(word);
            }
        }
        return lines;
    }

    void lines(HPDF_Font wanted, TextSize size, const std::string& text, float x, float width) {
        use(wanted, size);
        for (const auto& line : wrapped(text, width)) {
            if (need(size.line)) {
                use(wanted, size);
            }
            y -= size.line;
            put(x, line);
        }
    }

    // What a heading stands above begins now, and has this height at least: both on one page.
    void begin(float height) {
        const auto above = std::exchange(headings, {});
        float total = height;
        for (const auto& heading : above) {
            use(bold, heading.size);
            total +=
                static_cast<float>(wrapped(heading.text, text_width).size()) * heading.size.line;
        }
        need(total);
        for (const auto& heading : above) {
            lines(bold, heading.size, heading.text, margin, text_width);
        }
    }

    void rule() {
        HPDF_Page_SetGrayStroke(page, grey);
        HPDF_Page_SetLineWidth(page, 0.5F);
        HPDF_Page_MoveTo(page, margin, y);
        HPDF_Page_LineTo(page, page_width - margin, y);
        HPDF_Page_Stroke(page);
    }

    void row(HPDF_Font wanted,
             const std::vector<PdfColumn>& columns,
             const std::vector<float>& widths,
             const std::vector<std::string>& cells) {
        use(wanted, normal);
        std::vector<std::vector<std::string>> texts;
        std::size_t height = 1;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            texts.push_back(wrapped(cells.at(i), widths[i] - cell_gap));
            height = std::max(height, texts.back().size());
        }
        const float top = y;
        float x = margin;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            y = top;
            for (const auto& line : texts[i]) {
                y -= normal.line;
                put(columns[i].is_number ? x + widths[i] - cell_gap - width_of(line) : x, line);
            }
            x += widths[i];
        }
        y = top - static_cast<float>(height) * normal.line - cell_gap / 2;
        rule();
    }

    float row_height(HPDF_Font wanted,
                     const std::vector<float>& widths,
                     const std::vector<std::string>& cells) {
        use(wanted, normal);
        std::size_t height = 1;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            height = std::max(height, wrapped(cells.at(i), widths[i] - cell_gap).size());
        }
        return static_cast<float>(height) * normal.line + cell_gap;
    }

    void feet() {
        for (std::size_t i = 0; i < pages.size(); ++i) {
            page = pages[i];
            y = margin;
            use(plain, small);
            put(margin, foot);
            const std::string number = std::to_string(i + 1) + " / " + std::to_string(pages.size());
            put(page_width - margin - width_of(number), number);
        }
    }

    std::string error;
    std::string foot;
    HPDF_Doc document;
    HPDF_Font plain = nullptr;
    HPDF_Font bold = nullptr;
    HPDF_Page page = nullptr;
    std::vector<HPDF_Page> pages;
    std::vector<Heading> headings;  // wait for what they stand above
    float y = 0;                    // of the last baseline, from the page's lower edge
};

PdfDocument::PdfDocument(const std::string& font_folder,
                         const std::string& title,
                         const std::string& foot)
    : parts_(std::make_unique<Parts>(font_folder, title, foot)) {}

PdfDocument::~PdfDocument() = default;

void PdfDocument::heading(const std::string& text) {
    parts_->headings.push_back({text, large});
}

void PdfDocument::subheading(const std::string& text) {
    parts_->headings.push_back({text, middle});
}

void PdfDocument::paragraph(const std::string& text) {
    parts_->begin(normal.line);
    parts_->lines(parts_->plain, normal, text, margin, text_width);
}

void PdfDocument::fact(const std::string& term, const std::string& value) {
    parts_->begin(normal.line);
    const float top = parts_->y;
    parts_->lines(parts_->bold, normal, term, margin, fact_indent);
    parts_->y = top;
    parts_->lines(parts_->plain, normal, value, margin + fact_indent, text_width - fact_indent);
}

void PdfDocument::table(const std::vector<PdfColumn>& columns,
                        const std::vector<std::vector<std::string>>& rows) {
    double shares = 0;
    std::vector<std::string> titles;
    for (const auto& column : columns) {
        shares += column.share;
        titles.push_back(column.title);
    }
    std::vector<float> widths;
    widths.reserve(columns.size());
    for (const auto& column : columns) {
        widths.push_back(static_cast<float>(column.share / shares) * text_width);
    }
    const float head_height = parts_->row_height(parts_->bold, widths, titles);
    parts_->begin(head_height
                  + (rows.empty() ? 0 : parts_->row_height(parts_->plain, widths, rows.front())));
    parts_->row(parts_->bold, columns, widths, titles);
    for (const auto& cells : rows) {
        if (parts_->need(parts_->row_height(parts_->plain, widths, cells))) {
            parts_->row(parts_->bold, columns, widths, titles);
        }
        parts_->row(parts_->plain, columns, widths, cells);
    }
}

void PdfDocument::space() {
    parts_->begin(0);
    parts_->y -= normal.line;
}

std::string PdfDocument::bytes() {
    parts_->begin(0);
    parts_->feet();
    HPDF_SaveToStream(parts_->document);
    std::string content(HPDF_GetStreamSize(parts_->document), '\0');
    auto size = static_cast<HPDF_UINT32>(content.size());
    HPDF_ReadFromStream(parts_->document, reinterpret_cast<HPDF_BYTE*>(content.data()), &size);
    if (!parts_->error.empty() || size != content.size()) {
        throw Failure("the PDF library failed: " + parts_->error);
    }
    return content;
}

}  // namespace ventanilla
