// What the tests of all three providers begin with.
#pragma once

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "payments/provider.h"
#include "unit/web_server.h"

namespace ventanilla::test {

inline const std::string sample_reference = "Qy0pV4cB2mEw8sX1kZ7rT5uHnJ3gLdA6fYtPqRvWxM0";
constexpr Timestamp sample_time{std::chrono::seconds(1795262400)};  // 2026-11-21 12:00 UTC

inline CheckoutOrder sample_order(std::vector<CheckoutItem> items) {
    CheckoutOrder order;
    order.reference = sample_reference;
    order.amount = Money(0, items.front().amount.currency());
    for (const auto& item : items) {
        order.amount += item.amount;
    }
    order.items = std::move(items);
    order.payer_email = "ana+1@ejemplo.com";
    order.return_url = "https://portal.ejemplo.org/pagos/regreso/?reference=" + sample_reference;
    order.cancel_url = "https://portal.ejemplo.org/pagos/cancelado/?reference=" + sample_reference;
    order.notification_url = "https://portal.ejemplo.org/pagos/webhook/x/";
    order.made_at = sample_time;
    order.expires_at = sample_time + std::chrono::hours(23);
    order.voucher_until = sample_time + std::chrono::hours(72);
    return order;
}

inline CheckoutOrder sample_order() {
    return sample_order({{"Internet, noviembre 2026", Money(35050, "MXN")},
                         {"Teléfono & más", Money(20000, "MXN")}});
}

inline KnownTry known_try(const std::string& checkout_ref, const std::string& money_ref = "") {
    return {sample_reference, checkout_ref, money_ref, Money(55050, "MXN")};
}

// Of an answer that must be one report.
inline MoneyReport only_report(const std::variant<std::vector<MoneyReport>, Trouble>& answer) {
    const auto* trouble = std::get_if<Trouble>(&answer);
    BOOST_REQUIRE_MESSAGE(trouble == nullptr, (trouble == nullptr ? "" : trouble->reason));
    const auto& reports = std::get<std::vector<MoneyReport>>(answer);
    BOOST_REQUIRE(reports.size() == 1U);
    return reports.front();
}

inline bool knows_none(const std::variant<std::vector<MoneyReport>, Trouble>& answer) {
    const auto* reports = std::get_if<std::vector<MoneyReport>>(&answer);
    return reports != nullptr && reports->empty();
}

template <typename Answer>
Trouble trouble_of(const Answer& answer) {
    const auto* trouble = std::get_if<Trouble>(&answer);
    BOOST_REQUIRE(trouble != nullptr);
    return *trouble;
}

inline std::string shown(const std::optional<Money>& amount) {
    return amount ? amount->plain() + ' ' + amount->currency() : "not told";
}

// The one provider of these settings against a server that answers each request by the first
// beginning of "METHOD target" that fits.
class ProviderTalk {
  public:
    using Answers = std::vector<std::pair<std::string, std::string>>;

    ProviderTalk(Answers answers, Settings settings, std::string Settings::*base)
        : answers_(std::move(answers)),
          server([this](const WebRequest& request) { return answer(request); }),
          settings_(std::move(settings)),
          client_({std::chrono::seconds(1), std::chrono::seconds(1)}) {
        settings_.*base = server.url();
        all_ = configured_providers(settings_, client_);
        BOOST_REQUIRE(all_.size() == 1U);
    }

    Provider& provider() { return *all_.front(); }

  private:
    std::string answer(const WebRequest& request) const {
        const std::string line = request.method + ' ' + request.target;
        for (const auto& [beginning, answer] : answers_) {
            if (line.starts_with(beginning)) {
                return answer;
            }
        }
        return web_answer(501, "{}");
    }

    Answers answers_;

  public:
    WebServer server;

  private:
    Settings settings_;
    HttpClient client_;
    std::vector<std::unique_ptr<Provider>> all_;
};

// Answers that no provider gives, and that some day come all the same.
inline const std::vector<std::string> garbage_bodies = {
    "",
    "<html><body>502 Bad Gateway</body></html>",
    "null",
    "[]",
    "\"text\"",
    "17",
    "{",
    "{}",
    R"({"id":null})",
    R"({"id":{"id":"x"},"status":17,"url":[],"results":{},"data":"x","purchase_units":{},"links":7})",
    R"({"id":"cs_1","object":"checkout.session","status":"unheard_of","payment_status":"unpaid"})",
    R"({"id":"cs_1","object":"checkout.session","status":"open","payment_status":7})",
    R"({"id":"5O1","status":"COMPLETED","purchase_units":[{"payments":{"captures":[{"id":"c","status":"NEW"}]}}]})",
    R"({"id":"5O1","status":["APPROVED"],"purchase_units":[]})",
    R"({"id":1e400,"status":"approved","results":[{"id":1}],"data":[{"id":[]}]})",
    R"({"id":"\u0000","object":"checkout.session","status":"open","payment_status":"unpaid"})",
    "{\"id\":\"\xff\xfe\"}",
    std::string(5000, '['),
    "{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}",
    R"({"id":123456789012345678901234567890,"status":"approved","transaction_amount":1e308})"};

inline Notice good_notice(const std::variant<Notice, NoticeRefusal>& read) {
    BOOST_REQUIRE(std::holds_alternative<Notice>(read));
    return std::get<Notice>(read);
}

inline bool is_refused(const std::variant<Notice, NoticeRefusal>& read, NoticeRefusal why) {
    const auto* refusal = std::get_if<NoticeRefusal>(&read);
    return refusal != nullptr && *refusal == why;
}

}  // namespace ventanilla::test
