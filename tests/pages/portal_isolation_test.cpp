// A client sees only what is theirs: every id of somebody else, in every route, is the same 404 as
// an id that nobody has.
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "pages/portal_client.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

// An answer without what the address itself puts into it.
std::string comparable(Response response, const std::string& path) {
    std::string text = std::to_string(response.status) + '\n' + response.content_type + '\n'
                       + header(response, "Content-Disposition") + '\n'
                       + without_tokens(std::move(response.body));
    for (auto at = text.find(path); at != std::string::npos; at = text.find(path)) {
        text.replace(at, path.size(), "<path>");
    }
    return text;
}

std::set<std::int64_t> ids_of(Site& site, const PortalClient& client) {
    std::set<std::int64_t> ids = {client.id, client.account};
    for (const char* table : {"service", "charge", "payment", "ledger_entry", "profile_change"}) {
        const std::string from =
            std::string(" FROM ") + table + " WHERE client_id = " + std::to_string(client.id);
        const auto count = site.number("SELECT count(*)" + from);
        for (std::int64_t i = 0; i < count; ++i) {
            ids.insert(site.number("SELECT id" + from + " ORDER BY id LIMIT 1 OFFSET "
                                   + std::to_string(i)));
        }
    }
    return ids;
}

std::string with_id(std::string_view route, std::int64_t id) {
    std::string path(route);
    return path.replace(path.find("<id>"), 4, std::to_string(id));
}

struct TwoClients : Site {
    PortalClient ana{*this, "ana"};
    PortalClient berta{*this, "berta"};

    TwoClients() {
        // Ids of different tables differ, so that none of Berta's is by chance one of Ana's.
        execute("ALTER SEQUENCE payment_id_seq RESTART WITH 5000");
        execute("ALTER SEQUENCE charge_id_seq RESTART WITH 7000");
        berta.charge("Internet de Berta", "350", "2026-10-01");
        berta.charge("Secreto de Berta", "77.77", "2026-11-30");
        (void)berta.pay(400'00, PaymentMeans::Transfer);
        (void)berta.pay(1'00);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(portal_isolation)

BOOST_FIXTURE_TEST_CASE(every_id_of_somebody_else_is_the_same_404_in_every_route, TwoClients) {
    constexpr std::int64_t unknown = 999'999;
    std::size_t tried = 0;
    for (const auto& route : whole_site().routes) {
        const bool is_portal = route.path.starts_with("/clientes/portal/");
        if (!is_portal || route.path.find("<id>") == std::string_view::npos) {
            continue;
        }
        const std::string nobodys = with_id(route.path, unknown);
        const std::string expected = comparable(ana.browser.get(nobodys), nobodys);
        BOOST_TEST(expected.starts_with("404\n"));
        const auto ids = ids_of(*this, berta);
        BOOST_TEST(ids.size() >= 8U);
        for (const auto id : ids) {
            const std::string path = with_id(route.path, id);
            BOOST_TEST(comparable(ana.browser.get(path), path) == expected, path);
            ++tried;
        }
    }
    BOOST_TEST(tried >= 2U * 8U);
}

BOOST_FIXTURE_TEST_CASE(the_same_addresses_open_for_their_owner, TwoClients) {
    const auto payment =
        number("SELECT max(id) FROM payment WHERE client_id = " + std::to_string(berta.id));
    shows(berta.browser.get(receipt_path(payment)), 200, "Recibo");
    BOOST_TEST(berta.browser.get(receipt_path(payment) + "recibo.pdf").status == 200);
}

BOOST_FIXTURE_TEST_CASE(no_page_of_one_client_holds_a_word_of_another, TwoClients) {
    std::size_t seen = 0;
    for (const auto& route : whole_site().routes) {
        if (!route.path.starts_with("/clientes/portal/") || route.get == nullptr
            || route.path.find('<') != std::string_view::npos) {
            continue;
        }
        const std::string path(route.path);
        const Response page =
            ana.browser.get(path + "?cliente=" + std::to_string(berta.id) + "&client_id="
                            + std::to_string(berta.id) + "&id=" + std::to_string(berta.id));
        const std::string text =
            page.content_type == "application/pdf" ? pdf_text(page.body) : page.body;
        BOOST_TEST(
            (text.find("Berta") == std::string::npos && text.find("77.77") == std::string::npos
             && text.find("berta@") == std::string::npos),
            path);
        seen += page.status == 200 ? 1 : 0;
    }
    BOOST_TEST(seen >= 10U);
}

BOOST_FIXTURE_TEST_CASE(a_session_that_ended_opens_nothing, TwoClients) {
    const auto payment =
        number("SELECT max(id) FROM payment WHERE client_id = " + std::to_string(berta.id));
    execute("UPDATE session SET expires_at = now() - interval '1 year'");
    for (const std::string& path : {std::string(paths::portal),
                                    std::string("/clientes/portal/estado-de-cuenta/estado.csv"),
                                    std::string("/clientes/portal/actividad/"),
                                    receipt_path(payment),
                                    receipt_path(payment) + "recibo.pdf"}) {
        const auto cookies = berta.browser.cookies;
        const Response answer = berta.browser.get(path);
        BOOST_TEST(answer.status == 303, path);
        BOOST_TEST(answer.body.empty(), path);
        berta.browser.cookies = cookies;
    }
}

BOOST_FIXTURE_TEST_CASE(a_client_that_was_deleted_sees_no_money, TwoClients) {
    const auto payment =
        number("SELECT max(id) FROM payment WHERE client_id = " + std::to_string(berta.id));
    execute("UPDATE client SET is_deleted = true WHERE id = " + std::to_string(berta.id));
    shows(berta.browser.get(paths::portal), 200, "Todavía no hay servicios en tu cuenta");
    BOOST_TEST(berta.browser.get(receipt_path(payment)).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
