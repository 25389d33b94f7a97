// Values on their way to a real PostgreSQL and back.
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/clock.h"
#include "store/database.h"

using namespace ventanilla;
using namespace ventanilla::db;
using namespace ventanilla::test;

BOOST_AUTO_TEST_SUITE(rows)

BOOST_AUTO_TEST_CASE(null_fits_only_what_may_be_absent) {
    Database database;
    constexpr Statement nothing{"nothing", "SELECT NULL::text, NULL::bigint"};
    const Rows rows = database.connection.run(nothing);
    const auto [text, number] = rows.at<std::optional<std::string>, std::optional<std::int64_t>>(0);
    BOOST_TEST(!text.has_value());
    BOOST_TEST(!number.has_value());
    BOOST_CHECK_THROW((void)rows.at<std::string>(0), Failure);
    BOOST_CHECK_THROW((void)(rows.at<std::optional<std::string>, std::int64_t>(0)), Failure);
}

BOOST_AUTO_TEST_CASE(a_column_of_another_type_is_a_failure) {
    Database database;
    constexpr Statement words{"words", "SELECT 'abc', '1.5', '2026-11-21'"};
    const Rows rows = database.connection.run(words);
    BOOST_CHECK_THROW((void)rows.at<std::int64_t>(0), Failure);
    BOOST_CHECK_THROW((void)(rows.at<std::string, std::int64_t>(0)), Failure);
    BOOST_CHECK_THROW((void)(rows.at<std::string, std::string, Timestamp>(0)), Failure);
    BOOST_CHECK_THROW((void)rows.at<Bytes>(0), Failure);
}

BOOST_AUTO_TEST_CASE(values_travel_unchanged_in_both_directions) {
    Database database;
    constexpr Statement echo{
        "echo", "SELECT $1::text, $2::bigint, $3::boolean, $4::timestamptz, $5::bytea, $6::text"};
    std::string all_bytes;
    for (int byte = 0; byte < 256; ++byte) {
        all_bytes += static_cast<char>(byte);
    }
    for (const char* when :
         {"2026-11-21 12:00:00.123456+00", "1969-12-31 23:59:59.5+00", "1815-06-18 10:00:00+00"}) {
        const Timestamp moment = parse_iso(when);
        const Rows rows = database.connection.run(echo,
                                                  "o'hara \\ \"ñ\" $1; --",
                                                  std::int64_t{-9'000'000'000},
                                                  true,
                                                  moment,
                                                  Bytes{all_bytes},
                                                  std::nullopt);
        const auto [text, number, flag, time, bytes, nothing] =
            rows.at<std::string, std::int64_t, bool, Timestamp, Bytes, std::optional<std::string>>(
                0);
        BOOST_TEST(text == "o'hara \\ \"ñ\" $1; --");
        BOOST_TEST(number == -9'000'000'000);
        BOOST_TEST(flag);
        BOOST_TEST((time == moment), when);
        BOOST_TEST((bytes.value == all_bytes));
        BOOST_TEST(!nothing.has_value());
    }
}

BOOST_AUTO_TEST_CASE(the_first_row_may_be_missing) {
    Database database;
    constexpr Statement none{"none", "SELECT 1 WHERE false"};
    BOOST_TEST(!database.connection.run(none).first<std::int64_t>().has_value());
    BOOST_TEST(database.connection.run(one).first<std::int64_t>().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
