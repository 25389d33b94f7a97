// From the button to the provider's page. The row of the try is committed before the provider hears
// of it, and everything that it is told follows from that row: killed at any moment, the next click
// goes on with the same try, and nobody is sent to two checkouts for the same charges without being
// told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "payments/payment_system.h"
#include "payments/tries.h"

namespace ventanilla {

struct CheckoutWish {
    std::int64_t client_id = 0;
    std::vector<std::int64_t> charges;
    ProviderName provider = ProviderName::Stripe;
    std::optional<Money> part;  // of what is owed; absent: all of the chosen charges
    std::int64_t link_id = 0;   // 0: from the portal
    bool despite_voucher =
        false;  // told that a voucher or another payment is on its way, and wants it anyway
};

struct OpenCheckout {
    std::int64_t payment_id = 0;
    std::string url;
};

enum class CheckoutRefusal {
    NoCharges,
    NotPayable,  // a charge is not the client's, or not owed any more
    TwoCurrencies,
    CannotTake,       // the provider is not configured, or takes no such amount or currency
    PartTooSmall,     // below PAYMENT_MINIMUM
    PartTooLarge,     // more than is owed
    PartNotAllowed,   // PAYMENT_MINIMUM is 0
    OnItsWay,         // a voucher is out, or money is being processed, for one of the charges
    ProviderAway,     // it did not answer; nobody was sent anywhere
    ProviderRefuses,  // it does not want it: keys, account or amount; staff see why
};

[[nodiscard]] std::variant<OpenCheckout, CheckoutRefusal> open_checkout(const Payments& payments,
                                                                        const CheckoutWish& wish);

// Payments of a client that are on their way for charges that are still owed: vouchers and what a
// provider is deciding.
[[nodiscard]] std::vector<PaymentTry> payments_on_their_way(db::Connection& connection,
                                                            std::int64_t client_id,
                                                            Timestamp now);

}  // namespace ventanilla
