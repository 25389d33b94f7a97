// Forms with a file (RFC 7578): what a browser sends, and what nobody should.
#include <boost/test/unit_test.hpp>

#include "http/form.h"

using namespace ventanilla;

namespace {

const std::string boundary = "----WebKitFormBoundaryXyz012";

std::string field(const std::string& name, const std::string& value) {
    return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n"
           + value + "\r\n";
}

std::string file(const std::string& name,
                 const std::string& file_name,
                 const std::string& content) {
    return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name
           + "\"; filename=\"" + file_name + "\"\r\nContent-Type: text/csv\r\n\r\n" + content
           + "\r\n";
}

std::string ending() {
    return "--" + boundary + "--\r\n";
}

Request upload(const std::string& body,
               const std::string& type = "multipart/form-data; boundary=" + boundary) {
    Request request;
    request.method = "POST";
    request.content_type = type;
    request.body = body;
    request.body_length = body.size();
    return request;
}

FormReading reading(const std::string& body) {
    Request request = upload(body);
    return read_form(request, BodyKind::FieldsAndFile);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(uploads)

BOOST_AUTO_TEST_CASE(fields_and_the_file_are_read_byte_for_byte) {
    const std::string content = "nombre\r\nJos\xC3\xA9 & \"hijos\"\r\n--no-boundary\r\n\r\n";
    Request request =
        upload(field("csrf_token", "abc") + file("archivo", "clientes.csv", content) + ending());
    BOOST_TEST((read_form(request, BodyKind::FieldsAndFile) == FormReading::Fine));
    BOOST_TEST(request.form.get("csrf_token") == "abc");
    BOOST_REQUIRE(request.files.size() == 1U);
    BOOST_TEST(request.files[0].field == "archivo");
    BOOST_TEST(request.files[0].name == "clientes.csv");
    BOOST_TEST(request.files[0].content == content);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_the_files_own_affair) {
    std::string content = "\xFF\xFE";
    content += '\0';
    content += "a";
    Request request = upload(file("archivo", "x.csv", content) + ending());
    BOOST_TEST((read_form(request, BodyKind::FieldsAndFile) == FormReading::Fine));
    BOOST_TEST(request.files.at(0).content == content);
}

BOOST_AUTO_TEST_CASE(a_path_is_cut_to_the_files_name) {
    Request request = upload(file("archivo", "C:\\datos\\clientes.csv", "a") + ending());
    BOOST_TEST((read_form(request, BodyKind::FieldsAndFile) == FormReading::Fine));
    BOOST_TEST(request.files.at(0).name == "clientes.csv");
}

BOOST_AUTO_TEST_CASE(an_ending_without_its_line_end_is_accepted) {
    const std::string whole = field("a", "1") + ending();
    BOOST_TEST((reading(whole.substr(0, whole.size() - 2)) == FormReading::Fine));
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_refused) {
    const std::string whole = field("a", "1") + file("archivo", "x.csv", "1,2") + ending();
    for (const std::size_t kept : {whole.size() - 4, whole.size() / 2, std::size_t{3}}) {
        BOOST_TEST((reading(whole.substr(0, kept)) == FormReading::BrokenParts), kept);
    }
    BOOST_TEST((reading("x" + whole) == FormReading::BrokenParts));
}

BOOST_AUTO_TEST_CASE(a_boundary_that_is_missing_quoted_or_odd_is_refused) {
    const std::string body = field("a", "1") + ending();
    for (const std::string& type : {std::string("multipart/form-data"),
                                    "multipart/form-data; boundary=\"" + boundary + "\"",
                                    "multipart/form-data; boundary=" + std::string(71, 'a'),
                                    std::string("multipart/form-data; boundary="),
                                    "multipart/form-data; boundary=" + boundary + "; x=y"}) {
        Request request = upload(body, type);
        BOOST_TEST((read_form(request, BodyKind::FieldsAndFile) == FormReading::BrokenParts), type);
    }
}

BOOST_AUTO_TEST_CASE(too_many_parts_are_refused_before_they_are_read) {
    std::string body;
    for (std::size_t i = 0; i <= max_fields; ++i) {
        body += field("a", "1");
    }
    BOOST_TEST((reading(body + ending()) == FormReading::TooManyFields));
}

BOOST_AUTO_TEST_CASE(a_field_that_is_no_text_is_refused) {
    BOOST_TEST((reading(field("a", "\xFF") + ending()) == FormReading::BadEncoding));
    BOOST_TEST((reading(field("\xFF", "a") + ending()) == FormReading::BadEncoding));
}

BOOST_AUTO_TEST_CASE(a_route_without_files_takes_none) {
    Request request = upload(field("a", "1") + ending());
    BOOST_TEST((read_form(request) == FormReading::WrongType));
}

BOOST_AUTO_TEST_CASE(five_megabytes_fit_and_more_does_not) {
    const std::string content(std::size_t{5} * 1024 * 1024, 'x');
    Request request = upload(file("archivo", "x.csv", content) + ending());
    BOOST_TEST((read_form(request, BodyKind::FieldsAndFile) == FormReading::Fine));
    BOOST_TEST(request.files.at(0).content.size() == content.size());
    Request larger = upload("");
    larger.body_length = max_upload_bytes + 1;
    BOOST_TEST((read_form(larger, BodyKind::FieldsAndFile) == FormReading::TooLarge));
}

BOOST_AUTO_TEST_CASE(a_form_without_a_file_has_the_usual_bound_on_such_a_route_too) {
    Request request =
        upload("a=" + std::string(max_form_bytes, 'x'), "application/x-www-form-urlencoded");
    BOOST_TEST((read_form(request, BodyKind::FieldsAndFile) == FormReading::TooLarge));
}

BOOST_AUTO_TEST_SUITE_END()
