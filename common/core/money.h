// Money: a whole number of minor units (1/100) and a currency. Nothing passes through floating
// point, and amounts of different currencies never meet.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ventanilla {

// One column numeric(14,2), or a sum of such, read exactly: "1350.50" is 135050.
struct MinorUnits {
    std::int64_t value = 0;
};

// For db::Rows. Throws Failure for NULL and for text that is no amount with at most two decimals.
void parse_cell(std::optional<std::string_view> cell, MinorUnits& units);

class Money {
  public:
    // Nothing, of no currency ("XXX" in ISO 4217). Only good for being assigned to.
    Money() = default;

    // `currency` is a code of ISO 4217 such as "MXN". Throws Failure for anything but three
    // capital letters.
    Money(std::int64_t minor_units, std::string_view currency);
    Money(MinorUnits units, std::string_view currency) : Money(units.value, currency) {}

    // What people type: "350", "350.5", "1,350.00", "$350.00". Absent for signs, "350,00", more
    // than two decimals, groups that are no thousands, and more than 14 digits (numeric(14,2)).
    [[nodiscard]] static std::optional<Money> typed(std::string_view text,
                                                    std::string_view currency);

    [[nodiscard]] std::int64_t minor_units() const { return minor_; }
    [[nodiscard]] const std::string& currency() const { return currency_; }
    [[nodiscard]] bool is_zero() const { return minor_ == 0; }
    [[nodiscard]] bool is_positive() const { return minor_ > 0; }
    [[nodiscard]] bool is_negative() const { return minor_ < 0; }

    // All throw Failure for two currencies, and when the result has no room.
    Money& operator+=(const Money& other);
    Money& operator-=(const Money& other);
    [[nodiscard]] Money operator+(const Money& other) const;
    [[nodiscard]] Money operator-(const Money& other) const;
    [[nodiscard]] Money operator-() const;
    [[nodiscard]] std::strong_ordering operator<=>(const Money& other) const;

    // Amounts of two currencies are never equal.
    [[nodiscard]] bool operator==(const Money& other) const = default;

    // For SQL and CSV: "1350.50", "-0.05".
    [[nodiscard]] std::string plain() const;

    // For people: "$1,350.50", "-$0.05"; with its code behind it when the currency is not `own`
    // (the setting CURRENCY): "$1,350.50 USD".
    [[nodiscard]] std::string shown(std::string_view own) const;

  private:
    void expect_same_currency(const Money& other) const;

    std::int64_t minor_ = 0;
    std::string currency_ = "XXX";
};

// Three capital letters.
[[nodiscard]] bool is_currency_code(std::string_view text);

}  // namespace ventanilla
