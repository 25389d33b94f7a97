// Reads query strings, form bodies and cookies. Everything that GNU cgicc handles badly (a
// quadratic run of `&`, NUL, bad percent-encoding, wrong types, fields of the URL mixed into a
// POST) is refused before cgicc sees it.
#pragma once

#include <cstddef>

#include "http/request.h"

namespace ventanilla {

// A form's body has at most so many bytes; larger ones are answered with 413 without being read.
constexpr std::size_t max_form_bytes = std::size_t{64} * 1024;
// The same for a route that takes a file (SPEC.md, status codes), with what a form adds to the
// file.
constexpr std::size_t max_upload_bytes = std::size_t{5} * 1024 * 1024 + max_form_bytes;
// The same for what another program sends.
constexpr std::size_t max_raw_bytes = std::size_t{256} * 1024;
constexpr std::size_t max_fields = 200;

enum class FormReading {
    Fine,
    TooLarge,     // 413
    Incomplete,   // fewer bytes than announced
    WrongType,    // neither application/x-www-form-urlencoded nor, where a file may come,
                  // multipart/form-data
    BrokenParts,  // multipart/form-data (RFC 7578) that is not whole
    TooManyFields,
    BadEncoding,  // a bad percent escape, NUL, or text that is not UTF-8
};

// What a route takes. Raw: whatever another program sends; it stays in Request::body and is no form
// of ours.
enum class BodyKind { Fields, FieldsAndFile, Raw };

// At most so many bytes.
[[nodiscard]] std::size_t max_bytes(BodyKind kind);

// Fills query, and for a POST form and files, of the request. Fields of a POST come from its body
// alone.
[[nodiscard]] FormReading read_form(Request& request, BodyKind kind = BodyKind::Fields);

// RFC 6265 5.4; values are taken as they are. A name that comes twice counts as absent: one of them
// may be planted.
[[nodiscard]] Fields read_cookies(std::string_view header);

}  // namespace ventanilla
