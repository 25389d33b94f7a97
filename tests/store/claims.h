// ClaimSite with what the searches, claims and passwords of the archive are asked for in tests.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

#include "store/claim_site.h"

namespace ventanilla::test {

inline const std::string good = "otras cuatro palabras raras";

struct Claims : ClaimSite {
    std::string search(const std::string& email, const Visitor& who = visitor()) {
        remember_search(claims(), email, who);
        return list(who);
    }
    // The masked names that this browser is shown; "(nothing)" when it is shown no list.
    std::string list(const Visitor& who = visitor()) {
        const auto result = search_result(claims(), who);
        if (!result) {
            return "(nothing)";
        }
        std::string names;
        for (const auto& account : result->accounts) {
            names += (names.empty() ? "" : ",") + account.masked_username;
        }
        return names;
    }
    std::string start(const StartOutcome& outcome) { return told(outcome, clock.now()); }
    std::string recover(const std::string& email, const Visitor& who = visitor()) {
        return start(start_recovery(claims(), email, who));
    }
    // A claim of method 2 whose code was right.
    VerifiedClaim verified(const Visitor& who = visitor()) {
        (void)choose_maria(who);
        if (told(type(mailed(), who)) != "accepted") {
            throw std::runtime_error("the code was not accepted");
        }
        return verified_claim(claims(), Flow::Search, who).value();
    }
    VerifiedClaim recovered(const std::string& email, const Visitor& who = visitor()) {
        (void)start_recovery(claims(), email, who);
        if (told(type(mailed(email), who, Flow::Recovery)) != "accepted") {
            throw std::runtime_error("the code was not accepted");
        }
        return verified_claim(claims(), Flow::Recovery, who).value();
    }
    std::optional<AccountToOpen> to_open(const VerifiedClaim& claim) {
        auto outcome = account_to_open(claims(), claim);
        auto* account = std::get_if<AccountToOpen>(&outcome);
        return account == nullptr ? std::nullopt : std::optional(*account);
    }
    bool cannot_open(const VerifiedClaim& claim, OpeningRefusal why) {
        const auto outcome = account_to_open(claims(), claim);
        const auto* refusal = std::get_if<OpeningRefusal>(&outcome);
        return refusal != nullptr && *refusal == why;
    }
    std::int64_t mails() { return number("SELECT count(*) FROM mail_outbox"); }
};

}  // namespace ventanilla::test
