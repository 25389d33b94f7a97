// Stored hashes of real hashers: the data folder holds rows that Django 3.2 and PHP made.
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "accounts/password_hash.h"

using namespace ventanilla;

namespace {

using Row = std::map<std::string, std::string>;
using Hashes = std::map<std::string, std::string>;

std::string whole_file(const std::string& name) {
    std::ifstream file(std::string(VENTANILLA_TEST_DATA) + "/" + name, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read " + name);
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

// RFC 4180: quoted fields may hold commas, line ends and doubled quotes; blanks belong to a field.
std::vector<std::vector<std::string>> csv_lines(const std::string& text) {
    std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string& field = lines.back().back();
        if (text[i] == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
            field += text[++i];
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == ',' && !quoted) {
            lines.back().emplace_back();
        } else if (text[i] == '\n' && !quoted) {
            lines.emplace_back(1);
        } else if (text[i] != '\r' || quoted) {
            field += text[i];
        }
    }
    lines.pop_back();
    return lines;
}

std::vector<Row> csv_rows(const std::string& name) {
    const auto lines = csv_lines(whole_file(name));
    std::vector<Row> rows;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        Row row;
        for (std::size_t column = 0; column < lines[0].size(); ++column) {
            row[lines[0][column]] = lines[i].at(column);
        }
        rows.push_back(row);
    }
    return rows;
}

Hashes archived_hashes() {
    Hashes hashes;
    for (const Row& row : csv_rows("usuarios_archivados.csv")) {
        hashes[row.at("id")] = row.at("password");
    }
    return hashes;
}

Hashes dumpdata_hashes() {
    Hashes hashes;
    for (const auto& row : nlohmann::json::parse(whole_file("auth_user.dumpdata.json"))) {
        hashes[std::to_string(row.at("pk").get<int>())] = row.at("fields").at("password");
    }
    return hashes;
}

Hashes member_hashes() {
    Hashes hashes;
    std::istringstream lines(whole_file("socios_2009.jsonl"));
    for (std::string line; std::getline(lines, line);) {
        const auto row = nlohmann::json::parse(line);
        hashes[std::to_string(row.at("socio").get<int>())] = row.at("clave");
    }
    return hashes;
}

struct Counts {
    std::size_t verified = 0;
    std::size_t unusable = 0;
};

// A row of the list without a password stands for an account that Django made unusable.
void check_unusable_row(const std::string& stored, const Row& row, Counts& counts) {
    BOOST_TEST(row.at("contrasena").empty());
    BOOST_TEST(!verify_password(stored, row.at("contrasena")));
    ++counts.unusable;
}

// Every known password of the source opens its hash; the first of each format is also tried wrong.
Counts check_known_passwords(const std::string& source, const Hashes& hashes) {
    std::set<std::string> tried_wrong;
    Counts counts;
    for (const Row& row : csv_rows("claves_conocidas.csv")) {
        if (row.at("fuente") != source) {
            continue;
        }
        const std::string& stored = hashes.at(row.at("id"));
        const std::string& password = row.at("contrasena");
        if (hash_format(stored) == HashFormat::Unusable) {
            check_unusable_row(stored, row, counts);
            continue;
        }
        BOOST_TEST(hash_format_name(hash_format(stored)) == row.at("algoritmo"), stored);
        BOOST_TEST(verify_password(stored, password), stored);
        ++counts.verified;
        if (tried_wrong.insert(row.at("algoritmo")).second) {
            BOOST_TEST(!verify_password(stored, "#" + password), stored);
        }
    }
    return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(known_passwords)

BOOST_AUTO_TEST_CASE(every_known_password_of_the_archived_users_verifies) {
    const Counts counts = check_known_passwords("usuarios_archivados", archived_hashes());
    BOOST_TEST(counts.verified == 118U);
    BOOST_TEST(counts.unusable == 2U);
}

BOOST_AUTO_TEST_CASE(every_known_password_of_the_django_dump_verifies) {
    const Counts counts = check_known_passwords("auth_user", dumpdata_hashes());
    BOOST_TEST(counts.verified == 60U);
    BOOST_TEST(counts.unusable == 0U);
}

BOOST_AUTO_TEST_CASE(every_known_password_of_the_members_of_2009_verifies) {
    const Counts counts = check_known_passwords("socios_2009", member_hashes());
    BOOST_TEST(counts.verified == 20U);
    BOOST_TEST(counts.unusable == 0U);
}

BOOST_AUTO_TEST_CASE(every_row_of_the_sources_has_a_known_format) {
    for (const Hashes& source : {archived_hashes(), dumpdata_hashes(), member_hashes()}) {
        for (const auto& [id, stored] : source) {
            const HashFormat format = hash_format(stored);
            BOOST_TEST((can_verify(format) || format == HashFormat::Unusable), stored);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
