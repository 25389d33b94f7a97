// The certificate that PayPal signs its notifications with. Private to payments/.
#pragma once

#include <memory>
#include <string_view>

#include "core/clock.h"

namespace ventanilla {

class PayPalCertificate {
  public:
    enum class Trust {
        Good,
        Bad,        // expired, of somebody else, self-signed
        CannotTell  // one in between is missing
    };

    // PEM: the certificate, then those between it and an authority. Absent when the first is none.
    [[nodiscard]] static std::unique_ptr<PayPalCertificate> read(std::string_view pem);
    PayPalCertificate(const PayPalCertificate&) = delete;
    PayPalCertificate& operator=(const PayPalCertificate&) = delete;
    ~PayPalCertificate();

    // By the system's authorities, at that time, for a name under paypal.com.
    [[nodiscard]] Trust trust(Timestamp now) const;
    // For a stand-in of this host: only its dates are looked at.
    [[nodiscard]] Trust trust_itself(Timestamp now) const;

    // RSA with SHA-256 (PKCS #1 v1.5), a key of at least 2,048 bits.
    [[nodiscard]] bool signed_it(std::string_view message, std::string_view signature) const;

  private:
    struct Parts;
    explicit PayPalCertificate(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace ventanilla
