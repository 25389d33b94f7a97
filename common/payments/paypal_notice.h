// The signature of a notification of PayPal, as its headers say it. Private to payments/.
#pragma once

#include <optional>
#include <string>

#include "payments/paypal.h"

namespace ventanilla {

struct PayPal::Signature {
    std::string id;
    std::string time;
    std::string text;  // base64
    std::string url;   // of the certificate
    std::string algorithm;

    // Absent when one is missing or longer than it can be.
    [[nodiscard]] static std::optional<Signature> of(const IncomingNotice& notice);
};

}  // namespace ventanilla
