// Which notifications of PayPal we believe, whose certificate we fetch for it, and what they tell.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/digest.h"
#include "payments/paypal_certificate.h"
#include "unit/provider_samples.h"

using namespace ventanilla;
using namespace ventanilla::test;
using nlohmann::json;

namespace {

using Key = std::shared_ptr<EVP_PKEY>;

Key make_key(const char* kind = "RSA", std::size_t bits = 2048) {
    return {std::string_view(kind) == "RSA" ? EVP_RSA_gen(bits) : EVP_EC_gen("P-256"),
            EVP_PKEY_free};
}

// One for all tests: making it takes long.
Key our_key() {
    static const Key key = make_key();
    return key;
}

struct Wanted {
    std::string name = "messageverificationcerts.paypal.com";
    std::string issuer{};  // empty: itself
    Key key = our_key();
    Key signer = our_key();
    int first_day = -1;  // from sample_time
    int last_day = 30;
    bool is_authority = false;
};

void extend(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string make_certificate(const Wanted& wanted) {
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509* certificate = made.get();
    X509_set_version(certificate, 2);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    const long now = sample_time.time_since_epoch().count() / 1'000'000;
    const auto day = [&](int days) { return static_cast<time_t>(now + 86400L * days); };
    ASN1_TIME_set(X509_getm_notBefore(certificate), day(wanted.first_day));
    ASN1_TIME_set(X509_getm_notAfter(certificate), day(wanted.last_day));
    const auto set_name = [](X509_NAME* name, const std::string& text) {
        X509_NAME_add_entry_by_txt(name,
                                   "CN",
                                   MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(text.c_str()),
                                   -1,
                                   -1,
                                   0);
    };
    set_name(X509_get_subject_name(certificate), wanted.name);
    set_name(X509_get_issuer_name(certificate),
             wanted.issuer.empty() ? wanted.name : wanted.issuer);
    X509_set_pubkey(certificate, wanted.key.get());
    extend(
        certificate, NID_basic_constraints, wanted.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!wanted.is_authority) {
        extend(certificate, NID_subject_alt_name, "DNS:" + wanted.name);
    }
    BOOST_REQUIRE(X509_sign(certificate, wanted.signer.get(), EVP_sha256()) > 0);
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    std::string pem(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return pem;
}

std::string our_certificate() {
    static const std::string pem = make_certificate({});
    return pem;
}

std::string signature_of(const std::string& message, const Key& key = our_key()) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    BOOST_REQUIRE(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    BOOST_REQUIRE(EVP_DigestSign(context, nullptr, &size, bytes, message.size()) == 1);
    std::string signature(size, '\0');
    BOOST_REQUIRE(EVP_DigestSign(context,
                                 reinterpret_cast<unsigned char*>(signature.data()),
                                 &size,
                                 bytes,
                                 message.size())
                  == 1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
}

constexpr const char* certificate_path = "/v1/notifications/certs/CERT-1";

struct Sent {
    std::string body;
    std::string url;
    std::string time = "2026-11-21T12:00:00Z";
    std::string webhook = "WH-1";
    std::string algorithm = "SHA256withRSA";
    std::string id = "69cd13f0-d67a-11e5-baa3-778b53f4ae55";
};

std::string sum_of(const std::string& body) {
    return std::to_string(
        crc32_z(0, reinterpret_cast<const unsigned char*>(body.data()), body.size()));
}

IncomingNotice notice_of(const Sent& sent, const Key& key = our_key()) {
    const std::string message =
        sent.id + '|' + sent.time + '|' + sent.webhook + '|' + sum_of(sent.body);
    return {{{"paypal-transmission-id", sent.id},
             {"paypal-transmission-time", sent.time},
             {"paypal-transmission-sig", base64(signature_of(message, key))},
             {"paypal-cert-url", sent.url},
             {"paypal-auth-algo", sent.algorithm}},
            "",
            sent.body};
}

Settings paypal_settings(const std::string& base) {
    Settings settings;
    settings.currency = "MXN";
    settings.paypal_client_id = "cliente";
    settings.paypal_client_secret = "secreto";
    settings.paypal_webhook_id = "WH-1";
    settings.paypal_webhook_id_previous = "WH-0";
    settings.paypal_api_base = base;
    return settings;
}

// A stand-in PayPal: its certificate, and its own verdict when it is asked.
class StandIn {
  public:
    explicit StandIn(std::string certificate = web_answer(200, our_certificate()),
                     std::string verdict = web_answer(200, R"({"verification_status":"FAILURE"})"))
        : certificate_(std::move(certificate)),
          verdict_(std::move(verdict)),
          server([this](const WebRequest& request) {
              if (request.target == "/v1/oauth2/token") {
                  return web_answer(200, R"({"access_token":"t","expires_in":3600})");
              }
              return request.method == "GET" ? certificate_ : verdict_;
          }),
          settings_(paypal_settings(server.url())),
          client_({std::chrono::seconds(5), std::chrono::seconds(5)}),
          provider_(std::move(configured_providers(settings_, client_).front())) {}

    [[nodiscard]] std::string certificate_url() const { return server.url() + certificate_path; }
    std::variant<Notice, NoticeRefusal> read(const IncomingNotice& notice,
                                             Timestamp now = sample_time) {
        return provider_->read_notice(notice, now);
    }
    bool believes(const IncomingNotice& notice, Timestamp now = sample_time) {
        return std::holds_alternative<Notice>(read(notice, now));
    }
    int asked(const std::string& target) {
        const auto all = server.requests();
        return static_cast<int>(
            std::count_if(all.begin(), all.end(), [&](const WebRequest& request) {
                return request.target == target;
            }));
    }

  private:
    std::string certificate_;
    std::string verdict_;

  public:
    WebServer server;

  private:
    Settings settings_;
    HttpClient client_;
    std::unique_ptr<Provider> provider_;
};

constexpr const char* verify_path = "/v1/notifications/verify-webhook-signature";

const std::string good_verdict = web_answer(200, R"({"verification_status":"SUCCESS"})");

std::string event(const std::string& type, const json& resource) {
    return json{{"id", "WH-EVT-1"}, {"event_type", type}, {"resource", resource}}.dump();
}

const std::string ping = R"({"id":"WH-EVT-1","event_type":"PING","resource":{}})";

Notice told(const std::string& type, const json& resource) {
    StandIn paypal;
    return good_notice(paypal.read(notice_of({event(type, resource), paypal.certificate_url()})));
}

IncomingNotice without(IncomingNotice notice, const std::string& header) {
    std::erase_if(notice.headers, [&](const auto& pair) { return pair.first == header; });
    return notice;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(paypal_signatures)

BOOST_AUTO_TEST_CASE(a_notice_is_checked_with_its_certificate_which_is_fetched_once) {
    StandIn paypal;
    for (int i = 0; i < 3; ++i) {
        const auto notice = good_notice(paypal.read(notice_of({ping, paypal.certificate_url()})));
        BOOST_TEST(notice.key == "WH-EVT-1");
        BOOST_TEST(notice.type == "PING");
    }
    BOOST_TEST(paypal.asked(certificate_path) == 1);
    BOOST_TEST(paypal.server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_checksum_is_an_unsigned_number) {
    // Its CRC-32 has the highest bit set, which a signed number would show as less than nothing.
    std::string body = ping;
    while (std::stoull(sum_of(body)) < 0x80000000U) {
        body += ' ';
    }
    StandIn paypal;
    BOOST_TEST(paypal.believes(notice_of({body, paypal.certificate_url()})));
    BOOST_TEST(sum_of("123456789") == "3421780262");
}

BOOST_AUTO_TEST_CASE(both_webhook_ids_count_and_no_other) {
    StandIn paypal;
    BOOST_TEST(paypal.believes(
        notice_of({.body = ping, .url = paypal.certificate_url(), .webhook = "WH-0"})));
    BOOST_TEST(!paypal.believes(
        notice_of({.body = ping, .url = paypal.certificate_url(), .webhook = "WH-2"})));
    BOOST_TEST(!paypal.believes(
        notice_of({.body = ping, .url = paypal.certificate_url(), .webhook = ""})));
}

BOOST_AUTO_TEST_CASE(what_was_altered_is_not_believed) {
    StandIn paypal;
    const auto good = notice_of({ping, paypal.certificate_url()});
    IncomingNotice altered = good;
    altered.body += ' ';
    BOOST_TEST(is_refused(paypal.read(altered), NoticeRefusal::NotSigned));
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"paypal-transmission-id", "other"},
             {"paypal-transmission-time", "2026-11-21T12:00:01Z"},
             {"paypal-transmission-sig", base64(std::string(256, 'x'))},
             {"paypal-transmission-sig", "???"},
             {"paypal-transmission-sig", "===="}}) {
        IncomingNotice other = without(good, name);
        other.headers.emplace_back(name, value);
        BOOST_TEST(is_refused(paypal.read(other), NoticeRefusal::NotSigned), name << '=' << value);
    }
    const Key foreign = make_key();
    BOOST_TEST(is_refused(paypal.read(notice_of({ping, paypal.certificate_url()}, foreign)),
                          NoticeRefusal::NotSigned));
    BOOST_TEST(paypal.asked(verify_path) == 0);
}

BOOST_AUTO_TEST_CASE(a_header_that_is_missing_or_endless_is_no_signature) {
    StandIn paypal;
    const auto good = notice_of({ping, paypal.certificate_url()});
    for (const char* name : {"paypal-transmission-id",
                             "paypal-transmission-time",
                             "paypal-transmission-sig",
                             "paypal-cert-url"}) {
        BOOST_TEST(is_refused(paypal.read(without(good, name)), NoticeRefusal::NotSigned), name);
        IncomingNotice longer = without(good, name);
        longer.headers.emplace_back(name, std::string(2001, 'a'));
        BOOST_TEST(is_refused(paypal.read(longer), NoticeRefusal::NotSigned), name);
    }
    BOOST_TEST(paypal.server.connections == 0);
}

BOOST_AUTO_TEST_CASE(
    a_notice_is_four_days_old_at_most_because_it_is_sent_again_with_its_first_time) {
    StandIn paypal;
    for (const auto& [time, is_taken] :
         std::vector<std::pair<std::string, bool>>{{"2026-11-17T12:00:00Z", true},
                                                   {"2026-11-17T11:59:59Z", false},
                                                   {"2026-11-21T12:05:00Z", true},
                                                   {"2026-11-21T12:05:01Z", false},
                                                   {"2026-11-21T06:00:00-06:00", true},
                                                   {"2026-11-21T12:00:00.123Z", true},
                                                   {"2026-11-21 12:00", false},
                                                   {"hoy", false}}) {
        BOOST_TEST(paypal.believes(
                       notice_of({.body = ping, .url = paypal.certificate_url(), .time = time}))
                       == is_taken,
                   time);
    }
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_paypals_is_never_fetched) {
    StandIn paypal(web_answer(200, our_certificate()), good_verdict);
    const std::string own = paypal.server.url();
    const std::string port = own.substr(own.rfind(':'));
    for (const std::string& url : {std::string("https://evil.example/paypal.com"),
                                   std::string("https://paypal.com.evil.example/cert.pem"),
                                   std::string("https://evilpaypal.com/cert.pem"),
                                   std::string("https://paypal.com@evil.example/cert.pem"),
                                   std::string("https://api.paypal.com:8443/cert.pem"),
                                   std::string("http://api.paypal.com/cert.pem"),
                                   std::string("https://api.paypal.com\\@evil.example/"),
                                   std::string("ftp://api.paypal.com/cert.pem"),
                                   std::string("file:///etc/ssl/cert.pem"),
                                   "http://localhost" + port + certificate_path,
                                   "https" + own.substr(4) + certificate_path,
                                   std::string("http://127.0.0.1:1") + certificate_path,
                                   std::string("paypal.com")}) {
        BOOST_TEST(is_refused(paypal.read(notice_of({ping, url})), NoticeRefusal::NotSigned), url);
    }
    BOOST_TEST(paypal.server.connections == 0);
}

BOOST_AUTO_TEST_CASE(with_paypals_own_base_a_stand_in_is_foreign_too) {
    const WebServer server([](const WebRequest&) { return web_answer(200, our_certificate()); });
    const Settings settings = paypal_settings("https://api-m.paypal.com");
    // Whatever this client is asked to send, it gives up at once, which would read as "cannot
    // tell".
    HttpClient client({}, [] { return true; });
    const auto provider = std::move(configured_providers(settings, client).front());
    for (const std::string& url : {server.url() + certificate_path,
                                   std::string("https://evil.example/paypal.com"),
                                   std::string("https://paypal.com.evil.example/"),
                                   std::string("http://api.paypal.com/")}) {
        BOOST_TEST(is_refused(provider->read_notice(notice_of({ping, url}), sample_time),
                              NoticeRefusal::NotSigned),
                   url);
    }
    BOOST_TEST(server.connections == 0);
}

BOOST_AUTO_TEST_CASE(an_ended_certificate_signs_nothing_also_when_it_was_kept) {
    StandIn paypal;
    const Timestamp later = sample_time + std::chrono::days(31);
    BOOST_TEST(paypal.believes(notice_of({ping, paypal.certificate_url()})));
    const auto late =
        notice_of({.body = ping, .url = paypal.certificate_url(), .time = "2026-12-22T12:00:00Z"});
    BOOST_TEST(is_refused(paypal.read(late, later), NoticeRefusal::NotSigned));
    StandIn early(web_answer(200, make_certificate({.first_day = 1})));
    BOOST_TEST(is_refused(early.read(notice_of({ping, early.certificate_url()})),
                          NoticeRefusal::NotSigned));
}

BOOST_AUTO_TEST_CASE(a_certificate_that_does_not_come_makes_paypal_the_judge) {
    for (const std::string& answer :
         {web_answer(404, "{}"),
          web_answer(302, "", "Location: /v1/notifications/certs/other\r\n"),
          web_answer(200, "<html>"),
          web_answer(200, ""),
          std::string()}) {
        StandIn good(answer, good_verdict);
        BOOST_TEST(good.believes(notice_of({ping, good.certificate_url()})), answer);
        BOOST_TEST(good.asked(verify_path) == 1);
        BOOST_TEST(good.asked("/v1/notifications/certs/other") == 0);
        StandIn bad(answer);
        BOOST_TEST(is_refused(bad.read(notice_of({ping, bad.certificate_url()})),
                              NoticeRefusal::NotSigned));
        BOOST_TEST(bad.asked(verify_path) == 2);  // once a webhook id
    }
}

BOOST_AUTO_TEST_CASE(paypal_is_asked_with_the_body_letter_by_letter) {
    StandIn paypal("", good_verdict);
    const std::string body =
        "{ \"id\" : \"WH-EVT-1\",\n\"event_type\":\"PING\", \"n\": 1.50, \"t\": \"\\u00f1\" }";
    const std::string url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1";
    BOOST_TEST(paypal.believes(notice_of({body, url})));
    const auto request = paypal.server.request();
    BOOST_TEST(request.target == verify_path);
    BOOST_TEST(request.header("authorization") == "Bearer t");
    BOOST_TEST(request.body.find("\"webhook_event\":" + body + '}') != std::string::npos);
    const json sent = json::parse(request.body);
    BOOST_TEST(sent["webhook_id"] == "WH-1");
    BOOST_TEST(sent["cert_url"] == url);
    BOOST_TEST(sent["auth_algo"] == "SHA256withRSA");
    BOOST_TEST(sent["transmission_id"] == "69cd13f0-d67a-11e5-baa3-778b53f4ae55");
    BOOST_TEST(sent["transmission_time"] == "2026-11-21T12:00:00Z");
    BOOST_TEST(sent["transmission_sig"].get<std::string>().size() == 344U);
    BOOST_TEST(paypal.asked("/v1/notifications/certs/CERT-1") == 0);
}

BOOST_AUTO_TEST_CASE(a_body_cannot_say_more_than_itself_when_paypal_is_asked) {
    StandIn paypal("", good_verdict);
    for (const std::string& body : {std::string(R"({"id":"x"},"webhook_id":"WH-1")"),
                                    std::string("[]"),
                                    std::string(),
                                    std::string("{")}) {
        BOOST_TEST(is_refused(paypal.read(notice_of({body, paypal.certificate_url()})),
                              NoticeRefusal::Malformed),
                   body);
    }
    BOOST_TEST(paypal.asked(verify_path) == 0);
}

BOOST_AUTO_TEST_CASE(nobody_can_tell_while_paypal_is_away) {
    for (const std::string& verdict : {web_answer(503, ""),
                                       web_answer(200, "{}"),
                                       web_answer(200, R"({"verification_status":"MAYBE"})"),
                                       web_answer(401, "{}"),
                                       web_answer(403, "{}"),
                                       std::string()}) {
        StandIn paypal("", verdict);
        BOOST_TEST(is_refused(paypal.read(notice_of({ping, paypal.certificate_url()})),
                              NoticeRefusal::CannotTell),
                   verdict);
    }
    StandIn refusing("", web_answer(400, "{}"));
    BOOST_TEST(is_refused(refusing.read(notice_of({ping, refusing.certificate_url()})),
                          NoticeRefusal::NotSigned));
}

BOOST_AUTO_TEST_CASE(a_notice_is_judged_within_a_second_also_when_paypal_hangs) {
    StandIn paypal(WebServer::silence, WebServer::silence);
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(is_refused(paypal.read(notice_of({ping, paypal.certificate_url()})),
                          NoticeRefusal::CannotTell));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(1500)));
    BOOST_TEST(paypal.asked(verify_path) == 1);
}

BOOST_AUTO_TEST_CASE(another_algorithm_is_for_paypal_to_judge) {
    StandIn paypal(web_answer(200, our_certificate()), good_verdict);
    BOOST_TEST(paypal.believes(
        notice_of({.body = ping, .url = paypal.certificate_url(), .algorithm = "SHA512withRSA"})));
    BOOST_TEST(paypal.asked(verify_path) == 1);
}

BOOST_AUTO_TEST_CASE(what_is_signed_and_no_event_is_malformed) {
    StandIn paypal;
    for (const auto& body : garbage_bodies) {
        BOOST_TEST(is_refused(paypal.read(notice_of({body, paypal.certificate_url()})),
                              NoticeRefusal::Malformed),
                   body.substr(0, 60));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(paypal_certificates)

namespace {

using Trust = PayPalCertificate::Trust;

// OpenSSL takes its authorities from here while it lives.
class Authorities {
  public:
    explicit Authorities(const std::string& pem) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "authorities.XXXXXX").string();
        const int file = mkstemp(pattern.data());
        BOOST_REQUIRE(file >= 0);
        (void)fclose(fdopen(file, "w"));
        path_ = pattern;
        std::ofstream(path_) << pem;
        BOOST_REQUIRE(setenv("SSL_CERT_FILE", path_.c_str(), 1) == 0);
        BOOST_REQUIRE(setenv("SSL_CERT_DIR", "/nonexistent", 1) == 0);
    }
    Authorities(const Authorities&) = delete;
    Authorities& operator=(const Authorities&) = delete;
    ~Authorities() {
        (void)unsetenv("SSL_CERT_FILE");
        (void)unsetenv("SSL_CERT_DIR");
        std::filesystem::remove(path_);
    }

  private:
    std::string path_;
};

Trust trust_of(const std::string& pem, Timestamp now = sample_time) {
    const auto certificate = PayPalCertificate::read(pem);
    BOOST_REQUIRE(certificate != nullptr);
    return certificate->trust(now);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_chain_to_an_authority_is_trusted_for_paypals_names_in_its_time) {
    const Key root_key = make_key();
    const Key middle_key = make_key();
    const std::string root = make_certificate(
        {.name = "Root", .key = root_key, .signer = root_key, .is_authority = true});
    const std::string middle = make_certificate({.name = "Middle",
                                                 .issuer = "Root",
                                                 .key = middle_key,
                                                 .signer = root_key,
                                                 .is_authority = true});
    const Wanted leaf{.issuer = "Middle", .signer = middle_key};
    const std::string pem = make_certificate(leaf);
    const Authorities authorities(root);
    BOOST_TEST((trust_of(pem + middle) == Trust::Good));
    BOOST_TEST((trust_of(pem) == Trust::CannotTell));
    BOOST_TEST((trust_of(pem + middle, sample_time + std::chrono::days(31)) == Trust::Bad));
    BOOST_TEST((trust_of(pem + middle, sample_time - std::chrono::days(2)) == Trust::Bad));
    BOOST_TEST((trust_of(our_certificate()) == Trust::Bad));
    for (const char* name : {"paypal.com.evil.example", "evilpaypal.com", "evil.example"}) {
        Wanted foreign = leaf;
        foreign.name = name;
        BOOST_TEST((trust_of(make_certificate(foreign) + middle) == Trust::Bad), name);
    }
    Wanted forged = leaf;
    forged.signer = our_key();
    BOOST_TEST((trust_of(make_certificate(forged) + middle) == Trust::Bad));
}

BOOST_AUTO_TEST_CASE(a_stand_in_is_its_own_authority_within_its_time) {
    const auto certificate = PayPalCertificate::read(make_certificate({.name = "stand-in"}));
    BOOST_TEST((certificate->trust_itself(sample_time) == Trust::Good));
    BOOST_TEST((certificate->trust_itself(sample_time + std::chrono::days(31)) == Trust::Bad));
    BOOST_TEST((certificate->trust_itself(sample_time - std::chrono::days(2)) == Trust::Bad));
}

BOOST_AUTO_TEST_CASE(only_rsa_keys_of_a_sound_size_sign) {
    const auto signs = [](const Key& key) {
        const auto certificate = PayPalCertificate::read(make_certificate({.key = key}));
        return certificate->signed_it("mensaje", signature_of("mensaje", key));
    };
    BOOST_TEST(signs(our_key()));
    BOOST_TEST(!signs(make_key("RSA", 1024)));
    BOOST_TEST(!signs(make_key("EC")));
    const auto certificate = PayPalCertificate::read(our_certificate());
    BOOST_TEST(!certificate->signed_it("mensaj", signature_of("mensaje")));
    BOOST_TEST(!certificate->signed_it("mensaje", ""));
    BOOST_TEST(!certificate->signed_it("mensaje", std::string(10'000, 'x')));
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_is_absent) {
    for (const std::string& pem :
         {std::string(),
          std::string("x"),
          std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
          our_certificate().substr(0, 200)}) {
        BOOST_TEST((PayPalCertificate::read(pem) == nullptr), pem);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(paypal_events)

BOOST_AUTO_TEST_CASE(an_event_of_a_capture_tells_its_money) {
    const json capture = {{"id", "3C1"},
                          {"status", "COMPLETED"},
                          {"amount", {{"currency_code", "MXN"}, {"value", "550.50"}}},
                          {"custom_id", sample_reference},
                          {"supplementary_data", {{"related_ids", {{"order_id", "5O1"}}}}}};
    const auto notice = told("PAYMENT.CAPTURE.COMPLETED", capture);
    BOOST_TEST(notice.key == "WH-EVT-1");
    BOOST_TEST(notice.money_ref == "3C1");
    BOOST_TEST(notice.checkout_ref == "5O1");
    BOOST_TEST(notice.reference == sample_reference);
    BOOST_REQUIRE(notice.report.has_value());
    BOOST_TEST((notice.report->state == MoneyState::Paid));
    BOOST_TEST(shown(notice.report->amount) == "550.50 MXN");
    BOOST_TEST(notice.report->money_ref == "3C1");
    BOOST_TEST(notice.report->reference == sample_reference);
    BOOST_TEST(shown(notice.report->refunded) == "not told");
    BOOST_TEST(shown(notice.report->disputed) == "not told");
    BOOST_TEST((told("PAYMENT.CAPTURE.PENDING", capture).report->state == MoneyState::Processing));
    BOOST_TEST((told("PAYMENT.CAPTURE.DECLINED", capture).report->state == MoneyState::Failed));
    BOOST_TEST((told("PAYMENT.CAPTURE.DENIED", capture).report->state == MoneyState::Failed));
}

BOOST_AUTO_TEST_CASE(an_approved_order_is_a_reason_to_ask) {
    const auto notice = told("CHECKOUT.ORDER.APPROVED",
                             {{"id", "5O1"},
                              {"status", "APPROVED"},
                              {"purchase_units", {{{"custom_id", sample_reference}}}}});
    BOOST_TEST(notice.checkout_ref == "5O1");
    BOOST_TEST(notice.reference == sample_reference);
    BOOST_TEST(!notice.report.has_value());
}

BOOST_AUTO_TEST_CASE(a_refund_names_the_capture_that_it_is_of) {
    const auto refund = [](const char* up) {
        return json{{"id", "1R1"},
                    {"amount", {{"currency_code", "MXN"}, {"value", "5.00"}}},
                    {"links", {{{"rel", "up"}, {"href", up}}}}};
    };
    for (const char* type :
         {"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.REFUND.FAILED"}) {
        const auto notice = told(type, refund("https://api.paypal.com/v2/payments/captures/3C1"));
        BOOST_TEST(notice.money_ref == "3C1", type);
        BOOST_TEST(!notice.report.has_value());
    }
    BOOST_TEST(
        told("PAYMENT.CAPTURE.REVERSED", refund("https://api.paypal.com/v2/checkout/orders/5O1"))
            .money_ref
        == "1R1");
    BOOST_TEST(told("PAYMENT.CAPTURE.REFUNDED",
                    refund("https://api.paypal.com/v2/payments/captures/3C1/x"))
                   .money_ref
               == "1R1");
    BOOST_TEST(told("PAYMENT.CAPTURE.REVERSED", {{"id", "3C1"}}).money_ref == "3C1");
}

BOOST_AUTO_TEST_CASE(a_dispute_names_the_money_that_it_is_about) {
    for (const char* type :
         {"CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED"}) {
        const auto notice = told(type,
                                 {{"dispute_id", "PP-D-1"},
                                  {"disputed_transactions", {{{"seller_transaction_id", "3C1"}}}}});
        BOOST_TEST(notice.money_ref == "3C1", type);
        BOOST_TEST(!notice.report.has_value());
    }
}

BOOST_AUTO_TEST_CASE(an_event_of_another_kind_is_nothing_for_us) {
    const auto notice =
        told("BILLING.SUBSCRIPTION.CREATED", {{"id", "I-1"}, {"custom_id", sample_reference}});
    BOOST_TEST(notice.type == "BILLING.SUBSCRIPTION.CREATED");
    BOOST_TEST(!notice.report.has_value());
    BOOST_TEST(notice.reference + notice.checkout_ref + notice.money_ref == "");
}

BOOST_AUTO_TEST_SUITE_END()
