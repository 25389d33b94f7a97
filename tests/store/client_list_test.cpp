// The staff's list of clients: search, filters, order, pages.
#include "clients/client_list.h"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "clients/client_store.h"
#include "support/test_services.h"

using namespace ventanilla;
using namespace ventanilla::test;

namespace {

struct ClientList : TestServices {
    std::int64_t add(const std::string& name,
                     const std::string& email = "",
                     const std::string& phone = "") {
        clock.advance(std::chrono::seconds(1));
        return add_client(database(), {name, email, phone, "", ""}, Actor(), clock.now());
    }

    void give_account(std::int64_t client, const std::string& username) {
        execute("INSERT INTO account (username, password_hash, last_login_at) VALUES ('" + username
                + "', '!', '2026-11-20 10:00+00'); UPDATE client SET account_id = "
                  "(SELECT id FROM account WHERE username = '"
                + username + "') WHERE id = " + std::to_string(client));
    }

    // The names on the first page, in order, with " | " between.
    std::string found(const ClientFilter& filter, ClientOrder order = ClientOrder::Name) {
        const ClientPage page = client_page(database(), filter, order, 1);
        std::string names;
        for (const auto& line : page.lines) {
            names += (names.empty() ? "" : " | ") + line.full_name;
        }
        BOOST_TEST(page.total == std::ssize(page.lines));
        return names;
    }
    std::string found(const std::string& text) { return found(ClientFilter{text}); }
};

struct ThreeClients : ClientList {
    std::int64_t ines = add("Inés García Pérez", "ines.garcia1@ejemplo.com", "9935758611");
    std::int64_t zoe = add("Zoë Ñúñez", "", "+15551234567");
    std::int64_t guadalupe = add("GUADALUPE de la Cruz", "lupita_100%@ejemplo.com");
};

}  // namespace

BOOST_AUTO_TEST_SUITE(client_search)

BOOST_FIXTURE_TEST_CASE(accents_and_capitals_do_not_matter, ThreeClients) {
    for (const char* text : {"garcia", "GARCÍA", "inés", "INES", "perez  ines", "éş"}) {
        BOOST_TEST(found(text) == (std::string(text) == "éş" ? "" : "Inés García Pérez"), text);
    }
    BOOST_TEST(found("nuñez") == "Zoë Ñúñez");
    BOOST_TEST(found("ÑÚÑEZ zoe") == "Zoë Ñúñez");
    BOOST_TEST(found("guadalupe CRUZ") == "GUADALUPE de la Cruz");
}

BOOST_FIXTURE_TEST_CASE(every_word_must_be_found_somewhere, ThreeClients) {
    BOOST_TEST(found("garcia ejemplo 9935") == "Inés García Pérez");
    BOOST_TEST(found("garcia nuñez").empty());
    BOOST_TEST(found("ejemplo") == "GUADALUPE de la Cruz | Inés García Pérez");
    BOOST_TEST(found("garcia ines perez ejemplo nadie").empty());
}

BOOST_FIXTURE_TEST_CASE(short_words_are_found_at_the_beginning_of_a_word, ThreeClients) {
    BOOST_TEST(found("zo") == "Zoë Ñúñez");
    BOOST_TEST(found("la cr") == "GUADALUPE de la Cruz");
    BOOST_TEST(found("oë").empty());
    BOOST_TEST(found("ñ") == "Zoë Ñúñez");
    BOOST_TEST(found("99") == "Inés García Pérez");
}

BOOST_FIXTURE_TEST_CASE(a_telephone_is_found_however_it_is_written, ThreeClients) {
    for (const char* text : {"9935758611",
                             "993 575 8611",
                             "(993) 575-86-11",
                             "+52 993 575 8611",
                             "+52 (993) 575-8611",
                             "044 993 575 8611",
                             "52 1 993 575 8611",
                             "575-8611",
                             "993 575",
                             "+52 993"}) {
        BOOST_TEST(found(text) == "Inés García Pérez", text);
    }
    BOOST_TEST(found("+1 (555) 123-4567") == "Zoë Ñúñez");
    BOOST_TEST(found("garcia 993 575 8611") == "Inés García Pérez");
    BOOST_TEST(found("9935758612").empty());
}

BOOST_FIXTURE_TEST_CASE(wildcards_are_looked_for_as_they_are, ThreeClients) {
    BOOST_TEST(found("%").empty());
    BOOST_TEST(found("_").empty());
    BOOST_TEST(found("100%") == "GUADALUPE de la Cruz");
    BOOST_TEST(found("lupita_100%@") == "GUADALUPE de la Cruz");
    BOOST_TEST(found("gar_ia").empty());
    BOOST_TEST(found("g%a").empty());
    BOOST_TEST(found("\\").empty());
    BOOST_TEST(found("'; DROP TABLE client; --").empty());
    BOOST_TEST(found("{\"NULL\"}").empty());
    BOOST_TEST(found("").size() > 0U);
}

BOOST_FIXTURE_TEST_CASE(a_search_that_finds_nothing_is_one_empty_page, ThreeClients) {
    const auto page = client_page(database(), {"nadie"}, ClientOrder::Name, 7);
    BOOST_TEST(page.total == 0);
    BOOST_TEST(page.page == 1);
    BOOST_TEST(page.pages == 1);
    BOOST_TEST(page.lines.empty());
}

BOOST_FIXTURE_TEST_CASE(a_changed_client_is_found_by_what_it_is_now, ThreeClients) {
    const auto detail = client_detail(database(), ines, clock.now()).value();
    const auto change = change_client(database(),
                                      ines,
                                      detail.client.version,
                                      {"Agnès", "", "5512345678", "", ""},
                                      Actor(),
                                      clock.now());
    BOOST_TEST((change == ClientChange::Done));
    BOOST_TEST(found("garcia").empty());
    BOOST_TEST(found("agnes 55 1234 5678") == "Agnès");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_pages)

BOOST_FIXTURE_TEST_CASE(a_line_says_who_it_is_and_whether_they_come_in, ThreeClients) {
    give_account(ines, "ines");
    execute("UPDATE account SET is_active = false");
    const auto lines = client_page(database(), {}, ClientOrder::Name, 1).lines;
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[0].id == guadalupe);
    BOOST_TEST(!lines[0].username.has_value());
    BOOST_TEST(lines[1].id == ines);
    BOOST_TEST(lines[1].email == "ines.garcia1@ejemplo.com");
    BOOST_TEST(lines[1].phone == "9935758611");
    BOOST_TEST(lines[1].username.value() == "ines");
    BOOST_TEST(!lines[1].is_active);
    BOOST_TEST((lines[1].last_login_at == parse_iso("2026-11-20 10:00:00+00")));
    BOOST_TEST(lines[2].email.empty());
    BOOST_TEST(!lines[2].last_login_at.has_value());
}

BOOST_FIXTURE_TEST_CASE(who_has_an_account_and_who_has_none_are_told_apart, ThreeClients) {
    give_account(zoe, "zoe");
    BOOST_TEST(found({"", PortalFilter::With}) == "Zoë Ñúñez");
    BOOST_TEST(found({"", PortalFilter::Without}) == "GUADALUPE de la Cruz | Inés García Pérez");
    BOOST_TEST(found({"nuñez", PortalFilter::With}) == "Zoë Ñúñez");
    BOOST_TEST(found({"nuñez", PortalFilter::Without}).empty());
}

BOOST_FIXTURE_TEST_CASE(deleted_ones_are_in_a_list_of_their_own, ThreeClients) {
    BOOST_TEST(delete_client(database(), zoe, Actor(), clock.now()));
    BOOST_TEST(found("") == "GUADALUPE de la Cruz | Inés García Pérez");
    BOOST_TEST(found("nuñez").empty());
    BOOST_TEST(found({"", PortalFilter::Any, true}) == "Zoë Ñúñez");
    BOOST_TEST(found({"nuñez", PortalFilter::Any, true}) == "Zoë Ñúñez");
}

BOOST_FIXTURE_TEST_CASE(each_order_is_the_same_with_and_without_a_search, ThreeClients) {
    const std::string by_name = "GUADALUPE de la Cruz | Inés García Pérez | Zoë Ñúñez";
    const std::string by_name_down = "Zoë Ñúñez | Inés García Pérez | GUADALUPE de la Cruz";
    const std::string oldest = "Inés García Pérez | Zoë Ñúñez | GUADALUPE de la Cruz";
    const std::string newest = "GUADALUPE de la Cruz | Zoë Ñúñez | Inés García Pérez";
    execute("UPDATE client SET email = 'todos@ejemplo.com'");
    for (const char* text : {"", "todos"}) {
        BOOST_TEST(found({text}, ClientOrder::Name) == by_name, text);
        BOOST_TEST(found({text}, ClientOrder::NameDown) == by_name_down, text);
        BOOST_TEST(found({text}, ClientOrder::Oldest) == oldest, text);
        BOOST_TEST(found({text}, ClientOrder::Newest) == newest, text);
    }
}

BOOST_FIXTURE_TEST_CASE(pages_follow_each_other_without_gaps_and_repeats, ClientList) {
    execute(
        "INSERT INTO client (full_name, created_at) SELECT 'Igual', '2026-01-01' "
        "FROM generate_series(1, 101)");
    for (const char* text : {"", "igual"}) {
        for (const auto order :
             {ClientOrder::Name, ClientOrder::NameDown, ClientOrder::Newest, ClientOrder::Oldest}) {
            std::set<std::int64_t> seen;
            for (std::int64_t number = 1; number <= 3; ++number) {
                const auto page = client_page(database(), {text}, order, number);
                BOOST_TEST(page.total == 101);
                BOOST_TEST(page.pages == 3);
                BOOST_TEST(page.page == number);
                BOOST_TEST(page.lines.size() == (number < 3 ? 50U : 1U));
                for (const auto& line : page.lines) {
                    seen.insert(line.id);
                }
            }
            BOOST_TEST(seen.size() == 101U);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_page_beyond_the_last_is_the_last, ClientList) {
    execute("INSERT INTO client (full_name) SELECT 'Igual ' || n FROM generate_series(1, 60) AS n");
    for (const char* text : {"", "igual"}) {
        const auto last = client_page(database(), {text}, ClientOrder::Name, 99);
        BOOST_TEST(last.page == 2);
        BOOST_TEST(last.lines.size() == 10U);
        const auto first = client_page(database(), {text}, ClientOrder::Name, -3);
        BOOST_TEST(first.page == 1);
        BOOST_TEST(first.lines.size() == 50U);
        const auto far = client_page(database(), {text}, ClientOrder::Name, std::int64_t{1} << 62U);
        BOOST_TEST(far.page == 2);
    }
}

// More than are counted have the word `todos`. By name they stand behind so many others that a walk
// from the first name finds none, and by date one in two has it.
struct VeryManyClients : ClientList {
    VeryManyClients() {
        execute(
            "INSERT INTO client (full_name, email, created_at)"
            " SELECT 'Persona ' || lpad((n * 7919 % 20000)::text, 5, '0'), 'todos@ejemplo.com',"
            "        timestamptz '2026-01-01 00:00+00' + n * interval '1 minute'"
            " FROM generate_series(1, 10050) AS n");
        execute(
            "INSERT INTO client (full_name, created_at)"
            " SELECT 'Antes ' || n, timestamptz '2026-01-01 00:00+00' + n * interval '1 minute'"
            " FROM generate_series(1, 10050) AS n");
    }

    // What a page must hold, asked for in the plainest way.
    std::string expected(const std::string& order, std::int64_t page) {
        return text(
            "SELECT coalesce(string_agg(full_name, ' | '), '') FROM (SELECT full_name FROM client"
            " WHERE search_text LIKE '%todos%' ORDER BY "
            + order + " LIMIT 50 OFFSET " + std::to_string((page - 1) * 50) + ") AS page");
    }
    std::string shown(ClientOrder order, std::int64_t number) {
        std::string names;
        const ClientPage page = client_page(database(), {"todos"}, order, number);
        for (const auto& line : page.lines) {
            names += (names.empty() ? "" : " | ") + line.full_name;
        }
        return names;
    }
};

BOOST_FIXTURE_TEST_CASE(a_search_that_very_many_match_is_counted_so_far_and_no_further,
                        VeryManyClients) {
    const ClientPage page = client_page(database(), {"todos"}, ClientOrder::Name, 1);
    BOOST_TEST(page.total == most_counted);
    BOOST_TEST(page.has_more);
    BOOST_TEST(page.pages == 200);
    const ClientPage all = client_page(database(), {}, ClientOrder::Name, 1);
    BOOST_TEST(all.total == 20'100);
    BOOST_TEST(!all.has_more);
    execute(
        "DELETE FROM client WHERE id IN (SELECT id FROM client WHERE email IS NOT NULL LIMIT 50)");
    const ClientPage just = client_page(database(), {"todos"}, ClientOrder::Name, 1);
    BOOST_TEST(just.total == most_counted);
    BOOST_TEST(!just.has_more);
}

BOOST_FIXTURE_TEST_CASE(pages_of_very_many_matches_are_the_same_however_they_are_found,
                        VeryManyClients) {
    for (const std::int64_t number : {1, 2, 40, 200}) {
        BOOST_TEST(shown(ClientOrder::Name, number) == expected("sort_name, id", number));
        BOOST_TEST(shown(ClientOrder::NameDown, number)
                   == expected("sort_name DESC, id DESC", number));
        BOOST_TEST(shown(ClientOrder::Newest, number)
                   == expected("created_at DESC, id DESC", number));
        BOOST_TEST(shown(ClientOrder::Oldest, number) == expected("created_at, id", number));
    }
    BOOST_TEST(shown(ClientOrder::Name, 999) == expected("sort_name, id", 200));
}

BOOST_AUTO_TEST_SUITE_END()
