// ClaimSite with what tests of typed codes need: many wrong tries, and people in networks of their
// own.
#pragma once

#include <stdexcept>
#include <string>

#include "store/claim_site.h"

namespace ventanilla::test {

inline Visitor apart(int number) {
    return visitor(number, "10.0." + std::to_string(number) + ".0/24");
}

struct CodeSite : ClaimSite {
    // So many wrong tries, on as many codes as that takes; the last outcome. Ends at least a minute
    // later.
    std::string wrong_tries(int count, const Visitor& who = visitor()) {
        std::string last;
        for (int i = 0; i < count; ++i) {
            last = told(type_wrong(who));
            if (last == "exhausted" && i + 1 < count) {
                clock.advance(std::chrono::seconds(61));
                if (!resend(who)) {
                    throw std::runtime_error("no new code");
                }
            }
        }
        clock.advance(std::chrono::seconds(61));
        return last;
    }
    int digits(const Visitor& who = visitor()) {
        return expected_digits(claims(), Flow::Search, who).value_or(0);
    }
    // People p0, p1, ... of the archive, each with a claim in a browser and network of their own.
    void start_claims(int count) {
        for (int n = 0; n < count; ++n) {
            const std::string email = "p" + std::to_string(n) + "@correo.com";
            const auto dato = add_archived_user("p" + std::to_string(n), email, "x");
            (void)choose(dato, apart(n), email);
        }
    }
    std::string mailed_to(int n) { return mailed("p" + std::to_string(n) + "@correo.com"); }
    std::int64_t step_ups() { return number("SELECT count(*) FROM code_step_up"); }
};

}  // namespace ventanilla::test
