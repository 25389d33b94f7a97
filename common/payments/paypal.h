// PayPal Orders v2. Private to payments/: others see a Provider.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "payments/paypal_certificate.h"
#include "payments/provider.h"
#include "payments/provider_json.h"
#include "payments/provider_talk.h"

namespace ventanilla {

class PayPal : public Provider {
  public:
    // Both outlive this.
    PayPal(const Settings& settings, HttpClient& client);

    [[nodiscard]] ProviderName name() const override { return ProviderName::PayPal; }
    [[nodiscard]] bool takes(const Money& amount) const override;
    [[nodiscard]] std::chrono::minutes checkout_life() const override;
    [[nodiscard]] std::variant<Checkout, Trouble> open(const CheckoutOrder& order) override;
    [[nodiscard]] Reports ask(const KnownTry& known) override;
    [[nodiscard]] Reports collect(const KnownTry& known) override;
    [[nodiscard]] std::optional<Trouble> close(const KnownTry& known) override;
    [[nodiscard]] std::variant<Notice, NoticeRefusal> read_notice(const IncomingNotice& notice,
                                                                  Timestamp now) override;

  private:
    using Answer = std::variant<Reply, Trouble>;
    enum class Verdict { Good, Bad, Malformed, Unknown };
    struct Signature;

    // With an access token, which is fetched when there is none and anew when it is refused.
    [[nodiscard]] Answer call(OutboundRequest request, Deadline until = no_deadline);
    [[nodiscard]] Answer get(const std::string& path);
    [[nodiscard]] std::optional<Trouble> fetch_token(Deadline until);
    [[nodiscard]] OutboundRequest request(const std::string& method, const std::string& path) const;
    [[nodiscard]] std::string order_json(const CheckoutOrder& order) const;

    [[nodiscard]] Reports ask_order(const KnownTry& known, const std::string& order_id);
    [[nodiscard]] Reports ask_capture(const KnownTry& known);
    [[nodiscard]] Reports with_disputes(std::vector<MoneyReport> reports);
    [[nodiscard]] std::optional<Trouble> add_disputes(MoneyReport& report);
    [[nodiscard]] std::variant<bool, Trouble> is_holding(const Json& dispute);

    [[nodiscard]] Verdict judged(const IncomingNotice& notice,
                                 const Signature& signature,
                                 Timestamp now,
                                 Deadline until);
    [[nodiscard]] Verdict checked_here(const IncomingNotice& notice,
                                       const Signature& signature,
                                       Timestamp now,
                                       Deadline until);
    [[nodiscard]] Verdict checked_there(const IncomingNotice& notice,
                                        const Signature& signature,
                                        Deadline until);
    [[nodiscard]] const PayPalCertificate* certificate(const std::string& url,
                                                       Timestamp now,
                                                       Deadline until,
                                                       PayPalCertificate::Trust& trust);
    [[nodiscard]] std::unique_ptr<PayPalCertificate> fetch_certificate(const std::string& url,
                                                                       Deadline until);
    [[nodiscard]] std::vector<std::string> webhook_ids() const;

    const Settings& settings_;
    HttpClient& client_;
    const std::vector<std::string> offered_;
    const bool is_stand_in_;  // the base is an address of this host
    std::string token_;       // empty: none
    std::chrono::steady_clock::time_point token_ends_;
    std::map<std::string, std::unique_ptr<PayPalCertificate>> certificates_;  // by address
};

}  // namespace ventanilla
