#include "claims/archive_reader_document.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace ventanilla {
namespace {

// PostgreSQL would take more, but no table of accounts has it, and a bound keeps a hostile file off
// its limits.
constexpr int deepest_nesting = 64;
constexpr std::size_t longest_number = 1000;
constexpr int greatest_exponent = 400;

int exponent_of(std::string_view number) {
    const std::size_t mark = number.find_first_of("eE");
    if (mark == std::string_view::npos) {
        return 0;
    }
    const std::size_t digits = number.find_first_not_of("+-", mark + 1);
    int exponent = greatest_exponent + 1;
    std::from_chars(
        number.data() + std::min(digits, number.size()), number.data() + number.size(), exponent);
    return exponent;
}

// nlohmann's SAX handler: false stops the parser. Writes the document while it reads, so no tree is
// built.
class DocumentSax {
  public:
    using Json = nlohmann::json;

    // `wrapper`: the document is the member "fields" of the object, not the object.
    DocumentSax(ArchiveRow& row, bool wrapper) : row_(row), document_depth_(wrapper ? 2 : 1) {}

    bool null() { return value("null", "", true); }
    bool boolean(bool truth) { return scalar(truth ? "true" : "false"); }
    bool number_integer(Json::number_integer_t number) { return scalar(std::to_string(number)); }
    bool number_unsigned(Json::number_unsigned_t number) { return scalar(std::to_string(number)); }
    bool number_float(Json::number_float_t /*rounded*/, const std::string& exact) {
        return exact.size() <= longest_number && exponent_of(exact) <= greatest_exponent
               && scalar(exact);
    }
    bool string(std::string& text) {
        if (text.find('\0') != std::string::npos) {
            row_.problem = RowProblem::NotText;
            return false;
        }
        quoted_.clear();
        append_json_text(quoted_, text);
        return value(quoted_, text, false);
    }
    bool binary(Json::binary_t& /*never*/) { return false; }
    bool key(std::string& name) {
        if (name.find('\0') != std::string::npos) {
            row_.problem = RowProblem::NotText;
            return false;
        }
        name_.swap(name);
        if (depth_ == 1) {
            root_name_ = name_;
        }
        if (in_document()) {
            separate();
            append_json_text(row_.document, name_);
            row_.document += ':';
            after_key_ = true;
        }
        return true;
    }
    bool start_object(std::size_t /*unknown*/) { return open('{'); }
    bool end_object() { return close('}'); }
    bool start_array(std::size_t /*unknown*/) { return open('['); }
    bool end_array() { return close(']'); }
    bool parse_error(std::size_t /*at*/,
                     const std::string& /*token*/,
                     const Json::exception& /*e*/) {
        return false;
    }

    [[nodiscard]] bool has_document() const { return has_document_; }
    std::string model;
    std::string pk;       // as text
    std::string pk_json;  // as JSON; empty when there is none

  private:
    [[nodiscard]] bool in_document() const { return inside_; }

    bool scalar(const std::string& text) { return value(text, text, false); }

    bool value(std::string_view json, std::string_view text, bool is_null) {
        if (depth_ == 0) {
            return refuse(RowProblem::NotAnObject);
        }
        if (in_document()) {
            separate();
            row_.document += json;
            if (depth_ == document_depth_) {
                row_.add(name_, text, is_null);
            }
        } else if (root_name_ == "model") {
            model = text;
        } else if (root_name_ == "pk" && !is_null) {
            pk = text;
            pk_json = json;
        }
        return true;
    }

    bool open(char bracket) {
        if (depth_ == 0 && bracket != '{') {
            return refuse(RowProblem::NotAnObject);
        }
        if (++depth_ > deepest_nesting) {
            return false;
        }
        const bool begins = depth_ == document_depth_ && bracket == '{'
                            && (document_depth_ == 1 || root_name_ == "fields");
        if (!in_document() && begins) {
            inside_ = true;
            has_document_ = true;
            row_.document = '{';
            row_.columns = 0;
        } else if (in_document()) {
            separate();
            row_.document += bracket;
            if (depth_ == document_depth_ + 1) {
                row_.add(name_, "", true);
            }
        }
        needs_comma_ = false;
        return true;
    }

    bool close(char bracket) {
        if (in_document()) {
            row_.document += bracket;
            inside_ = depth_ > document_depth_;
        }
        --depth_;
        needs_comma_ = true;
        return true;
    }

    void separate() {
        if (needs_comma_ && !after_key_) {
            row_.document += ',';
        }
        needs_comma_ = true;
        after_key_ = false;
    }

    bool refuse(RowProblem problem) {
        row_.problem = problem;
        return false;
    }

    ArchiveRow& row_;
    int document_depth_;
    int depth_ = 0;
    bool inside_ = false;
    bool has_document_ = false;
    bool needs_comma_ = false;
    bool after_key_ = false;
    std::string name_;
    std::string root_name_;
    std::string quoted_;
};

void begin_row(ArchiveRow& row) {
    row.problem.reset();
    row.document.clear();
    row.columns = 0;
}

bool parse(std::string_view json, DocumentSax& sax, ArchiveRow& row) {
    if (nlohmann::json::sax_parse(json.begin(), json.end(), &sax)) {
        return true;
    }
    if (!row.problem) {
        row.problem = RowProblem::BrokenJson;
    }
    return false;
}

}  // namespace

void append_json_text(std::string& json, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    json += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (byte < 0x20) {
            json += "\\u00";
            json += digits[byte >> 4U];
            json += digits[byte & 15U];
        } else {
            json += c;
        }
    }
    json += '"';
}

void read_json_object(std::string_view json, ArchiveRow& row) {
    begin_row(row);
    DocumentSax sax(row, false);
    parse(json, sax, row);
}

void read_dumpdata_object(std::string_view json, ArchiveRow& row, std::string& model) {
    begin_row(row);
    DocumentSax sax(row, true);
    if (!parse(json, sax, row)) {
        return;
    }
    model = sax.model;
    if (!sax.has_document() || model.empty()) {
        row.problem = RowProblem::NotAnObject;
        return;
    }
    if (!sax.pk_json.empty()) {
        row.document.pop_back();
        row.document += (row.document.size() > 1 ? ",\"id\":" : "\"id\":") + sax.pk_json + '}';
        row.add("id", sax.pk, false);
    }
}

}  // namespace ventanilla
