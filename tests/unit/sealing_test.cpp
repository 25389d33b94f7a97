// What is sealed or signed with a key opens with it alone.
#include "core/sealing.h"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace ventanilla;
using namespace std::string_literals;

namespace {

const KeyRing ring("key one, long enough to be one", "", "tests");

}  // namespace

BOOST_AUTO_TEST_SUITE(sealing)

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
