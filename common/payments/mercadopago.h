// Mercado Pago Checkout Pro: preferences, and the payments that carry our reference. Private to
// payments/: others see a Provider.
#pragma once

#include <string>
#include <vector>

#include "payments/provider.h"
#include "payments/provider_json.h"
#include "payments/provider_talk.h"

namespace ventanilla {

class MercadoPago : public Provider {
  public:
    // Both outlive this.
    MercadoPago(const Settings& settings, HttpClient& client);

    [[nodiscard]] ProviderName name() const override { return ProviderName::MercadoPago; }
    [[nodiscard]] bool takes(const Money& amount) const override;
    [[nodiscard]] std::chrono::minutes checkout_life() const override;
    [[nodiscard]] std::variant<Checkout, Trouble> open(const CheckoutOrder& order) override;
    [[nodiscard]] Reports ask(const KnownTry& known) override;
    [[nodiscard]] Reports collect(const KnownTry& known) override { return ask(known); }
    // Sets the preference's end to a minute ago by the system's clock, and its beginning before
    // that, whenever it was made: the provider refuses an end before the beginning.
    [[nodiscard]] std::optional<Trouble> close(const KnownTry& known) override;
    [[nodiscard]] std::variant<Notice, NoticeRefusal> read_notice(const IncomingNotice& notice,
                                                                  Timestamp now) override;

  private:
    using Answer = std::variant<Reply, Trouble>;
    struct Search {
        std::string reference;
        std::vector<MoneyReport> found;
        std::int64_t seen = 0;
        std::int64_t in_all = 0;
    };

    [[nodiscard]] OutboundRequest request(const std::string& method, const std::string& path) const;
    [[nodiscard]] Answer get(const std::string& path);
    [[nodiscard]] std::string redirect_of(const Json& preference) const;
    [[nodiscard]] Reports ask_payment(const std::string& payment_id);
    [[nodiscard]] Reports find(const std::string& reference);
    // Adds the page behind what was seen.
    [[nodiscard]] std::optional<Trouble> read_page(Search& search);
    [[nodiscard]] bool is_signed(const IncomingNotice& notice, Timestamp now) const;

    const Settings& settings_;
    HttpClient& client_;
    const std::vector<std::string> offered_;
    const std::string account_;  // ours, when the token tells it
    const bool is_test_;
};

}  // namespace ventanilla
