#include "payments/paypal_certificate.h"

#include <climits>
#include <new>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "payments/provider_text.h"

namespace ventanilla {
namespace {

constexpr int least_key_bits = 2048;
constexpr int most_certificates = 8;
// Any name below it; PayPal's own is messageverificationcerts.paypal.com.
constexpr std::string_view names = ".paypal.com";

template <typename T, void (*free)(T*)>
struct Freed {
    void operator()(T* object) const { free(object); }
};
template <typename T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, free>>;

void free_bio(BIO* bio) {
    BIO_free(bio);
}
void free_chain(STACK_OF(X509) * chain) {
    sk_X509_pop_free(chain, X509_free);
}

using Certificate = Owned<X509, X509_free>;
using Chain = Owned<STACK_OF(X509), free_chain>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Bio = Owned<BIO, free_bio>;

template <typename T>
T* needed(T* object) {
    if (object == nullptr) {
        throw std::bad_alloc();
    }
    return object;
}

Certificate next_certificate(BIO* pem) {
    return Certificate(PEM_read_bio_X509(pem, nullptr, nullptr, nullptr));
}

PayPalCertificate::Trust judged(X509_STORE* store,
                                X509* leaf,
                                STACK_OF(X509) * between,
                                Timestamp now) {
    const StoreContext context(needed(X509_STORE_CTX_new()));
    if (X509_STORE_CTX_init(context.get(), store, leaf, between) != 1) {
        return PayPalCertificate::Trust::Bad;
    }
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()), epoch_seconds(now));
    const bool is_good = X509_verify_cert(context.get()) == 1;
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (is_good) {
        return PayPalCertificate::Trust::Good;
    }
    return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
               ? PayPalCertificate::Trust::CannotTell
               : PayPalCertificate::Trust::Bad;
}

}  // namespace

struct PayPalCertificate::Parts {
    Certificate leaf;
    Chain between;
};

PayPalCertificate::PayPalCertificate(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

PayPalCertificate::~PayPalCertificate() = default;

std::unique_ptr<PayPalCertificate> PayPalCertificate::read(std::string_view pem) {
    if (pem.empty() || pem.size() > INT_MAX) {
        return nullptr;
    }
    const Bio text(needed(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))));
    auto parts = std::make_unique<Parts>();
    parts->leaf = next_certificate(text.get());
    parts->between = Chain(needed(sk_X509_new_null()));
    for (int count = 0; parts->leaf && count < most_certificates; ++count) {
        Certificate next = next_certificate(text.get());
        if (!next) {
            break;
        }
        needed(sk_X509_push(parts->between.get(), next.get()) > 0 ? next.get() : nullptr);
        static_cast<void>(next.release());
    }
    ERR_clear_error();
    return parts->leaf ? std::unique_ptr<PayPalCertificate>(new PayPalCertificate(std::move(parts)))
                       : nullptr;
}

PayPalCertificate::Trust PayPalCertificate::trust(Timestamp now) const {
    const Store store(needed(X509_STORE_new()));
    X509* leaf = parts_->leaf.get();
    const bool is_named = X509_check_host(leaf, names.data(), names.size(), 0, nullptr) == 1;
    if (!is_named || X509_STORE_set_default_paths(store.get()) != 1) {
        ERR_clear_error();
        return Trust::Bad;
    }
    return judged(store.get(), leaf, parts_->between.get(), now);
}

PayPalCertificate::Trust PayPalCertificate::trust_itself(Timestamp now) const {
    const Store store(needed(X509_STORE_new()));
    X509_STORE_add_cert(store.get(), parts_->leaf.get());
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    return judged(store.get(), parts_->leaf.get(), nullptr, now);
}

bool PayPalCertificate::signed_it(std::string_view message, std::string_view signature) const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    const auto* sign = reinterpret_cast<const unsigned char*>(signature.data());
    EVP_PKEY* key = X509_get0_pubkey(parts_->leaf.get());
    if (key == nullptr || EVP_PKEY_is_a(key, "RSA") != 1
        || EVP_PKEY_get_bits(key) < least_key_bits) {
        return false;
    }
    const DigestContext context(needed(EVP_MD_CTX_new()));
    const bool is_good =
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1
        && EVP_DigestVerify(context.get(), sign, signature.size(), bytes, message.size()) == 1;
    ERR_clear_error();
    return is_good;
}

}  // namespace ventanilla
