// What tests of claims and codes share: archived people, running claims, and the codes that were
// mailed.
#pragma once

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "claims/archive_search.h"
#include "claims/claim.h"
#include "claims/code_check.h"
#include "claims/password_choice.h"
#include "support/test_services.h"

namespace ventanilla::test {

struct ClaimSite : TestServices {
    // Method 2 up to the mailed code, in this visitor's browser.
    StartOutcome choose(std::int64_t dato_id, const Visitor& who, const std::string& email) {
        remember_search(claims(), email, who);
        const auto listed = listed_account(claims(), dato_id, who);
        if (!listed) {
            throw std::runtime_error("not listed");
        }
        return start_choice(claims(), listed->account, listed->searched_email, who);
    }
    StartOutcome choose_maria(const Visitor& who = visitor()) {
        return choose(maria, who, "maria@correo.com");
    }

    static FormClaim form_of(const std::string& username, const std::string& email) {
        return {username, email, "María", "Pérez", "tres palabras sueltas"};
    }

    std::string mailed(const std::string& email = "maria@correo.com") {
        return newest_mail(email)["code"].get<std::string>();
    }
    // A code of the same length that is another one.
    static std::string other_than(std::string code) {
        code.back() = code.back() == '9' ? '0' : static_cast<char>(code.back() + 1);
        return code;
    }
    CodeOutcome type(const std::string& code,
                     const Visitor& who = visitor(),
                     Flow flow = Flow::Search) {
        return use_code(claims(), flow, code, who);
    }
    CodeOutcome type_wrong(const Visitor& who = visitor(),
                           Flow flow = Flow::Search,
                           const std::string& email = "maria@correo.com") {
        return type(other_than(mailed(email)), who, flow);
    }
    bool resend(const Visitor& who = visitor(), Flow flow = Flow::Search) {
        const auto outcome = send_new_code(claims(), flow, who);
        return outcome && std::holds_alternative<CodeSent>(*outcome);
    }
    std::int64_t attempts() { return number("SELECT count(*) FROM code_attempt"); }

    std::int64_t maria = add_archived_user("maria", "maria@correo.com", "vieja clave 77");
};

// "accepted", "wrong 4", "replaced", "expired", ...; for comparing and for messages.
inline std::string told(const CodeOutcome& outcome) {
    if (std::holds_alternative<CodeAccepted>(outcome)) {
        return "accepted";
    }
    if (const auto* wrong = std::get_if<CodeWrong>(&outcome)) {
        return "wrong " + std::to_string(wrong->tries_left);
    }
    if (std::holds_alternative<CodeReplaced>(outcome)) {
        return "replaced";
    }
    if (std::holds_alternative<CodeNetworkThrottled>(outcome)) {
        return "network throttled";
    }
    switch (std::get<CodeRefusal>(outcome)) {
        case CodeRefusal::Expired:
            return "expired";
        case CodeRefusal::Exhausted:
            return "exhausted";
        case CodeRefusal::LongerNeeded:
            return "longer needed";
        case CodeRefusal::Used:
            return "used";
        case CodeRefusal::NoClaim:
            return "no claim";
        case CodeRefusal::AlreadyClaimed:
            return "already claimed";
        case CodeRefusal::NoFreeUsername:
            return "no free username";
    }
    return "?";
}

// "sent", or the limit and the seconds until the next try: "gap 60".
inline std::string told(const StartOutcome& outcome, Timestamp now) {
    const auto* throttled = std::get_if<CodeThrottled>(&outcome);
    if (throttled == nullptr) {
        return "sent";
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(throttled->retry_at - now).count();
    switch (throttled->limit) {
        case CodeLimit::MailGap:
            return "gap " + std::to_string(seconds);
        case CodeLimit::MailDay:
            return "day " + std::to_string(seconds);
        case CodeLimit::NetworkRequests:
            return "requests " + std::to_string(seconds);
        case CodeLimit::NetworkWrong:
            return "wrong " + std::to_string(seconds);
    }
    return "?";
}

}  // namespace ventanilla::test
