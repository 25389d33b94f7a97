// A POST counts only when it comes from a form of ours in the same browser.
#include <string>

#include <boost/test/unit_test.hpp>

#include "pages/site.h"

using namespace ventanilla;
using namespace ventanilla::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(form_tokens)

BOOST_AUTO_TEST_CASE(every_post_without_a_token_is_403_and_changes_nothing) {
    Site site;
    Browser inside = site.signed_in("jefa", true);
    const auto before =
        site.text("SELECT count(*) || ' ' || (SELECT count(*) FROM claim) FROM session");
    for (const auto& route : whole_site().routes) {
        // What other programs send is signed instead.
        if (route.post == nullptr || route.body == BodyKind::Raw) {
            continue;
        }
        for (const char* token : {"", "x", "AAAA", "null"}) {
            const Response response = inside.send(Browser::with_form(
                inside.request("POST", target_of(route)), {{"csrf_token", token}, {"all", "1"}}));
            BOOST_TEST(response.status == 403, route.path);
            BOOST_TEST(response.body.find("<h1>") != std::string::npos);
        }
    }
    BOOST_TEST(site.text("SELECT count(*) || ' ' || (SELECT count(*) FROM claim) FROM session")
               == before);
}

BOOST_AUTO_TEST_CASE(a_token_is_bound_to_its_browser_and_session) {
    Site site;
    Browser other(site.services);
    const std::string foreign = other.form_token();
    const auto status = [&](Browser& browser, const std::string& token) {
        return browser
            .send(Browser::with_form(browser.request("POST", "/clientes/portal/recuperar/"),
                                     {{"email", "x"}, {"csrf_token", token}}))
            .status;
    };
    const std::string mine = site.browser.form_token();
    BOOST_TEST(status(site.browser, foreign) == 403);
    BOOST_TEST(status(site.browser, mine) == 422);
    BOOST_TEST(status(site.browser, mine) == 422);  // a form may be sent again after an error
    // One character altered.
    for (const std::size_t at : {std::size_t{0}, mine.size() / 2, mine.size() - 2}) {
        std::string altered = mine;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        BOOST_TEST(status(site.browser, altered) == 403);
    }
    // A token from before the login is worthless after it, and after logging out again.
    Browser inside = site.signed_in("maria");
    const std::string within = inside.form_token();
    BOOST_TEST(status(inside, within) == 422);
    inside.cookies.erase("session");
    BOOST_TEST(status(inside, within) == 403);
}

BOOST_AUTO_TEST_CASE(a_browser_without_our_cookie_has_no_form_of_ours) {
    Site site;
    const std::string token = site.browser.form_token();
    Browser bare(site.services);
    BOOST_TEST(
        bare.send(Browser::with_form(bare.request("POST", "/login/"), {{"csrf_token", token}}))
            .status
        == 403);
    for (const auto& cookie : {""s, "short"s, std::string(43, '!'), std::string(44, 'A')}) {
        bare.cookies = {{"visitor", cookie}};
        BOOST_TEST(
            bare.send(Browser::with_form(bare.request("POST", "/login/"), {{"csrf_token", token}}))
                .status
            == 403);
    }
}

BOOST_AUTO_TEST_CASE(a_token_never_looks_the_same_twice) {
    Site site;
    BOOST_TEST(site.browser.form_token() != site.browser.form_token());
}

BOOST_AUTO_TEST_CASE(a_post_from_another_place_is_refused_even_with_a_token) {
    Site site;
    const auto status = [&](const std::string& origin, const std::string& fetch_site) {
        Request request =
            Browser::with_form(site.browser.request("POST", "/clientes/portal/recuperar/"),
                               {{"email", "x"}, {"csrf_token", site.browser.form_token()}});
        request.origin = origin;
        request.fetch_site = fetch_site;
        return site.browser.send(request).status;
    };
    BOOST_TEST(status("", "") == 422);
    BOOST_TEST(status("http://127.0.0.1:8080", "same-origin") == 422);
    BOOST_TEST(status("", "none") == 422);
    for (const char* origin : {"http://evil.com",
                               "null",
                               "https://127.0.0.1:8080",
                               "http://127.0.0.1:8081",
                               "http://127.0.0.1:8080.evil.com",
                               "http://127.0.0.1:8080/",
                               "file://"}) {
        BOOST_TEST(status(origin, "") == 403, origin);
    }
    BOOST_TEST(status("", "cross-site") == 403);
    BOOST_TEST(status("http://127.0.0.1:8080", "cross-site") == 403);
}

BOOST_AUTO_TEST_CASE(a_token_in_the_address_does_not_count) {
    Site site;
    const std::string token = site.browser.form_token();
    Request request = Browser::with_form(
        site.browser.request("POST", "/clientes/portal/recuperar/?csrf_token=" + token),
        {{"email", "x"}});
    BOOST_TEST(site.browser.send(request).status == 403);
}

BOOST_AUTO_TEST_SUITE_END()
