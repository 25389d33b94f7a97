// Where providers tell what happened. They read nothing but the status.
#include "core/unreachable.h"
#include "payments/notices.h"
#include "payments/payments.h"
#include "payments/talk.h"

namespace ventanilla::payment_pages {
namespace {

Response plain(int status, const char* text) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = text;
    return response;
}

Response refusal_answer(NoticeRefusal refusal) {
    switch (refusal) {
        case NoticeRefusal::Malformed:
            return plain(400, "malformed\n");
        case NoticeRefusal::NotSigned:
            return plain(401, "signature refused\n");
        case NoticeRefusal::CannotTell:
            return plain(503, "try again later\n").with_header("Retry-After", "60");
    }
    unreachable();
}

Response noticed(Visit& visit, ProviderName provider) {
    if (!is_configured(visit.services().settings, provider)) {
        return visit.not_found();
    }
    const Request& request = visit.request();
    const IncomingNotice incoming{request.headers, request.query_string, request.body};
    const auto received = receive_notice(payments(visit), provider, incoming);
    if (const auto* refusal = std::get_if<NoticeRefusal>(&received)) {
        return refusal_answer(*refusal);
    }
    return plain(200, "ok\n");
}

}  // namespace

Response notice_of_stripe(Visit& visit) {
    return noticed(visit, ProviderName::Stripe);
}

Response notice_of_mercadopago(Visit& visit) {
    return noticed(visit, ProviderName::MercadoPago);
}

Response notice_of_paypal(Visit& visit) {
    return noticed(visit, ProviderName::PayPal);
}

}  // namespace ventanilla::payment_pages
