// Clock, digests, encodings, random values, sealing and log lines.
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/clock.h"
#include "core/digest.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/random.h"
#include "core/sealing.h"

using namespace ventanilla;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// Times that people read follow the process's zone; each case says which.
class InZone {
  public:
    explicit InZone(const char* zone) {
        const char* before = std::getenv("TZ");
        before_ = before == nullptr ? "" : before;
        set(zone);
    }
    InZone(const InZone&) = delete;
    InZone& operator=(const InZone&) = delete;
    ~InZone() { set(before_.c_str()); }

  private:
    static void set(const char* zone) {
        setenv("TZ", zone, 1);
        tzset();
    }
    std::string before_;
};

Timestamp at(std::int64_t seconds, std::int64_t micros = 0) {
    return Timestamp(std::chrono::seconds(seconds) + std::chrono::microseconds(micros));
}

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) {
        text += static_cast<char>(value);
    }
    return text;
}

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

BOOST_AUTO_TEST_SUITE(clock_texts)

BOOST_AUTO_TEST_CASE(a_time_is_shown_in_the_zone_of_the_setting) {
    const InZone zone("America/Mexico_City");
    const Timestamp when = parse_iso("2026-11-21 20:35:00+00");
    BOOST_TEST(clock_text(when) == "14:35");
    BOOST_TEST(date_text(when) == "21 nov 2026");
    BOOST_TEST(date_time_text(when) == "21 nov 2026, 14:35");
}

BOOST_AUTO_TEST_CASE(the_day_is_the_one_of_the_zone) {
    const InZone zone("America/Mexico_City");
    BOOST_TEST(date_text(parse_iso("2026-12-01 05:59:59+00")) == "30 nov 2026");
    BOOST_TEST(date_text(parse_iso("2026-12-01 06:00:00+00")) == "1 dic 2026");
}

BOOST_AUTO_TEST_CASE(every_month_has_its_name) {
    const InZone zone("UTC");
    const std::array names = {
        "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"};
    for (std::size_t month = 0; month < names.size(); ++month) {
        const std::string number =
            month < 9 ? "0" + std::to_string(month + 1) : std::to_string(month + 1);
        BOOST_TEST(date_text(parse_iso("2024-" + number + "-29 12:00:00+00"))
                   == "29 "s + names.at(month) + " 2024");
    }
}

BOOST_AUTO_TEST_CASE(minutes_are_not_rounded_up) {
    const InZone zone("UTC");
    BOOST_TEST(clock_text(parse_iso("2026-01-01 00:00:59.999999+00")) == "00:00");
}

BOOST_AUTO_TEST_CASE(a_time_before_1970_is_shown_right) {
    const InZone zone("UTC");
    BOOST_TEST(date_time_text(parse_iso("1969-12-31 23:59:00+00")) == "31 dic 1969, 23:59");
    BOOST_TEST(clock_text(parse_iso("1969-12-31 23:59:59.500000+00")) == "23:59");
}

BOOST_AUTO_TEST_CASE(iso_text_is_what_postgresql_writes) {
    BOOST_TEST(iso_text(at(0)) == "1970-01-01 00:00:00.000000+00");
    BOOST_TEST(iso_text(at(1795293300, 123456)) == "2026-11-21 20:35:00.123456+00");
    BOOST_TEST(iso_text(at(951782400)) == "2000-02-29 00:00:00.000000+00");
}

BOOST_AUTO_TEST_CASE(iso_text_and_back_is_the_same_moment) {
    for (const std::int64_t seconds :
         {-2208988800LL, -86400LL, -1LL, 0LL, 1LL, 951782400LL, 4102444799LL}) {
        for (const std::int64_t micros : {0, 1, 10, 999, 500000, 999999}) {
            const Timestamp when = at(seconds, micros);
            BOOST_TEST_CONTEXT("seconds " << seconds << ", micros " << micros) {
                BOOST_TEST((parse_iso(iso_text(when)) - when).count() == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_moment_before_1970_has_its_own_second) {
    BOOST_TEST(iso_text(at(0, -500000)) == "1969-12-31 23:59:59.500000+00");
    BOOST_TEST(iso_text(at(-86400)) == "1969-12-31 00:00:00.000000+00");
}

BOOST_AUTO_TEST_CASE(short_fractions_and_the_forms_of_iso_8601_are_read) {
    BOOST_TEST((parse_iso("1970-01-01 00:00:00.5+00") - at(0, 500000)).count() == 0);
    BOOST_TEST((parse_iso("1970-01-01 00:00:00.000001+00") - at(0, 1)).count() == 0);
    BOOST_TEST((parse_iso("1970-01-01T00:00:01Z") - at(1)).count() == 0);
    BOOST_TEST((parse_iso("1970-01-01 00:00:00.1234567+00") - at(0, 123456)).count() == 0);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_timestamps) {
    for (const char* text : {"",
                             "x",
                             "2026-11-21",
                             "2026-11-21 20:35",
                             "2026-11-21 20:35:00",
                             "2026-11-21 20:35:00+02",
                             "2026-11-21 20:35:00+00 BC",
                             "2026-11-21 20:35:00+00x",
                             "infinity",
                             "-infinity"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW((void)parse_iso(text), Failure);
        }
    }
}

BOOST_AUTO_TEST_CASE(impossible_dates_are_no_timestamps) {
    for (const char* text : {"2026-13-01 00:00:00+00",
                             "2026-00-01 00:00:00+00",
                             "2026-02-30 00:00:00+00",
                             "2026-01-01 25:00:00+00",
                             "2026-01-01 00:61:00+00"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW((void)parse_iso(text), Failure);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_fixed_clock_stands_still_until_told) {
    FixedClock clock(at(100));
    BOOST_TEST((clock.now() - at(100)).count() == 0);
    clock.advance(1500ms);
    BOOST_TEST((clock.now() - at(101, 500000)).count() == 0);
    BOOST_TEST((SystemClock().now() > at(1700000000)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(digests)

BOOST_AUTO_TEST_CASE(sha256_gives_the_digests_of_fips_180) {
    BOOST_TEST(hex(sha256(""))
               == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(hex(sha256("abc"))
               == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(hex(sha256(std::string(1'000'000, 'a')))
               == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(hmac_sha256_gives_the_values_of_rfc_4231) {
    struct Vector {
        std::string key;
        std::string data;
        std::string mac;
    };
    const std::string counting = *from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819");
    const std::vector<Vector> vectors = {
        {std::string(20, '\x0b'),
         "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe",
         "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'),
         std::string(50, '\xdd'),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counting,
         std::string(50, '\xcd'),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(131, '\xaa'),
         "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. The "
         "key needs to be hashed before being used by the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
    for (const auto& [key, data, mac] : vectors) {
        BOOST_TEST(hex(hmac_sha256(key, data)) == mac);
    }
}

BOOST_AUTO_TEST_CASE(base64_gives_the_texts_of_rfc_4648) {
    const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        BOOST_TEST(base64(plain) == encoded);
        const std::string bare = encoded.substr(0, encoded.find('='));
        BOOST_TEST(base64url(plain) == bare);
        BOOST_TEST(from_base64url(bare).value() == plain);
    }
    BOOST_TEST(base64(bytes({0xfb, 0xff, 0xfe})) == "+//+");
    BOOST_TEST(base64url(bytes({0xfb, 0xff, 0xfe})) == "-__-");
}

BOOST_AUTO_TEST_CASE(base64url_refuses_what_it_never_writes) {
    for (const char* text :
         {"Z", "Zm9vY", "Zg==", "Zm9+", "Zm9/", "Zm 9", "Zm9\n", "Zm9.", "ñañ"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!from_base64url(text).has_value());
        }
    }
    BOOST_TEST(!from_base64url("Zm9\0"s).has_value());
}

BOOST_AUTO_TEST_CASE(every_byte_survives_base64url_and_hex) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all += static_cast<char>(byte);
        BOOST_TEST((from_base64url(base64url(all)) == all));
        BOOST_TEST((from_hex(hex(all)) == all));
    }
}

BOOST_AUTO_TEST_CASE(hex_reads_both_cases_and_nothing_else) {
    BOOST_TEST(hex("\x01\xab\xff") == "01abff");
    BOOST_TEST((from_hex("01aBFf") == "\x01\xab\xff"s));
    BOOST_TEST((from_hex("") == ""s));
    for (const char* text : {"0", "0g", "0x", "é", " 0", "000"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!from_hex(text).has_value());
        }
    }
    BOOST_TEST(!from_hex("0\0"s).has_value());
}

BOOST_AUTO_TEST_CASE(equality_in_constant_time_is_equality) {
    BOOST_TEST(equal_in_constant_time("", ""));
    BOOST_TEST(equal_in_constant_time("abc", "abc"));
    BOOST_TEST(!equal_in_constant_time("abc", "abd"));
    BOOST_TEST(!equal_in_constant_time("abc", "ab"));
    BOOST_TEST(!equal_in_constant_time("a\0b"s, "a\0c"s));
}

BOOST_AUTO_TEST_SUITE_END()

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

BOOST_AUTO_TEST_SUITE(sealing)

const KeyRing ring("key one, long enough to be one", "", "tests");

BOOST_AUTO_TEST_CASE(what_was_sealed_opens_again) {
    for (const std::string& plain : {""s, "x"s, "ñandú\0 with NUL"s, std::string(100'000, 'z')}) {
        BOOST_TEST((ring.open(ring.seal(plain, "row 1"), "row 1") == plain));
    }
}

BOOST_AUTO_TEST_CASE(the_same_text_is_sealed_differently_each_time) {
    BOOST_TEST(ring.seal("secret", "") != ring.seal("secret", ""));
    BOOST_TEST(ring.seal("secret", "").find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_altered_bit_anywhere_does_not_open) {
    const std::string sealed = ring.seal("1234", "row 1");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string altered = sealed;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        BOOST_TEST(!ring.open(altered, "row 1").has_value());
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        BOOST_TEST(!ring.open(sealed.substr(0, size), "row 1").has_value());
    }
    BOOST_TEST(!ring.open(sealed + "x", "row 1").has_value());
}

BOOST_AUTO_TEST_CASE(another_binding_does_not_open) {
    const std::string sealed = ring.seal("1234", "row 1");
    BOOST_TEST(!ring.open(sealed, "row 2").has_value());
    BOOST_TEST(!ring.open(sealed, "").has_value());
}

BOOST_AUTO_TEST_CASE(another_purpose_or_key_does_not_open_or_verify) {
    const KeyRing other_purpose("key one, long enough to be one", "", "other");
    const KeyRing other_key("key two, long enough to be one", "", "tests");
    const std::string sealed = ring.seal("1234", "");
    const std::string mac = ring.sign("1234");
    for (const KeyRing* other : {&other_purpose, &other_key}) {
        BOOST_TEST(!other->open(sealed, "").has_value());
        BOOST_TEST(!other->verify("1234", mac));
    }
}

BOOST_AUTO_TEST_CASE(the_previous_key_still_opens_and_verifies_but_makes_nothing_new) {
    const KeyRing rotated(
        "key two, long enough to be one", "key one, long enough to be one", "tests");
    const KeyRing finished("key two, long enough to be one", "", "tests");
    BOOST_TEST((rotated.open(ring.seal("old", "b"), "b") == "old"s));
    BOOST_TEST(rotated.verify("data", ring.sign("data")));
    BOOST_TEST((finished.open(rotated.seal("new", "b"), "b") == "new"s));
    BOOST_TEST(finished.verify("data", rotated.sign("data")));
    BOOST_TEST(!ring.open(rotated.seal("new", "b"), "b").has_value());
    BOOST_TEST(!finished.open(ring.seal("old", "b"), "b").has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_previous_key_is_none) {
    const KeyRing empty("", "", "tests");
    const KeyRing with_none("key one, long enough to be one", "", "tests");
    BOOST_TEST(!with_none.verify("data", empty.sign("data")));
}

BOOST_AUTO_TEST_CASE(a_signature_holds_for_its_text_alone) {
    const std::string mac = ring.sign("data");
    BOOST_TEST(mac.size() == 32);
    BOOST_TEST(ring.verify("data", mac));
    BOOST_TEST(!ring.verify("datA", mac));
    BOOST_TEST(!ring.verify("data", mac.substr(0, 31)));
    BOOST_TEST(!ring.verify("data", ""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(plain_values_stand_bare) {
    BOOST_TEST(log_line("info", "request", {{"status", "200"}, {"route", "/login/"}})
               == "level=info event=request status=200 route=/login/");
}

BOOST_AUTO_TEST_CASE(nothing_a_visitor_sends_starts_a_new_line) {
    for (const auto& hostile :
         {"a\nlevel=error"s, "a\r\nb"s, "a\x1b[2Jb"s, "a\0b"s, "a\x7f"s, "a\tb"s}) {
        const std::string line = log_line("info", "x", {{"value", hostile}});
        for (const char c : line) {
            BOOST_TEST((static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'));
        }
    }
    BOOST_TEST(log_line("info", "x", {{"v", "a\nb"}}) == R"(level=info event=x v="a\x0ab")");
    BOOST_TEST(log_line("info", "x", {{"v", "\x1b[31m"}}) == R"(level=info event=x v="\x1b[31m")");
}

BOOST_AUTO_TEST_CASE(a_value_cannot_end_its_quotes_or_pose_as_another_field) {
    BOOST_TEST(log_line("info", "x", {{"v", R"(a" b=c \)"}})
               == R"(level=info event=x v="a\" b=c \\")");
    BOOST_TEST(log_line("info", "x", {{"v", "b=c"}}) == R"(level=info event=x v="b=c")");
    BOOST_TEST(log_line("info", "x", {{"v", "back\\slash"}})
               == R"(level=info event=x v="back\\slash")");
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_visible_and_letters_of_every_script_stay) {
    BOOST_TEST(log_line("info", "x", {{"v", ""}}) == R"(level=info event=x v="")");
    BOOST_TEST(log_line("info", "x", {{"v", "ñandú"}}) == "level=info event=x v=ñandú");
}

BOOST_AUTO_TEST_SUITE_END()
