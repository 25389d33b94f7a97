// Asking a provider, and what is common to their answers. Private to payments/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "payments/http_client.h"
#include "payments/provider.h"
#include "payments/provider_json.h"

namespace ventanilla {

using Reports = std::variant<std::vector<MoneyReport>, Trouble>;

// What a provider answered that is well and working: 2xx with a JSON object, or 4xx with whatever
// it says.
struct Reply {
    int status = 0;
    Json json;
    std::string error;  // of a 4xx, its own code for what is wrong; may be empty

    [[nodiscard]] bool is_good() const { return status < 300; }
    // The provider knows of no such object. A 404 without its words comes from something in
    // between.
    [[nodiscard]] bool is_unknown() const { return status == 404 && !error.empty(); }
};

// A provider's code for what is wrong, from the body of its answer.
using ErrorCode = std::string (*)(const Json& json);

// Everything else is Trouble: no answer, 429, 5xx, redirects, a 2xx without a JSON object, and the
// 4xx that another request under way causes (408, 409, 425).
[[nodiscard]] std::variant<Reply, Trouble> talk(HttpClient& client,
                                                const OutboundRequest& request,
                                                ErrorCode error_code,
                                                Deadline until = no_deadline);

[[nodiscard]] Trouble refused(const Reply& reply);
[[nodiscard]] Trouble makes_no_sense();

// What a provider tells the payer to pay: the items, or one line when it cannot be told one of them
// by itself.
[[nodiscard]] std::vector<CheckoutItem> shown_items(
    const CheckoutOrder& order, const std::function<bool(const Money&)>& can_be_told);

// What the payer reads; bounded, because each provider refuses longer ones.
[[nodiscard]] std::string joined_descriptions(const CheckoutOrder& order,
                                              std::size_t most_characters);

// What disputes hold of a payment: their sum, but no more than what was not given back. A dispute
// over an amount that is not told, or in another currency, holds all of it. Absent when the
// payment's amount is.
[[nodiscard]] std::optional<Money> held_by(const std::vector<std::optional<Money>>& disputes,
                                           const MoneyReport& payment);

// The setting of currencies offered; empty: the organisation's own alone.
[[nodiscard]] std::vector<std::string> offered_currencies(const std::string& setting,
                                                          const std::string& own);
[[nodiscard]] bool is_offered(const std::vector<std::string>& offered, const Money& amount);

}  // namespace ventanilla
