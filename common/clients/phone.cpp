#include "clients/phone.h"

#include <algorithm>

#include <phonenumbers/phonenumberutil.h>

namespace ventanilla {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// The library would read letters as a telephone's keys and drop an extension.
bool has_letters(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}

// Numbers that are not given out (yet) are fine, but of the length that numbers there have: the
// longer ones that some countries' mobile phones may have must be real.
bool is_possible(const PhoneNumberUtil& library, const PhoneNumber& number) {
    return library.IsPossibleNumberForTypeWithReason(number, PhoneNumberUtil::FIXED_LINE)
               == PhoneNumberUtil::IS_POSSIBLE
           || library.IsValidNumber(number);
}

std::string formatted(const PhoneNumberUtil& library,
                      const PhoneNumber& number,
                      PhoneNumberUtil::PhoneNumberFormat format) {
    std::string text;
    library.Format(number, format, &text);
    return text;
}

}  // namespace

std::optional<Phone> read_phone(const std::string& text, const std::string& region) {
    const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (has_letters(text)
        || library.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR
        || !is_possible(library, number)) {
        return std::nullopt;
    }
    const std::string worldwide = formatted(library, number, PhoneNumberUtil::E164);
    const bool is_of_region = number.country_code() == library.GetCountryCodeForRegion(region);
    Phone phone;
    phone.international = worldwide.substr(1);
    if (is_of_region) {
        library.GetNationalSignificantNumber(number, &phone.stored);
    } else {
        phone.stored = worldwide;
    }
    phone.shown = formatted(
        library, number, is_of_region ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL);
    return phone;
}

std::string national_digits(const std::string& text) {
    const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    std::string digits;
    if (library.Parse(text, "ZZ", &number) == PhoneNumberUtil::NO_PARSING_ERROR) {
        library.GetNationalSignificantNumber(number, &digits);
    }
    return digits;
}

}  // namespace ventanilla
