#include "accounts/legacy_hashes.h"

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

namespace ventanilla {
namespace {

constexpr std::string_view crypt_alphabet =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t bcrypt_length = 60;
constexpr std::size_t des_length = 13;
constexpr std::size_t scrypt_tag_size = 64;
constexpr std::size_t md5_size = 16;
constexpr std::size_t sha1_size = 20;
constexpr std::size_t sha256_size = 32;
constexpr std::uint64_t scrypt_block = 128;
constexpr std::uint64_t most_scrypt_blocks = most_scrypt_memory / scrypt_block;
// Real hashes have r = 8 and p = 1; more would move memory into places that N * r does not count.
constexpr std::uint64_t most_scrypt_r = 64;
constexpr std::uint64_t most_scrypt_p = 64;

const unsigned char* octets_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool only(std::string_view text, std::string_view alphabet) {
    return text.find_first_not_of(alphabet) == std::string_view::npos;
}

std::optional<std::string> hex_bytes(std::string_view text, std::size_t size) {
    if (text.size() != 2 * size || !only(text, "0123456789abcdefABCDEF")) {
        return std::nullopt;
    }
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned value = 0;
        std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
        bytes.push_back(static_cast<char>(value));
    }
    return bytes;
}

LegacyHash read_pbkdf2(const std::vector<std::string_view>& fields, HashFormat format) {
    if (fields.size() != 4 || fields[2].empty()) {
        return {};
    }
    const auto rounds = hash_number(fields[1]);
    auto tag = hash_base64(fields[3]);
    const std::size_t size = format == HashFormat::Pbkdf2Sha256 ? sha256_size : sha1_size;
    if (!rounds || *rounds == 0 || !tag || tag->size() != size) {
        return {};
    }
    LegacyHash hash;
    hash.format = *rounds > most_pbkdf2_rounds ? HashFormat::TooCostly : format;
    hash.cost = *rounds;
    hash.salt = fields[2];
    hash.tag = std::move(*tag);
    return hash;
}

bool scrypt_too_costly(const LegacyHash& hash) {
    if (hash.block_size > most_scrypt_r || hash.lanes > most_scrypt_p
        || hash.cost > most_scrypt_blocks) {
        return true;
    }
    const std::uint64_t blocks = hash.cost * hash.block_size;
    return blocks > most_scrypt_blocks || blocks * hash.lanes > 4 * most_scrypt_blocks;
}

// RFC 7914, section 2: N is a power of two above 1 and below 2^(16 r).
bool scrypt_in_range(const LegacyHash& hash) {
    const bool power = hash.cost > 1 && (hash.cost & (hash.cost - 1)) == 0;
    return power && (hash.block_size >= 4 || hash.cost < (1ULL << (16 * hash.block_size)));
}

LegacyHash read_scrypt(const std::vector<std::string_view>& fields) {
    if (fields.size() != 6 || fields[2].empty()) {
        return {};
    }
    const auto cost = hash_number(fields[1]);
    const auto block_size = hash_number(fields[3]);
    const auto lanes = hash_number(fields[4]);
    auto tag = hash_base64(fields[5]);
    if (!cost || !block_size || !lanes || !tag || tag->size() != scrypt_tag_size || *cost == 0
        || *block_size == 0 || *lanes == 0) {
        return {};
    }
    LegacyHash hash;
    hash.cost = *cost;
    hash.block_size = *block_size;
    hash.lanes = *lanes;
    hash.salt = fields[2];
    hash.tag = std::move(*tag);
    if (scrypt_too_costly(hash)) {
        hash.format = HashFormat::TooCostly;
    } else if (scrypt_in_range(hash)) {
        hash.format = HashFormat::Scrypt;
    }
    return hash;
}

LegacyHash read_bcrypt(std::string_view setting, HashFormat format) {
    const bool known =
        setting.starts_with("$2a$") || setting.starts_with("$2b$") || setting.starts_with("$2y$");
    if (setting.size() != bcrypt_length || !known || setting[6] != '$'
        || !only(setting.substr(7), crypt_alphabet)) {
        return {};
    }
    const auto cost = hash_number(setting.substr(4, 2));
    if (!cost || *cost < 4 || *cost > 31) {
        return {};
    }
    LegacyHash hash;
    hash.format = *cost > most_bcrypt_cost ? HashFormat::TooCostly : format;
    hash.cost = *cost;
    hash.setting = setting;
    return hash;
}

// The field before the text repeats the salt or is empty; crypt(3) finds it in the text itself.
LegacyHash read_crypt(const std::vector<std::string_view>& fields) {
    if (fields.size() != 3 || fields[2].size() != des_length || !only(fields[2], crypt_alphabet)) {
        return {};
    }
    LegacyHash hash;
    hash.format = HashFormat::Crypt;
    hash.setting = fields[2];
    return hash;
}

LegacyHash read_digest(std::string_view salt, std::string_view hex, HashFormat salted) {
    const bool md5 = salted == HashFormat::SaltedMd5;
    auto tag = hex_bytes(hex, md5 ? md5_size : sha1_size);
    if (!tag) {
        return {};
    }
    LegacyHash hash;
    hash.format = salted;
    if (salt.empty()) {
        hash.format = md5 ? HashFormat::UnsaltedMd5 : HashFormat::UnsaltedSha1;
    }
    hash.salt = salt;
    hash.tag = std::move(*tag);
    return hash;
}

LegacyHash read_fields(const std::vector<std::string_view>& fields) {
    const std::string_view name = fields.front();
    if (fields.size() == 1) {
        const bool md5 = name.size() == 2 * md5_size;
        return read_digest({}, name, md5 ? HashFormat::SaltedMd5 : HashFormat::SaltedSha1);
    }
    if (name == "pbkdf2_sha256") {
        return read_pbkdf2(fields, HashFormat::Pbkdf2Sha256);
    }
    if (name == "pbkdf2_sha1") {
        return read_pbkdf2(fields, HashFormat::Pbkdf2Sha1);
    }
    if (name == "scrypt") {
        return read_scrypt(fields);
    }
    if (name == "crypt") {
        return read_crypt(fields);
    }
    if (fields.size() == 3 && (name == "md5" || name == "sha1")) {
        return read_digest(
            fields[1], fields[2], name == "md5" ? HashFormat::SaltedMd5 : HashFormat::SaltedSha1);
    }
    return {};
}

}  // namespace

WipedBytes::~WipedBytes() {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

unsigned char* WipedBytes::octets() {
    return reinterpret_cast<unsigned char*>(bytes_.data());
}

std::vector<std::string_view> hash_fields(std::string_view text, char separator) {
    std::vector<std::string_view> fields;
    for (std::size_t start = 0;;) {
        const std::size_t end = text.find(separator, start);
        fields.push_back(text.substr(start, end - start));
        if (end == std::string_view::npos) {
            return fields;
        }
        start = end + 1;
    }
}

std::optional<std::uint64_t> hash_number(std::string_view text) {
    if (text.empty() || !only(text, "0123456789")) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc{} ? number : std::numeric_limits<std::uint64_t>::max();
}

std::optional<std::string> hash_base64(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() % 4 == 1 || !only(text, base64_alphabet)) {
        return std::nullopt;
    }
    std::string padded(text);
    padded.resize((text.size() + 3) / 4 * 4, '=');
    std::vector<unsigned char> bytes(padded.size() / 4 * 3);
    if (EVP_DecodeBlock(bytes.data(), octets_of(padded), static_cast<int>(padded.size())) < 0) {
        return std::nullopt;
    }
    return std::string(bytes.begin(), bytes.begin() + static_cast<long>(text.size() * 3 / 4));
}

bool same_bytes(std::string_view left, std::string_view right) {
    return left.size() == right.size()
           && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

LegacyHash read_legacy_hash(std::string_view stored) {
    constexpr std::string_view django_bcrypt = "bcrypt$";
    constexpr std::string_view django_bcrypt_sha256 = "bcrypt_sha256$";
    if (stored.empty() || stored.front() == '!') {
        LegacyHash unusable;
        unusable.format = HashFormat::Unusable;
        return unusable;
    }
    if (stored.size() > longest_stored_hash) {
        return {};
    }
    if (stored.front() == '$') {
        return read_bcrypt(stored, HashFormat::PhpBcrypt);
    }
    if (stored.starts_with(django_bcrypt)) {
        return read_bcrypt(stored.substr(django_bcrypt.size()), HashFormat::Bcrypt);
    }
    if (stored.starts_with(django_bcrypt_sha256)) {
        return read_bcrypt(stored.substr(django_bcrypt_sha256.size()), HashFormat::BcryptSha256);
    }
    return read_fields(hash_fields(stored));
}

}  // namespace ventanilla
