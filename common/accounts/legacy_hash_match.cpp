#include <algorithm>
#include <charconv>
#include <crypt.h>
#include <limits>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "accounts/legacy_hashes.h"

namespace ventanilla {
namespace {

constexpr std::size_t bcrypt_tag_length = 31;
constexpr std::size_t bcrypt_reads = 72;
constexpr std::size_t des_length = 13;
constexpr std::size_t des_reads = 8;
constexpr std::size_t sha256_size = 32;

const unsigned char* octets_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string lower_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto octet = static_cast<unsigned char>(c);
        text.push_back(digits[octet >> 4U]);
        text.push_back(digits[octet & 0xFU]);
    }
    return text;
}

void must(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("password hash: ") + what + " failed");
    }
}

bool matches_digest(const LegacyHash& hash, std::string_view password, const EVP_MD* digest) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    WipedBytes result(hash.tag.size());
    const bool done = context != nullptr && EVP_DigestInit_ex(context.get(), digest, nullptr) == 1
                      && EVP_DigestUpdate(context.get(), hash.salt.data(), hash.salt.size()) == 1
                      && EVP_DigestUpdate(context.get(), password.data(), password.size()) == 1
                      && EVP_DigestFinal_ex(context.get(), result.octets(), nullptr) == 1;
    must(done, "digest");
    return same_bytes(result.view(), hash.tag);
}

bool matches_pbkdf2(const LegacyHash& hash, std::string_view password, const EVP_MD* digest) {
    WipedBytes result(hash.tag.size());
    must(PKCS5_PBKDF2_HMAC(password.data(),
                           static_cast<int>(password.size()),
                           octets_of(hash.salt),
                           static_cast<int>(hash.salt.size()),
                           static_cast<int>(hash.cost),
                           digest,
                           static_cast<int>(result.size()),
                           result.octets())
             == 1,
         "PBKDF2");
    return same_bytes(result.view(), hash.tag);
}

bool matches_scrypt(const LegacyHash& hash, std::string_view password) {
    // Room for the parts that N * r leaves out, at most 128 * r * (p + 2).
    constexpr std::uint64_t most_memory = most_scrypt_memory + 1024ULL * 1024;
    WipedBytes result(hash.tag.size());
    must(EVP_PBE_scrypt(password.data(),
                        password.size(),
                        octets_of(hash.salt),
                        hash.salt.size(),
                        hash.cost,
                        hash.block_size,
                        hash.lanes,
                        most_memory,
                        result.octets(),
                        result.size())
             == 1,
         "scrypt");
    return same_bytes(result.view(), hash.tag);
}

// crypt(3) ends a password at NUL, which would make "a\0b" match "a", and libxcrypt refuses 512
// bytes, where bcrypt has long stopped reading; so the part it reads is cut here.
bool matches_crypt(std::string_view setting,
                   std::string_view password,
                   std::size_t reads,
                   std::size_t tag_length) {
    if (password.find('\0') != std::string_view::npos) {
        return false;
    }
    const std::string_view read = password.substr(0, reads);
    WipedBytes phrase(reads + 1);
    std::copy(read.begin(), read.end(), phrase.data());
    const std::string text(setting);
    WipedBytes memory(sizeof(crypt_data));
    const char* made =
        crypt_rn(phrase.data(), text.c_str(), memory.data(), static_cast<int>(memory.size()));
    if (made == nullptr) {
        return false;
    }
    const std::string_view result(made);
    // Old writers left bits in bcrypt's last salt character that the library clears: only the tags
    // are alike then.
    return result.size() == setting.size()
           && same_bytes(result.substr(result.size() - tag_length),
                         setting.substr(setting.size() - tag_length));
}

bool matches_bcrypt_sha256(const LegacyHash& hash, std::string_view password) {
    WipedBytes digest(sha256_size);
    must(EVP_Digest(
             password.data(), password.size(), digest.octets(), nullptr, EVP_sha256(), nullptr)
             == 1,
         "digest");
    std::string hex = lower_hex(digest.view());
    const bool match = matches_crypt(hash.setting, hex, bcrypt_reads, bcrypt_tag_length);
    OPENSSL_cleanse(hex.data(), hex.size());
    return match;
}

}  // namespace

bool matches_legacy(const LegacyHash& hash, std::string_view password) {
    switch (hash.format) {
        case HashFormat::Pbkdf2Sha256:
            return matches_pbkdf2(hash, password, EVP_sha256());
        case HashFormat::Pbkdf2Sha1:
            return matches_pbkdf2(hash, password, EVP_sha1());
        case HashFormat::BcryptSha256:
            return matches_bcrypt_sha256(hash, password);
        case HashFormat::Bcrypt:
        case HashFormat::PhpBcrypt:
            return matches_crypt(hash.setting, password, bcrypt_reads, bcrypt_tag_length);
        case HashFormat::Crypt:
            return matches_crypt(hash.setting, password, des_reads, des_length);
        case HashFormat::Scrypt:
            return matches_scrypt(hash, password);
        case HashFormat::SaltedMd5:
        case HashFormat::UnsaltedMd5:
            return matches_digest(hash, password, EVP_md5());
        case HashFormat::SaltedSha1:
        case HashFormat::UnsaltedSha1:
            return matches_digest(hash, password, EVP_sha1());
        case HashFormat::Argon2:
        case HashFormat::Unusable:
        case HashFormat::TooCostly:
        case HashFormat::Unknown:
            break;
    }
    return false;
}

}  // namespace ventanilla
