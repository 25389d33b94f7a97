// Whether PayPal signed a notification: by its certificate, which is fetched from where PayPal
// keeps them and nowhere else, or by asking PayPal. developer.paypal.com/api/rest/webhooks/rest
#include <array>
#include <zlib.h>

#include "core/digest.h"
#include "core/text.h"
#include "core/web_address.h"
#include "payments/paypal_notice.h"
#include "payments/provider_text.h"

namespace ventanilla {
namespace {

constexpr const char* our_algorithm = "SHA256withRSA";
constexpr const char* domain = "paypal.com";
constexpr std::string_view https_port = "443";
constexpr std::size_t most_header_bytes = 2000;
constexpr std::size_t most_certificates = 16;
constexpr int good = 200;
constexpr int unauthorized = 401;
constexpr int forbidden = 403;

// What is left of a notice's second when the certificate does not come goes to asking PayPal.
constexpr std::chrono::milliseconds certificate_time(400);

enum class Place { Foreign, Ours, PayPals };

// Whose address it is: of the service that our base names (PayPal itself, or its stand-in on this
// host), or of PayPal while the base is a stand-in.
Place place_of(const std::string& url, const std::string& base, bool is_stand_in) {
    const auto address = web_address(url);
    const auto own = web_address(base);
    if (!address || !own) {
        return Place::Foreign;
    }
    const bool is_paypals = address->is_https && is_host_under(address->host, domain)
                            && (address->port.empty() || address->port == https_port);
    if (is_paypals) {
        return is_stand_in ? Place::PayPals : Place::Ours;
    }
    const bool is_same = address->is_https == own->is_https && address->host == own->host
                         && address->port == own->port;
    return is_stand_in && is_same ? Place::Ours : Place::Foreign;
}

std::string checksum(std::string_view body) {
    return std::to_string(
        crc32_z(0, reinterpret_cast<const unsigned char*>(body.data()), body.size()));
}

// Standard base64, padded or not.
std::string from_base64(std::string text) {
    text.erase(std::min(text.find_last_not_of('=') + 1, text.size()));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return from_base64url(text).value_or("");
}

}  // namespace

std::optional<PayPal::Signature> PayPal::Signature::of(const IncomingNotice& notice) {
    Signature signature{std::string(notice.header("paypal-transmission-id")),
                        std::string(notice.header("paypal-transmission-time")),
                        std::string(notice.header("paypal-transmission-sig")),
                        std::string(notice.header("paypal-cert-url")),
                        std::string(notice.header("paypal-auth-algo"))};
    for (const auto* part : {&signature.id, &signature.time, &signature.text, &signature.url}) {
        if (part->empty() || part->size() > most_header_bytes) {
            return std::nullopt;
        }
    }
    return signature.algorithm.size() <= most_header_bytes ? std::optional(signature)
                                                           : std::nullopt;
}

PayPal::Verdict PayPal::judged(const IncomingNotice& notice,
                               const Signature& signature,
                               Timestamp now,
                               Deadline until) {
    Verdict verdict = Verdict::Unknown;
    switch (place_of(signature.url, settings_.paypal_api_base, is_stand_in_)) {
        case Place::Foreign:
            return Verdict::Bad;
        case Place::Ours:
            verdict = checked_here(notice, signature, now, until);
            break;
        case Place::PayPals:
            break;
    }
    return verdict == Verdict::Unknown ? checked_there(notice, signature, until) : verdict;
}

PayPal::Verdict PayPal::checked_here(const IncomingNotice& notice,
                                     const Signature& signature,
                                     Timestamp now,
                                     Deadline until) {
    if (signature.algorithm != our_algorithm) {
        return Verdict::Unknown;
    }
    auto trust = PayPalCertificate::Trust::CannotTell;
    const auto* signer = certificate(signature.url, now, until, trust);
    if (signer == nullptr || trust == PayPalCertificate::Trust::CannotTell) {
        return Verdict::Unknown;
    }
    if (trust == PayPalCertificate::Trust::Bad) {
        return Verdict::Bad;
    }
    const std::string sum = checksum(notice.body);
    const std::string bytes = from_base64(signature.text);
    for (const auto& webhook : webhook_ids()) {
        const std::string message = signature.id + '|' + signature.time + '|' + webhook + '|' + sum;
        if (signer->signed_it(message, bytes)) {
            return Verdict::Good;
        }
    }
    return Verdict::Bad;
}

// Kept, so that not every notice asks for it, as long as it is good.
const PayPalCertificate* PayPal::certificate(const std::string& url,
                                             Timestamp now,
                                             Deadline until,
                                             PayPalCertificate::Trust& trust) {
    const auto judge = [&](const PayPalCertificate& one) {
        return is_stand_in_ ? one.trust_itself(now) : one.trust(now);
    };
    const auto kept = certificates_.find(url);
    if (kept != certificates_.end()) {
        trust = judge(*kept->second);
        if (trust == PayPalCertificate::Trust::Good) {
            return kept->second.get();
        }
    }
    auto fetched = fetch_certificate(url, until);
    if (!fetched) {
        return nullptr;
    }
    if (certificates_.size() >= most_certificates) {
        certificates_.clear();
    }
    trust = judge(*fetched);
    return (certificates_[url] = std::move(fetched)).get();
}

std::unique_ptr<PayPalCertificate> PayPal::fetch_certificate(const std::string& url,
                                                             Deadline until) {
    const Deadline sooner = std::min(until, std::chrono::steady_clock::now() + certificate_time);
    const auto answered = client_.send({"GET", url, {}, ""}, sooner);
    const auto* answer = std::get_if<OutboundAnswer>(&answered);
    return answer != nullptr && answer->status == good ? PayPalCertificate::read(answer->body)
                                                       : nullptr;
}

// The body is pasted as it came, because what was signed are its bytes; that it is one JSON object
// keeps it from saying more than itself.
PayPal::Verdict PayPal::checked_there(const IncomingNotice& notice,
                                      const Signature& signature,
                                      Deadline until) {
    const auto event = Json::parse(notice.body);
    if (!event || !event->is_object()) {
        return Verdict::Malformed;
    }
    for (const auto& webhook : webhook_ids()) {
        OutboundRequest asked = request("POST", "/v1/notifications/verify-webhook-signature");
        asked.body = json_object({{"auth_algo", json_text(signature.algorithm)},
                                  {"cert_url", json_text(signature.url)},
                                  {"transmission_id", json_text(signature.id)},
                                  {"transmission_sig", json_text(signature.text)},
                                  {"transmission_time", json_text(signature.time)},
                                  {"webhook_id", json_text(webhook)},
                                  {"webhook_event", notice.body}});
        const auto answer = call(std::move(asked), until);
        const auto* reply = std::get_if<Reply>(&answer);
        if (reply == nullptr || reply->status == unauthorized || reply->status == forbidden) {
            return Verdict::Unknown;
        }
        const std::string& verdict = reply->json["verification_status"].text();
        if (reply->is_good() && verdict != "SUCCESS" && verdict != "FAILURE") {
            return Verdict::Unknown;
        }
        if (reply->is_good() && verdict == "SUCCESS") {
            return Verdict::Good;
        }
    }
    return Verdict::Bad;
}

std::vector<std::string> PayPal::webhook_ids() const {
    std::vector<std::string> ids;
    for (const auto& setting :
         {settings_.paypal_webhook_id, settings_.paypal_webhook_id_previous}) {
        if (const std::string id = trimmed(setting); !id.empty()) {
            ids.push_back(id);
        }
    }
    return ids;
}

}  // namespace ventanilla
