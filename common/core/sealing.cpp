#include "core/sealing.h"

#include <memory>

#include <openssl/evp.h>

#include "core/digest.h"
#include "core/errors.h"
#include "core/random.h"

namespace ventanilla {
namespace {

// NIST SP 800-38D: 96-bit nonce, 128-bit tag. A sealed value is nonce, ciphertext, tag.
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* raw(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::string> open_with(std::string_view key,
                                     std::string_view sealed,
                                     std::string_view bound_to) {
    if (sealed.size() < nonce_size + tag_size) {
        return std::nullopt;
    }
    const auto nonce = sealed.substr(0, nonce_size);
    const auto body = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
    std::string tag(sealed.substr(sealed.size() - tag_size));
    std::string plain(body.size(), '\0');
    const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int size = 0;
    if (EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce)) != 1
        || EVP_DecryptUpdate(
               context.get(), nullptr, &size, raw(bound_to), static_cast<int>(bound_to.size()))
               != 1
        || EVP_DecryptUpdate(
               context.get(), raw(plain), &size, raw(body), static_cast<int>(body.size()))
               != 1
        || EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) != 1
        || EVP_DecryptFinal_ex(context.get(), raw(plain) + size, &size) != 1) {
        return std::nullopt;
    }
    return plain;
}

}  // namespace

KeyRing::KeyRing(std::string_view current, std::string_view previous, std::string_view purpose) {
    keys_.push_back(hmac_sha256(current, purpose));
    if (!previous.empty()) {
        keys_.push_back(hmac_sha256(previous, purpose));
    }
}

std::string KeyRing::sign(std::string_view data) const {
    return hmac_sha256(keys_.front(), data);
}

bool KeyRing::verify(std::string_view data, std::string_view mac) const {
    bool matched = false;
    for (const auto& key : keys_) {
        matched |= equal_in_constant_time(hmac_sha256(key, data), mac);
    }
    return matched;
}

std::string KeyRing::seal(std::string_view plain, std::string_view bound_to) const {
    const std::string nonce = random_bytes(nonce_size);
    std::string body(plain.size(), '\0');
    std::string tag(tag_size, '\0');
    const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int size = 0;
    if (EVP_EncryptInit_ex(
            context.get(), EVP_aes_256_gcm(), nullptr, raw(keys_.front()), raw(nonce))
            != 1
        || EVP_EncryptUpdate(
               context.get(), nullptr, &size, raw(bound_to), static_cast<int>(bound_to.size()))
               != 1
        || EVP_EncryptUpdate(
               context.get(), raw(body), &size, raw(plain), static_cast<int>(plain.size()))
               != 1
        || EVP_EncryptFinal_ex(context.get(), raw(body) + size, &size) != 1
        || EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data()) != 1) {
        throw Failure("AES-256-GCM failed");
    }
    return nonce + body + tag;
}

std::optional<std::string> KeyRing::open(std::string_view sealed, std::string_view bound_to) const {
    for (const auto& key : keys_) {
        if (auto plain = open_with(key, sealed, bound_to)) {
            return plain;
        }
    }
    return std::nullopt;
}

}  // namespace ventanilla
