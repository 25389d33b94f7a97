#include "core/digest.h"

#include <array>
#include <cstdint>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::size_t sha256_size = 32;
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_digits = "0123456789abcdef";

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

MacContext hmac_context() {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
        EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
    MacContext context(EVP_MAC_CTX_new(hmac.get()), &EVP_MAC_CTX_free);
    std::string name = "SHA256";
    const std::array<OSSL_PARAM, 2> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
        OSSL_PARAM_construct_end()};
    if (EVP_MAC_CTX_set_params(context.get(), parameters.data()) != 1) {
        throw Failure("no HMAC with SHA-256");
    }
    return context;
}

std::string encode64(std::string_view bytes, std::string_view alphabet) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            text += alphabet[(buffer >> bits) & 63U];
        }
    }
    if (bits > 0) {
        text += alphabet[(buffer << (6 - bits)) & 63U];
    }
    return text;
}

}  // namespace

std::string sha256(std::string_view data) {
    // Looked up once: asking the library for the algorithm costs as much as a short digest.
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    std::string digest(sha256_size, '\0');
    if (EVP_Digest(data.data(), data.size(), octets(digest), nullptr, algorithm, nullptr) != 1) {
        throw Failure("SHA-256 failed");
    }
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
    // Made once a thread and keyed anew each time, for the same reason.
    thread_local const MacContext context = hmac_context();
    std::string digest(sha256_size, '\0');
    std::size_t size = 0;
    if (EVP_MAC_init(context.get(), bytes_of(key), key.size(), nullptr) != 1
        || EVP_MAC_update(context.get(), bytes_of(data), data.size()) != 1
        || EVP_MAC_final(context.get(), octets(digest), &size, digest.size()) != 1) {
        throw Failure("HMAC failed");
    }
    return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64url(std::string_view bytes) {
    return encode64(bytes, url_alphabet);
}

std::string base64(std::string_view bytes) {
    std::string text = encode64(bytes, plain_alphabet);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string bytes;
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const char character : text) {
        const auto value = url_alphabet.find(character);
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        buffer = (buffer << 6U) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((buffer >> bits) & 255U);
        }
    }
    return bytes;
}

std::string hex(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += hex_digits[value >> 4U];
        text += hex_digits[value & 15U];
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto digit = [&](char c) {
            const char lower = (c >= 'A' && c <= 'F') ? static_cast<char>(c - 'A' + 'a') : c;
            return hex_digits.find(lower);
        };
        const auto high = digit(text[i]);
        const auto low = digit(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return std::nullopt;
        }
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

}  // namespace ventanilla
