// Stripe Checkout Sessions over its form-encoded interface of version 2026-10-28.endive. Private to
// payments/: others see a Provider.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "payments/provider.h"
#include "payments/provider_json.h"
#include "payments/provider_talk.h"

namespace ventanilla {

class Stripe : public Provider {
  public:
    // Both outlive this.
    Stripe(const Settings& settings, HttpClient& client);

    [[nodiscard]] ProviderName name() const override { return ProviderName::Stripe; }
    [[nodiscard]] bool takes(const Money& amount) const override;
    [[nodiscard]] std::chrono::minutes checkout_life() const override;
    [[nodiscard]] std::variant<Checkout, Trouble> open(const CheckoutOrder& order) override;
    [[nodiscard]] Reports ask(const KnownTry& known) override;
    [[nodiscard]] Reports collect(const KnownTry& known) override { return ask(known); }
    [[nodiscard]] std::optional<Trouble> close(const KnownTry& known) override;
    [[nodiscard]] std::variant<Notice, NoticeRefusal> read_notice(const IncomingNotice& notice,
                                                                  Timestamp now) override;

  private:
    using Answer = std::variant<Reply, Trouble>;

    [[nodiscard]] OutboundRequest request(const std::string& method, const std::string& path) const;
    [[nodiscard]] std::string checkout_form(const CheckoutOrder& order) const;
    [[nodiscard]] bool offers_oxxo(const Money& amount) const;
    [[nodiscard]] Answer get(const std::string& path);
    [[nodiscard]] Reports ask_session(const std::string& session_id);
    [[nodiscard]] Reports ask_payment(const std::string& payment_intent);
    [[nodiscard]] std::optional<Trouble> open_still(const KnownTry& known, const Trouble& refusal);
    [[nodiscard]] std::optional<Trouble> add_disputes(MoneyReport& report);
    [[nodiscard]] bool is_signed(const IncomingNotice& notice, Timestamp now) const;

    const Settings& settings_;
    HttpClient& client_;
    const std::vector<std::string> offered_;
    const bool is_live_;
};

}  // namespace ventanilla
