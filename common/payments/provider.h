// What a payment provider is to us: it collects an amount under our reference on pages of its own,
// tells us by notifications, and answers when asked. Stripe (Checkout Sessions), Mercado Pago
// (Checkout Pro preferences) and PayPal (Orders v2) stand behind this one interface. Nothing here
// touches the database: payments/settlement.h decides what an answer means for a client's money.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/money.h"
#include "core/settings.h"
#include "payments/http_client.h"

namespace ventanilla {

enum class ProviderName { Stripe, MercadoPago, PayPal };

inline constexpr std::array all_providers{
    ProviderName::Stripe, ProviderName::MercadoPago, ProviderName::PayPal};

// As in URLs and in payment.provider: stripe, mercadopago, paypal.
[[nodiscard]] const char* provider_text(ProviderName name);
[[nodiscard]] std::optional<ProviderName> provider_named(std::string_view text);

struct CheckoutItem {
    std::string description;
    Money amount;
};

// What we ask a provider to collect. Everything in it follows from rows of ours, so that asking
// twice says the same.
struct CheckoutOrder {
    std::string reference;  // ours, 43 characters of base64url; also the idempotency key
    std::vector<CheckoutItem> items;
    Money amount;             // their sum
    std::string payer_email;  // may be empty
    std::string
        return_url;  // where the browser comes back to, paid or not; has no query but reference=...
    std::string cancel_url;
    std::string notification_url;
    Timestamp made_at;
    Timestamp expires_at;     // made_at and the provider's checkout_life()
    Timestamp voucher_until;  // until then a cash voucher may be paid
};

struct Checkout {
    std::string ref;  // the provider's id of the session, preference or order
    std::string url;  // where the browser goes; always https, or loopback
};

enum class MoneyState {
    Open,        // nobody has paid yet, and may still
    Processing,  // the provider is deciding
    Waiting,     // for cash at a shop: a voucher is out
    Agreed,      // PayPal: the payer agreed, the money moves when we collect it
    Paid,
    Failed,   // this money will not come; a checkout that takes another try is Open
    Expired,  // nobody can pay any more
};

// What a provider says of one amount of money, or of a checkout that has none yet.
struct MoneyReport {
    std::string reference;     // ours, as the provider has it; empty: it has none
    std::string checkout_ref;  // empty: not told
    std::string money_ref;     // payment_intent, payment or capture; empty: none yet
    MoneyState state = MoneyState::Open;
    std::optional<Money> amount;  // what was paid; absent: not told, or nothing that Money holds
    std::string amount_text;      // for staff, as the provider wrote it, when `amount` is absent
    bool is_ours = true;          // false: of another account or mode than our key
    // What of it was given back, and what disputes hold at this moment; absent: not told.
    std::optional<Money> refunded;
    std::optional<Money> disputed;
    std::string voucher_url;
    std::optional<Timestamp> voucher_until;
    std::string reason;  // of a failure, in the provider's words; may be empty
};

// The provider did not do what it was asked. `reason` is for staff and the log: no key, token or
// body.
struct Trouble {
    enum class Kind {
        Away,  // no answer, 429, 5xx, or an answer that makes no sense: the same may go well later
        Refused,  // 4xx: the keys, the account, or what was asked is not right
    };
    Kind kind = Kind::Away;
    std::string reason;
};

// What we know of a try when we ask about it.
struct KnownTry {
    std::string reference;
    std::string checkout_ref;  // empty: not known
    std::string money_ref;     // empty: not known
    Money amount;
};

// A notification as it came. Header names in lower case.
struct IncomingNotice {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string query_string;
    std::string body;

    [[nodiscard]] std::string_view header(std::string_view name) const;  // empty when absent
};

// One whose signature is good.
struct Notice {
    std::string key;   // tells it from all others of this provider; the same when it comes again
    std::string type;  // as the provider calls it
    // What it says by itself and was signed with it. Never holds refunds or disputes: those are
    // asked for.
    std::optional<MoneyReport> report;
    // By what the provider is to be asked: empty ones are not known. All empty and no report:
    // nothing for us.
    std::string reference;
    std::string checkout_ref;
    std::string money_ref;
};

enum class NoticeRefusal {
    Malformed,   // 400
    NotSigned,   // 401: wrong, missing or too old a signature
    CannotTell,  // 503: the provider, who alone can tell, is away
};

class Provider {
  public:
    Provider() = default;
    Provider(const Provider&) = delete;
    Provider& operator=(const Provider&) = delete;
    virtual ~Provider() = default;

    [[nodiscard]] virtual ProviderName name() const = 0;

    // Whether it can take this amount in this currency, by its own rules and the setting of
    // currencies offered.
    [[nodiscard]] virtual bool takes(const Money& amount) const = 0;

    // How long a checkout may be begun, from when it was made.
    [[nodiscard]] virtual std::chrono::minutes checkout_life() const = 0;

    [[nodiscard]] virtual std::variant<Checkout, Trouble> open(const CheckoutOrder& order) = 0;

    // What became of it; several reports when several payments carry its reference. Empty: the
    // provider knows of none.
    [[nodiscard]] virtual std::variant<std::vector<MoneyReport>, Trouble> ask(
        const KnownTry& known) = 0;

    // PayPal: takes the money that the payer agreed to. The others have nothing to collect and
    // answer like ask().
    [[nodiscard]] virtual std::variant<std::vector<MoneyReport>, Trouble> collect(
        const KnownTry& known) = 0;

    // Nobody shall pay it any more. Absent when it is closed, or cannot be (PayPal: an order that
    // is not collected ends by itself).
    [[nodiscard]] virtual std::optional<Trouble> close(const KnownTry& known) = 0;

    // `now` for the age of the signature.
    [[nodiscard]] virtual std::variant<Notice, NoticeRefusal> read_notice(
        const IncomingNotice& notice, Timestamp now) = 0;
};

// The providers whose keys are set, in the order of all_providers. `client` and `settings` outlive
// them.
[[nodiscard]] std::vector<std::unique_ptr<Provider>> configured_providers(const Settings& settings,
                                                                          HttpClient& client);

// Whether its keys are set; without them it does not exist for anybody.
[[nodiscard]] bool is_configured(const Settings& settings, ProviderName name);

}  // namespace ventanilla
