// Every route with values that were made to break it.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/web_address.h"
#include "http/form.h"
#include "pages/site.h"

using namespace ventanilla;
using namespace ventanilla::test;

BOOST_AUTO_TEST_SUITE(hostile_requests)

BOOST_AUTO_TEST_CASE(a_hostile_request_never_gets_a_500) {
    Site site;
    const std::vector<std::string> values = {"'",
                                             "\"",
                                             "' OR 1=1 --",
                                             "<script>alert(1)</script>",
                                             "{{csrf_token}}",
                                             "{{{x}}}",
                                             "../../../etc/passwd",
                                             "%s%s%n",
                                             "$(id)",
                                             "`id`",
                                             "\r\nSet-Cookie: a=b",
                                             "-1",
                                             "99999999999999999999",
                                             "0x10",
                                             "NaN",
                                             "1e309",
                                             std::string(5000, 'A'),
                                             "😀",
                                             "\xe2\x80\xae"
                                             "abc",
                                             "null",
                                             "[]",
                                             "{}",
                                             "\\",
                                             "%27",
                                             "a'b\"c<d>e&f"};
    for (const auto& route : whole_site().routes) {
        for (const auto& value : values) {
            FormFields fields;
            for (const char* name : {"username",
                                     "password",
                                     "email",
                                     "code",
                                     "first_name",
                                     "last_name",
                                     "password1",
                                     "password2",
                                     "next",
                                     "account",
                                     "session",
                                     "old_password"}) {
                fields.emplace_back(name, value);
            }
            BOOST_TEST_CONTEXT(route.path << ' ' << value.substr(0, 40)) {
                if (route.post != nullptr
                    && route.path.find("reclamar-usuario/") == std::string_view::npos) {
                    const Response response = site.browser.post(target_of(route), fields);
                    BOOST_TEST(response.status < 500);
                    BOOST_TEST(response.body.find("<script>alert") == std::string::npos);
                }
                if (route.get != nullptr) {
                    const Response response =
                        site.browser.get(target_of(route) + "?next=" + percent_encoded(value)
                                         + "&primera=" + percent_encoded(value));
                    BOOST_TEST(response.status < 500);
                    BOOST_TEST(response.body.find("<script>alert") == std::string::npos);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
