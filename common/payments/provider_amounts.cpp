#include "payments/provider_amounts.h"

#include <algorithm>
#include <array>

namespace ventanilla {
namespace {

constexpr std::int64_t hundredths = 100;
constexpr std::int64_t most_minor_units = 99'999'999'999'999;  // numeric(14,2)
constexpr std::size_t most_whole_digits = 12;
constexpr std::size_t decimals = 2;

constexpr std::array stripe_whole = {"BIF",
                                     "CLP",
                                     "DJF",
                                     "GNF",
                                     "JPY",
                                     "KMF",
                                     "KRW",
                                     "MGA",
                                     "PYG",
                                     "RWF",
                                     "VND",
                                     "VUV",
                                     "XAF",
                                     "XOF",
                                     "XPF"};
constexpr std::array stripe_whole_in_hundredths = {"ISK", "UGX"};
constexpr std::array stripe_never = {
    "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "CLF", "UYW", "XXX"};

constexpr std::array mercadopago_takes = {"ARS",
                                          "BRL",
                                          "MXN",
                                          "CLP",
                                          "COP",
                                          "PEN",
                                          "UYU",
                                          "BOB",
                                          "PYG",
                                          "USD",
                                          "CRC",
                                          "DOP",
                                          "HNL",
                                          "NIO",
                                          "GTQ",
                                          "VES"};
constexpr std::array mercadopago_whole = {"CLP", "PYG"};

constexpr std::array paypal_takes = {"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR",
                                     "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "MYR", "NOK",
                                     "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"};
constexpr std::array paypal_whole = {"HUF", "JPY", "TWD"};

template <typename List>
bool has(const List& list, std::string_view currency) {
    return std::find(list.begin(), list.end(), currency) != list.end();
}

bool is_sound(const Money& amount) {
    return amount.is_positive() && amount.minor_units() <= most_minor_units;
}

bool is_whole(const Money& amount) {
    return amount.minor_units() % hundredths == 0;
}

std::optional<std::string> decimal_text(const Money& amount, bool takes_whole_alone) {
    if (!is_sound(amount) || (takes_whole_alone && !is_whole(amount))) {
        return std::nullopt;
    }
    return takes_whole_alone ? std::to_string(amount.minor_units() / hundredths) : amount.plain();
}

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::int64_t> stripe_units(const Money& amount) {
    const std::string& currency = amount.currency();
    const bool is_zero_decimal = has(stripe_whole, currency);
    const bool takes_whole_alone = is_zero_decimal || has(stripe_whole_in_hundredths, currency);
    if (!is_sound(amount) || has(stripe_never, currency)
        || (takes_whole_alone && !is_whole(amount))) {
        return std::nullopt;
    }
    return is_zero_decimal ? amount.minor_units() / hundredths : amount.minor_units();
}

std::optional<Money> stripe_money(std::int64_t units, std::string_view currency) {
    const std::int64_t scale = has(stripe_whole, currency) ? hundredths : 1;
    const bool has_room = units >= 0 && units <= most_minor_units / scale;
    if (!has_room || !is_currency_code(currency) || has(stripe_never, currency)) {
        return std::nullopt;
    }
    return Money(units * scale, currency);
}

std::optional<std::string> mercadopago_amount(const Money& amount) {
    const std::string& currency = amount.currency();
    return has(mercadopago_takes, currency) ? decimal_text(amount, has(mercadopago_whole, currency))
                                            : std::nullopt;
}

std::optional<std::string> paypal_amount(const Money& amount) {
    const std::string& currency = amount.currency();
    return has(paypal_takes, currency) ? decimal_text(amount, has(paypal_whole, currency))
                                       : std::nullopt;
}

std::optional<Money> decimal_money(std::string_view text, std::string_view currency) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string fraction(point == std::string_view::npos ? "0" : text.substr(point + 1));
    const bool is_number = !whole.empty() && whole.size() <= most_whole_digits && are_digits(whole)
                           && !fraction.empty() && are_digits(fraction);
    const bool is_exact = fraction.size() <= decimals
                          || fraction.find_first_not_of('0', decimals) == std::string::npos;
    if (!is_number || !is_exact || !is_currency_code(currency)) {
        return std::nullopt;
    }
    fraction.resize(decimals, '0');
    MinorUnits units;
    parse_cell(std::string(whole) + '.' + fraction, units);
    return Money(units, currency);
}

}  // namespace ventanilla
