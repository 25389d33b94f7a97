// What tests of paying online share: a provider whose every answer the test decides.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "payments/checkout.h"
#include "payments/notices.h"
#include "payments/settlement.h"
#include "payments/sweep.h"
#include "store/billing_site.h"

namespace ventanilla::test {

// Remembers what it was asked for and says what the test wrote into `money`.
class ScriptedProvider : public Provider {
  public:
    explicit ScriptedProvider(ProviderName name) : name_(name) {}

    [[nodiscard]] ProviderName name() const override { return name_; }
    [[nodiscard]] bool takes(const Money& amount) const override {
        return amount.currency() != "USD" || takes_dollars;
    }
    [[nodiscard]] std::chrono::minutes checkout_life() const override {
        return std::chrono::hours(3);
    }
    [[nodiscard]] std::variant<Checkout, Trouble> open(const CheckoutOrder& order) override {
        orders.push_back(order);
        if (trouble) {
            return *trouble;
        }
        const std::string ref = "checkout_" + order.reference.substr(0, 8);
        return Checkout{ref, "https://provider.example/" + ref};
    }
    [[nodiscard]] std::variant<std::vector<MoneyReport>, Trouble> ask(
        const KnownTry& known) override {
        ++asked;
        during();
        if (trouble) {
            return *trouble;
        }
        const auto found = money.find(known.reference);
        return found == money.end() ? std::vector<MoneyReport>() : found->second;
    }
    [[nodiscard]] std::variant<std::vector<MoneyReport>, Trouble> collect(
        const KnownTry& known) override {
        ++collected;
        for (auto& report : money[known.reference]) {
            report.state = MoneyState::Paid;
        }
        return money[known.reference];
    }
    [[nodiscard]] std::optional<Trouble> close(const KnownTry& known) override {
        closed.push_back(known.checkout_ref);
        return trouble;
    }
    [[nodiscard]] std::variant<Notice, NoticeRefusal> read_notice(const IncomingNotice&,
                                                                  Timestamp) override {
        return notice;
    }

    bool takes_dollars = false;
    std::optional<Trouble> trouble;
    std::map<std::string, std::vector<MoneyReport>> money;  // by our reference
    std::variant<Notice, NoticeRefusal> notice = NoticeRefusal::NotSigned;
    std::function<void()> during = [] {};  // while it is asked
    std::vector<CheckoutOrder> orders;
    std::vector<std::string> closed;
    int asked = 0;
    int collected = 0;

  private:
    ProviderName name_;
};

struct OnlineSite : BillingSite {
    OnlineSite() {
        for (const auto name : all_providers) {
            providers.push_back(std::make_unique<ScriptedProvider>(name));
        }
    }
    ScriptedProvider& provider(ProviderName name = ProviderName::Stripe) {
        return dynamic_cast<ScriptedProvider&>(*payments.find(name));
    }
    std::variant<OpenCheckout, CheckoutRefusal> wish(const std::vector<std::int64_t>& charges,
                                                     ProviderName name = ProviderName::Stripe,
                                                     std::optional<Money> part = std::nullopt,
                                                     bool despite_voucher = false) {
        return open_checkout(payments, {client, charges, name, part, 0, despite_voucher});
    }
    PaymentTry begin(const std::vector<std::int64_t>& charges,
                     ProviderName name = ProviderName::Stripe) {
        return reread(std::get<OpenCheckout>(wish(charges, name)).payment_id);
    }
    PaymentTry reread(std::int64_t payment_id) { return find_try(database(), payment_id).value(); }
    // What a provider says when all is as it was asked for.
    static MoneyReport paid(const PaymentTry& payment, const std::string& money_ref = "money_1") {
        MoneyReport report;
        report.reference = payment.reference;
        report.checkout_ref = payment.checkout_ref;
        report.money_ref = money_ref;
        report.state = MoneyState::Paid;
        report.amount = payment.amount;
        return report;
    }
    Settled say(const PaymentTry& payment, const MoneyReport& report) {
        return settle(billing, payment.provider, report, reread(payment.payment_id).revision)
            .settled;
    }
    std::int64_t entries(const PaymentTry& payment) {
        return number("SELECT count(*) FROM ledger_entry WHERE payment_id = "
                      + std::to_string(payment.payment_id));
    }

    std::vector<std::unique_ptr<Provider>> providers;
    Payments payments{billing, providers};
    std::int64_t client = add_client("Ana Ruiz", "ana@correo.com");
};

}  // namespace ventanilla::test
