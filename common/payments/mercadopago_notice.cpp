// Notifications of Mercado Pago. What is signed is the name of the object in the query, not the
// body: a notification is a hint at what to ask for, and nothing in it is believed. Each time it
// comes again it is signed anew.
#include "core/digest.h"
#include "core/text.h"
#include "payments/mercadopago.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

constexpr std::chrono::seconds most_age(300);
constexpr std::size_t most_header_bytes = 4096;

struct Signature {
    std::string_view time;
    std::string_view digest;
};

Signature signature_of(std::string_view header) {
    Signature signature;
    for (const auto& [name, value] : header_pairs(header)) {
        if (name == "ts") {
            signature.time = value;
        } else if (name == "v1") {
            signature.digest = value;
        }
    }
    return signature;
}

std::string pair_text(const char* name, std::string_view value) {
    return value.empty() ? "" : name + (':' + std::string(value)) + ';';
}

std::string object_of(const IncomingNotice& notice) {
    return query_value(notice.query_string, "data.id").value_or("");
}

std::string type_of(const IncomingNotice& notice, const Json& body) {
    for (const char* name : {"type", "topic"}) {
        const auto type = query_value(notice.query_string, name);
        if (type && !type->empty()) {
            return shortened(*type);
        }
    }
    return ref_of(body["type"]);
}

}  // namespace

// The provider's pages say that the object's name is signed in small letters, its own libraries
// take it as it is.
bool MercadoPago::is_signed(const IncomingNotice& notice, Timestamp now) const {
    const std::string_view header = notice.header("x-signature");
    const Signature signature = signature_of(header.substr(0, most_header_bytes));
    const auto made_at = epoch_time(signature.time);
    if (!made_at || !is_between(*made_at, now - most_age, now + most_age)) {
        return false;
    }
    const std::string rest =
        pair_text("request-id", notice.header("x-request-id")) + pair_text("ts", signature.time);
    const std::string digest = from_hex(signature.digest).value_or("");
    const std::string object = object_of(notice);
    bool is_good = false;
    for (const auto& setting :
         {settings_.mercadopago_webhook_secret, settings_.mercadopago_webhook_secret_previous}) {
        const std::string secret = trimmed(setting);
        for (const auto& name : {object, small_letters(object)}) {
            const std::string right = hmac_sha256(secret, pair_text("id", name) + rest);
            is_good = (!secret.empty() && equal_in_constant_time(digest, right)) || is_good;
        }
    }
    return is_good;
}

std::variant<Notice, NoticeRefusal> MercadoPago::read_notice(const IncomingNotice& notice,
                                                             Timestamp now) {
    if (!is_signed(notice, now)) {
        return NoticeRefusal::NotSigned;
    }
    const auto parsed = Json::parse(notice.body);
    if (!notice.body.empty() && !(parsed && parsed->is_object())) {
        return NoticeRefusal::Malformed;
    }
    const Json body = parsed.value_or(Json());
    Notice read;
    read.type = type_of(notice, body);
    if (read.type.empty()) {
        return NoticeRefusal::Malformed;
    }
    const std::string object = object_of(notice);
    read.key = hex(sha256(object + '\n' + read.type + '\n' + notice.body));
    if (read.type == "payment") {
        read.money_ref = object.empty() ? ref_of(body["data"]["id"]) : shortened(object);
    }
    return read;
}

}  // namespace ventanilla
