#include "payments/provider_talk.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

constexpr int first_good = 200;
constexpr int first_redirect = 300;
constexpr int first_refusal = 400;
constexpr int first_failure = 500;
constexpr std::array later_may_go_well = {408, 409, 425, 429};

bool may_go_well_later(int status) {
    return status < first_good || (status >= first_redirect && status < first_refusal)
           || status >= first_failure
           || std::find(later_may_go_well.begin(), later_may_go_well.end(), status)
                  != later_may_go_well.end();
}

std::string status_reason(int status, const std::string& error) {
    return "HTTP " + std::to_string(status) + (error.empty() ? "" : ": " + error);
}

// A provider that repeats our key to us must not bring it into the log.
std::string without_credentials(std::string text, const OutboundRequest& request) {
    for (const auto& [name, value] : request.headers) {
        const std::string secret = value.substr(value.find(' ') + 1);
        if (name == "Authorization" && text.find(secret) != std::string::npos) {
            return "";
        }
    }
    return text;
}

}  // namespace

std::variant<Reply, Trouble> talk(HttpClient& client,
                                  const OutboundRequest& request,
                                  ErrorCode error_code,
                                  Deadline until) {
    auto answered = client.send(request, until);
    if (const auto* none = std::get_if<NoAnswer>(&answered)) {
        return Trouble{Trouble::Kind::Away, none->reason};
    }
    const auto& answer = std::get<OutboundAnswer>(answered);
    auto json = Json::parse(answer.body);
    const bool is_object = json && json->is_object();
    Reply reply{answer.status, is_object ? std::move(*json) : Json(), ""};
    if (!reply.is_good()) {
        reply.error = without_credentials(shortened(error_code(reply.json)), request);
    }
    if (may_go_well_later(reply.status)) {
        return Trouble{Trouble::Kind::Away, status_reason(reply.status, reply.error)};
    }
    if (reply.is_good() && !is_object) {
        return makes_no_sense();
    }
    return reply;
}

Trouble refused(const Reply& reply) {
    return {Trouble::Kind::Refused, status_reason(reply.status, reply.error)};
}

Trouble makes_no_sense() {
    return {Trouble::Kind::Away, "the answer makes no sense"};
}

std::vector<CheckoutItem> shown_items(const CheckoutOrder& order,
                                      const std::function<bool(const Money&)>& can_be_told) {
    constexpr std::size_t most_items = 50;
    constexpr std::size_t most_characters = 200;
    std::vector<CheckoutItem> items = order.items;
    const bool is_telling =
        !items.empty() && items.size() <= most_items
        && std::all_of(items.begin(), items.end(), [&](const CheckoutItem& item) {
               return can_be_told(item.amount);
           });
    if (!is_telling) {
        items = {{joined_descriptions(order, most_characters), order.amount}};
    }
    for (auto& item : items) {
        item.description = first_characters(item.description, most_characters);
    }
    return items;
}

std::string joined_descriptions(const CheckoutOrder& order, std::size_t most_characters) {
    std::string joined;
    for (const auto& item : order.items) {
        joined += (joined.empty() ? "" : ", ") + item.description;
    }
    return first_characters(joined, most_characters);
}

std::optional<Money> held_by(const std::vector<std::optional<Money>>& disputes,
                             const MoneyReport& payment) {
    if (!payment.amount) {
        return std::nullopt;
    }
    const Money nothing(0, payment.amount->currency());
    const Money left = std::max(nothing, *payment.amount - payment.refunded.value_or(nothing));
    Money held = nothing;
    for (const auto& dispute : disputes) {
        const bool is_told = dispute && dispute->currency() == left.currency();
        held = std::min(left, held + (is_told ? *dispute : left));
    }
    return held;
}

std::vector<std::string> offered_currencies(const std::string& setting, const std::string& own) {
    auto listed = read_currency_list(setting).value_or(std::vector<std::string>());
    return listed.empty() ? std::vector<std::string>{own} : listed;
}

bool is_offered(const std::vector<std::string>& offered, const Money& amount) {
    return std::find(offered.begin(), offered.end(), amount.currency()) != offered.end();
}

}  // namespace ventanilla
