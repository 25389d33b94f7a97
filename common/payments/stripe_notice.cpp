// Notifications of Stripe: docs.stripe.com/webhooks.
#include <algorithm>
#include <array>

#include "core/digest.h"
#include "core/text.h"
#include "payments/provider_text.h"
#include "payments/stripe.h"
#include "payments/stripe_session.h"

namespace ventanilla {
namespace {

constexpr std::chrono::seconds most_age(300);
constexpr std::size_t most_header_bytes = 4096;

constexpr std::string_view session_events = "checkout.session.";
constexpr std::array money_events = {"charge.", "refund."};

bool begins_with_one_of(const std::string& type) {
    return std::any_of(money_events.begin(), money_events.end(), [&](const char* beginning) {
        return type.starts_with(beginning);
    });
}

// What the event says beyond the session that it carries.
void apply_type(MoneyReport& report, const std::string& type) {
    if (type == "checkout.session.async_payment_failed" && report.state != MoneyState::Paid) {
        report.state = MoneyState::Failed;
    }
}

// A session that was gone through and is not paid yet is asked for: whether a voucher is out stands
// in its payment, which does not come along.
void read_session(Notice& notice, const Json& session, bool is_live) {
    auto report = stripe_report(session, is_live);
    notice.checkout_ref = ref_of(session["id"]);
    notice.reference = ref_of(session["client_reference_id"]);
    if (!report) {
        return;
    }
    apply_type(*report, notice.type);
    if (report->state != MoneyState::Processing) {
        notice.report = std::move(report);
    }
}

}  // namespace

bool Stripe::is_signed(const IncomingNotice& notice, Timestamp now) const {
    const std::string_view header = notice.header("stripe-signature");
    if (header.size() > most_header_bytes) {
        return false;
    }
    const HeaderPairs pairs = header_pairs(header);
    const auto time = std::find_if(
        pairs.begin(), pairs.end(), [](const auto& pair) { return pair.first == "t"; });
    const auto made_at = time == pairs.end() ? std::nullopt : epoch_time(time->second);
    if (!made_at || !is_between(*made_at, now - most_age, now + most_age)) {
        return false;
    }
    const std::string message = std::string(time->second) + '.' + notice.body;
    bool is_good = false;
    for (const auto& setting :
         {settings_.stripe_webhook_secret, settings_.stripe_webhook_secret_previous}) {
        const std::string secret = trimmed(setting);
        const std::string right = hmac_sha256(secret, message);
        for (const auto& [scheme, signature] : pairs) {
            const bool counts = scheme == "v1" && !secret.empty();
            is_good = (counts && equal_in_constant_time(from_hex(signature).value_or(""), right))
                      || is_good;
        }
    }
    return is_good;
}

std::variant<Notice, NoticeRefusal> Stripe::read_notice(const IncomingNotice& notice,
                                                        Timestamp now) {
    if (!is_signed(notice, now)) {
        return NoticeRefusal::NotSigned;
    }
    const auto event = Json::parse(notice.body);
    const Json& json = event ? *event : Json();
    Notice read;
    read.key = ref_of(json["id"]);
    read.type = ref_of(json["type"]);
    if (read.key.empty() || read.type.empty()) {
        return NoticeRefusal::Malformed;
    }
    const Json& object = json["data"]["object"];
    if (read.type.starts_with(session_events)) {
        read_session(read, object, is_live_);
    } else if (begins_with_one_of(read.type)) {
        read.money_ref = stripe_money_ref(object);
    }
    return read;
}

}  // namespace ventanilla
