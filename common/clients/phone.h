// Telephone numbers as people write them, through libphonenumber. The only user of that library.
#pragma once

#include <optional>
#include <string>

namespace ventanilla {

struct Phone {
    // As the table keeps it and usernames are made of it: national digits without separators
    // ("9931234567") when the number belongs to the region, else E.164 ("+15551234567").
    std::string stored;
    std::string international;  // country code and national digits, no plus: for https://wa.me/
    std::string shown;          // "993 123 4567", or "+1 555-123-4567" of another region
};

// `region` is the setting PHONE_REGION (ISO 3166-1, two capital letters). Absent when the text is
// no possible number there, or has letters. Leading 044, 045, 01 and the 1 behind +52 of Mexico's
// old dialling are dropped.
[[nodiscard]] std::optional<Phone> read_phone(const std::string& text, const std::string& region);

// The digits behind the country code of a number, perhaps not whole, that begins with + ("+52 993"
// gives "993"). Empty when there is no such country.
[[nodiscard]] std::string national_digits(const std::string& text);

}  // namespace ventanilla
