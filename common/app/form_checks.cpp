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

}  // namespace ventanilla
