#include "app/form_checks.h"

#include "accounts/password_policy.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

constexpr std::size_t max_name_characters = 150;
constexpr std::size_t max_email_bytes = 254;

const char* problem_key(PasswordProblem problem) {
    switch (problem) {
        case PasswordProblem::Missing:
            return "password_required";
        case PasswordProblem::TooShort:
            return "password_too_short";
        case PasswordProblem::TooLong:
            return "password_too_long";
        case PasswordProblem::Common:
            return "password_common";
    }
    unreachable();
}

// What is wrong with the code as a text; empty when it can be tried.
std::string code_problem(const std::string& code, std::size_t wanted) {
    if (code.empty()) {
        return "code_required";
    }
    if (code.find_first_not_of("0123456789") != std::string::npos) {
        return "code_not_digits";
    }
    if (code.size() == wanted) {
        return "";
    }
    return code.size() < wanted ? "code_too_short" : "code_too_long";
}

}  // namespace

void check_new_password(Visit& visit, FormErrors& errors, const std::vector<std::string>& context) {
    const Settings& settings = visit.services().settings;
    std::vector<std::string> words = context;
    words.push_back(settings.organization_name);
    words.push_back(settings.portal_name);
    const std::string& password = visit.field("password1");
    if (const auto problem = password_problem(password, settings.password_min_length, words)) {
        Model values;
        values.set("minimum", settings.password_min_length);
        errors.add("password1", problem_key(*problem), values);
    } else if (visit.field("password2") != password) {
        errors.add("password2", "password_mismatch");
    }
}

std::string check_email(Visit& visit, FormErrors& errors) {
    std::string email = trimmed(visit.field("email"));
    if (email.empty()) {
        errors.add("email", "email_required");
    } else if (email.size() > max_email_bytes) {
        errors.add("email", "email_too_long");
    } else if (!looks_like_email(email)) {
        errors.add("email", "email_malformed");
    }
    return email;
}

std::string check_name(Visit& visit,
                       FormErrors& errors,
                       const std::string& field,
                       const std::string& missing_key) {
    std::string name = trimmed(visit.field(field));
    if (name.empty()) {
        errors.add(field, missing_key);
    } else if (character_count(name) > max_name_characters) {
        errors.add(field, field == "username" ? "username_too_long" : "name_too_long");
    }
    return name;
}

std::string check_code(Visit& visit, FormErrors& errors, int digits) {
    std::string code;
    for (const char c : trimmed(visit.field("code"))) {
        if (std::string_view(" -.\t").find(c) == std::string_view::npos) {
            code += c;
        }
    }
    const std::string problem = code_problem(code, static_cast<std::size_t>(digits));
    if (!problem.empty()) {
        Model values;
        values.set("digits", std::int64_t{digits});
        errors.add("code", problem, values);
    }
    return code;
}

}  // namespace ventanilla
