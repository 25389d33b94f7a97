// Notifications of PayPal: which of them tell us something, and what.
#include "payments/paypal_notice.h"

#include "core/unreachable.h"
#include "payments/paypal_order.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

// PayPal sends a notice again for three days, with the time and signature of the first.
constexpr std::chrono::days most_age(4);
constexpr std::chrono::minutes most_ahead(5);
// A notice is answered within a second, whether PayPal can be asked or not.
constexpr std::chrono::milliseconds time_to_judge(900);

constexpr std::string_view capture_events = "PAYMENT.CAPTURE.";
constexpr std::string_view refund_events = "PAYMENT.REFUND.";
constexpr std::string_view dispute_events = "CUSTOMER.DISPUTE.";

// What a capture's event says of its money; absent: it is a reason to ask.
std::optional<MoneyState> state_told_by(const std::string& type) {
    if (type == "PAYMENT.CAPTURE.COMPLETED") {
        return MoneyState::Paid;
    }
    if (type == "PAYMENT.CAPTURE.PENDING") {
        return MoneyState::Processing;
    }
    if (type == "PAYMENT.CAPTURE.DECLINED" || type == "PAYMENT.CAPTURE.DENIED") {
        return MoneyState::Failed;
    }
    return std::nullopt;
}

// Refunds and disputes are never told by a notice: they are asked for.
void read_capture(Notice& notice, const Json& capture, MoneyState state) {
    notice.money_ref = ref_of(capture["id"]);
    notice.checkout_ref = paypal_order_of(capture);
    notice.reference = ref_of(capture["custom_id"]);
    auto report = paypal_capture_report(capture);
    if (report) {
        report->state = state;
        report->refunded.reset();
        notice.report = std::move(report);
    }
}

// "https://api.paypal.com/v2/payments/captures/ID"
std::string capture_in_link(const std::string& link) {
    constexpr std::string_view path = "/captures/";
    const std::size_t at = link.find(path);
    const std::string id = at == std::string::npos ? "" : link.substr(at + path.size());
    return id.find_first_of("/?#") == std::string::npos ? id : "";
}

// The object is the refund, which names its capture in a link, or the capture itself.
void read_reversal(Notice& notice, const Json& object) {
    const std::string capture = capture_in_link(paypal_link(object, "up"));
    notice.money_ref = capture.empty() ? ref_of(object["id"]) : capture;
    notice.reference = ref_of(object["custom_id"]);
}

void read_event(Notice& notice, const Json& resource) {
    const auto state = state_told_by(notice.type);
    if (state) {
        read_capture(notice, resource, *state);
    } else if (notice.type.starts_with(capture_events) || notice.type.starts_with(refund_events)) {
        read_reversal(notice, resource);
    } else if (notice.type == "CHECKOUT.ORDER.APPROVED") {
        notice.checkout_ref = ref_of(resource["id"]);
        notice.reference = ref_of(resource["purchase_units"].first()["custom_id"]);
    } else if (notice.type.starts_with(dispute_events)) {
        const Json& disputed = resource["disputed_transactions"].first();
        notice.money_ref = ref_of(disputed["seller_transaction_id"]);
    }
}

std::variant<Notice, NoticeRefusal> read_body(const std::string& body) {
    const auto event = Json::parse(body);
    const Json json = event.value_or(Json());
    Notice notice;
    notice.key = ref_of(json["id"]);
    notice.type = ref_of(json["event_type"]);
    if (notice.key.empty() || notice.type.empty()) {
        return NoticeRefusal::Malformed;
    }
    read_event(notice, json["resource"]);
    return notice;
}

}  // namespace

std::variant<Notice, NoticeRefusal> PayPal::read_notice(const IncomingNotice& notice,
                                                        Timestamp now) {
    const auto signature = Signature::of(notice);
    const auto made_at = signature ? read_iso_time(signature->time) : std::nullopt;
    if (!made_at || !is_between(*made_at, now - most_age, now + most_ahead)) {
        return NoticeRefusal::NotSigned;
    }
    switch (judged(notice, *signature, now, std::chrono::steady_clock::now() + time_to_judge)) {
        case Verdict::Good:
            return read_body(notice.body);
        case Verdict::Bad:
            return NoticeRefusal::NotSigned;
        case Verdict::Malformed:
            return NoticeRefusal::Malformed;
        case Verdict::Unknown:
            return NoticeRefusal::CannotTell;
    }
    unreachable();
}

}  // namespace ventanilla
