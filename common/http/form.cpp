#include "http/form.h"

#include <algorithm>
#include <cstring>

#include <cgicc/CgiInput.h>
#include <cgicc/Cgicc.h>

#include "core/digest.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

// Hands cgicc a request whose body was checked before.
class CheckedInput : public cgicc::CgiInput {
  public:
    CheckedInput(std::string_view text, std::string type) : text_(text), type_(std::move(type)) {}

    std::string getenv(const char* name) override {
        const std::string_view wanted(name);
        if (wanted == "REQUEST_METHOD") {
            return "POST";
        }
        if (wanted == "CONTENT_TYPE") {
            return type_;
        }
        return wanted == "CONTENT_LENGTH" ? std::to_string(text_.size()) : "";
    }

    std::size_t read(char* data, std::size_t length) override {
        const std::size_t count = std::min(length, text_.size());
        std::memcpy(data, text_.data(), count);
        return count;
    }

  private:
    std::string_view text_;
    std::string type_;
};

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool has_good_escapes(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x20 || byte == 0x7f) {
            return false;
        }
        if (text[at] != '%') {
            continue;
        }
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
            return false;
        }
        at += 2;
    }
    return true;
}

// One name=value a line of the parser's input: empty pieces are dropped and a missing `=` is added,
// the two shapes on which cgicc is slow or loses a name. It also ends a value at a `;`, which
// browsers always escape.
std::string normalized(std::string_view text) {
    std::string result;
    result.reserve(text.size() + 16);
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto piece = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (piece.empty()) {
            continue;
        }
        if (!result.empty()) {
            result += '&';
        }
        for (const char c : piece) {
            if (c == ';') {
                result += "%3B";
            } else {
                result += c;
            }
        }
        if (piece.find('=') == std::string_view::npos) {
            result += '=';
        }
    }
    return result;
}

FormReading read_urlencoded(std::string_view text, Fields& fields) {
    if (text.empty()) {
        return FormReading::Fine;
    }
    if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) >= max_fields) {
        return FormReading::TooManyFields;
    }
    if (!has_good_escapes(text)) {
        return FormReading::BadEncoding;
    }
    const std::string checked = normalized(text);
    CheckedInput input(checked, std::string(form_type));
    const cgicc::Cgicc parsed(&input);
    for (const auto& entry : parsed.getElements()) {
        if (!is_valid_text(entry.getName()) || !is_valid_text(entry.getValue())) {
            return FormReading::BadEncoding;
        }
        fields.add(entry.getName(), entry.getValue());
    }
    return FormReading::Fine;
}

std::string essence(std::string_view content_type) {
    return folded(trimmed(content_type.substr(0, content_type.find(';'))));
}

// RFC 2046 5.1.1, without quotes, as browsers send it; empty when it is something else. The library
// takes a quoted one for part of the text and then finds nothing.
std::string boundary_of(std::string_view content_type) {
    constexpr std::string_view parameter = "boundary=";
    constexpr std::size_t max_boundary = 70;
    const auto at = content_type.find(parameter);
    if (at == std::string_view::npos) {
        return "";
    }
    const auto boundary = content_type.substr(at + parameter.size());
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || std::string_view("'()+_,-./:=?").find(c) != std::string_view::npos;
    };
    const bool fine = !boundary.empty() && boundary.size() <= max_boundary
                      && std::all_of(boundary.begin(), boundary.end(), is_plain);
    return fine ? std::string(boundary) : "";
}

std::size_t occurrences(std::string_view text, std::string_view wanted) {
    std::size_t count = 0;
    for (auto at = text.find(wanted); at != std::string_view::npos;
         at = text.find(wanted, at + wanted.size())) {
        ++count;
    }
    return count;
}

// Windows' browsers once sent whole paths.
std::string base_name(const std::string& path) {
    return path.substr(path.find_last_of("/\\") + 1);
}

FormReading read_parts(Request& request) {
    const std::string boundary = boundary_of(request.content_type);
    const std::string opening = "--" + boundary + "\r\n";
    const std::string closing = "\r\n--" + boundary + "--";
    const std::string_view body = request.body;
    const std::string_view end = body.ends_with("\r\n") ? body.substr(0, body.size() - 2) : body;
    if (boundary.empty() || !body.starts_with(opening) || !end.ends_with(closing)) {
        return FormReading::BrokenParts;
    }
    if (occurrences(body, "--" + boundary) > max_fields + 1) {
        return FormReading::TooManyFields;
    }
    const std::string checked = std::string(end) + "\r\n";
    CheckedInput input(checked, "multipart/form-data; boundary=" + boundary);
    const cgicc::Cgicc parsed(&input);
    for (const auto& entry : parsed.getElements()) {
        if (!is_valid_text(entry.getName()) || !is_valid_text(entry.getValue())) {
            return FormReading::BadEncoding;
        }
        request.form.add(entry.getName(), entry.getValue());
    }
    for (const auto& file : parsed.getFiles()) {
        if (!is_valid_text(file.getName()) || !is_valid_text(file.getFilename())) {
            return FormReading::BadEncoding;
        }
        request.files.push_back({file.getName(), base_name(file.getFilename()), file.getData()});
    }
    return FormReading::Fine;
}

FormReading read_body(Request& request, BodyKind kind) {
    const std::string type = essence(request.content_type);
    if (request.body.empty() || type == form_type) {
        return request.body.size() > max_form_bytes ? FormReading::TooLarge
                                                    : read_urlencoded(request.body, request.form);
    }
    const bool is_parts = kind == BodyKind::FieldsAndFile && type == "multipart/form-data";
    return is_parts ? read_parts(request) : FormReading::WrongType;
}

}  // namespace

std::size_t max_bytes(BodyKind kind) {
    switch (kind) {
        case BodyKind::Fields:
            return max_form_bytes;
        case BodyKind::FieldsAndFile:
            return max_upload_bytes;
        case BodyKind::Raw:
            return max_raw_bytes;
    }
    unreachable();
}

FormReading read_form(Request& request, BodyKind kind) {
    const auto query = read_urlencoded(request.query_string, request.query);
    if (request.method != "POST") {
        return query;
    }
    if (request.body_length > max_bytes(kind)) {
        return FormReading::TooLarge;
    }
    if (!request.body_complete) {
        return FormReading::Incomplete;
    }
    if (kind == BodyKind::Raw) {
        return query;
    }
    const auto form = read_body(request, kind);
    return form == FormReading::Fine ? query : form;
}

Fields read_cookies(std::string_view header) {
    Fields seen;
    while (!header.empty()) {
        const auto end = std::min(header.find(';'), header.size());
        const std::string piece = trimmed(header.substr(0, end));
        header.remove_prefix(std::min(end + 1, header.size()));
        const auto equals = piece.find('=');
        if (equals != std::string::npos) {
            seen.add(piece.substr(0, equals), piece.substr(equals + 1));
        }
    }
    Fields cookies;
    for (const auto& [name, value] : seen) {
        if (seen.count(name) == 1) {
            cookies.add(name, value);
        }
    }
    return cookies;
}

}  // namespace ventanilla
