// Random values: no bias, nothing twice.
#include "core/random.h"

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/digest.h"

using namespace ventanilla;

namespace {

// Sum of (seen - expected)^2 / expected.
double chi_square(const std::map<std::string, int>& seen, double kinds, double draws) {
    const double expected = draws / kinds;
    double sum = (kinds - static_cast<double>(seen.size())) * expected;
    for (const auto& [kind, count] : seen) {
        sum += std::pow(count - expected, 2) / expected;
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_values)

BOOST_AUTO_TEST_CASE(each_digit_of_a_code_is_equally_likely_in_each_place) {
    constexpr int draws = 20'000;
    std::array<std::map<std::string, int>, 4> seen;
    std::map<std::string, int> pairs;
    for (int i = 0; i < draws; ++i) {
        const std::string code = random_digits(4);
        BOOST_REQUIRE(code.size() == 4);
        for (std::size_t place = 0; place < 4; ++place) {
            BOOST_REQUIRE((code[place] >= '0' && code[place] <= '9'));
            ++seen.at(place)[code.substr(place, 1)];
        }
        ++pairs[code.substr(0, 2)];
    }
    // 9 and 99 degrees of freedom: beyond these only once in ten million runs.
    for (const auto& place : seen) {
        BOOST_TEST(chi_square(place, 10, draws) < 50);
    }
    BOOST_TEST(chi_square(pairs, 100, draws) < 190);
}

BOOST_AUTO_TEST_CASE(leading_zeros_are_kept) {
    int with_zero = 0;
    for (int i = 0; i < 2000; ++i) {
        const std::string code = random_digits(8);
        BOOST_REQUIRE(code.size() == 8);
        with_zero += code.front() == '0' ? 1 : 0;
    }
    BOOST_TEST(with_zero > 100);
    BOOST_TEST(with_zero < 320);
}

BOOST_AUTO_TEST_CASE(a_bound_that_is_no_power_of_two_gives_no_bias) {
    std::map<std::string, int> seen;
    for (int i = 0; i < 12'000; ++i) {
        const auto value = random_below(3);
        BOOST_REQUIRE(value < 3);
        ++seen[std::to_string(value)];
    }
    BOOST_TEST(chi_square(seen, 3, 12'000) < 40);
    // Two thirds of the source's range: without drawing again the lower half would come twice as
    // often.
    int lower = 0;
    for (int i = 0; i < 4000; ++i) {
        lower += random_below(0xC0000000U) < 0x60000000U ? 1 : 0;
    }
    BOOST_TEST(lower > 1800);
    BOOST_TEST(lower < 2200);
    BOOST_TEST(random_below(1) == 0U);
}

BOOST_AUTO_TEST_CASE(tokens_are_long_and_never_the_same) {
    std::set<std::string> tokens;
    for (int i = 0; i < 1000; ++i) {
        const std::string token = random_token();
        BOOST_REQUIRE(token.size() == 43);
        BOOST_REQUIRE(from_base64url(token).value().size() == 32);
        tokens.insert(token);
    }
    BOOST_TEST(tokens.size() == 1000);
    BOOST_TEST(random_bytes(0).empty());
    BOOST_TEST(random_bytes(16).size() == 16);
}

BOOST_AUTO_TEST_SUITE_END()
