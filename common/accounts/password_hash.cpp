#include "accounts/password_hash.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <argon2.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "accounts/legacy_hashes.h"

namespace ventanilla {
namespace {

constexpr std::size_t longest_password = 1024ULL * 1024;
constexpr std::uint32_t new_memory_kib = 19456;
constexpr std::uint32_t new_passes = 2;
constexpr std::size_t new_salt_size = 16;
constexpr std::size_t new_tag_size = 32;

constexpr std::uint64_t most_memory_kib = 1024ULL * 1024;
constexpr std::uint64_t most_passes = 64;
constexpr std::uint64_t most_memory_passes = 4 * most_memory_kib;
constexpr std::uint64_t most_lanes = 255;
constexpr std::size_t least_salt_size = 8;
constexpr std::size_t least_tag_size = 16;
constexpr std::size_t most_bytes = 64;  // of a salt or a tag

struct Argon2Hash {
    argon2_type type = Argon2_id;
    std::uint64_t version = ARGON2_VERSION_10;  // what a text without v= was made with
    std::uint64_t memory_kib = 0;
    std::uint64_t passes = 0;
    std::uint64_t lanes = 0;
    std::string salt;
    std::string tag;
};

std::optional<argon2_type> argon2_type_of(std::string_view name) {
    if (name == "argon2id") {
        return Argon2_id;
    }
    if (name == "argon2i") {
        return Argon2_i;
    }
    if (name == "argon2d") {
        return Argon2_d;
    }
    return std::nullopt;
}

// The number in `name=number`.
std::optional<std::uint64_t> parameter(std::string_view text, std::string_view name) {
    if (!text.starts_with(name)) {
        return std::nullopt;
    }
    return hash_number(text.substr(name.size()));
}

bool read_parameters(std::string_view text, Argon2Hash& hash) {
    const auto parts = hash_fields(text, ',');
    if (parts.size() != 3) {
        return false;
    }
    const auto memory = parameter(parts[0], "m=");
    const auto passes = parameter(parts[1], "t=");
    const auto lanes = parameter(parts[2], "p=");
    if (!memory || !passes || !lanes) {
        return false;
    }
    hash.memory_kib = *memory;
    hash.passes = *passes;
    hash.lanes = *lanes;
    return true;
}

bool read_salt_and_tag(std::string_view salt, std::string_view tag, Argon2Hash& hash) {
    auto salt_bytes = hash_base64(salt);
    auto tag_bytes = hash_base64(tag);
    if (!salt_bytes || salt_bytes->size() < least_salt_size || salt_bytes->size() > most_bytes
        || !tag_bytes || tag_bytes->size() < least_tag_size || tag_bytes->size() > most_bytes) {
        return false;
    }
    hash.salt = std::move(*salt_bytes);
    hash.tag = std::move(*tag_bytes);
    return true;
}

// argon2$argon2id$v=19$m=..,t=..,p=..$salt$tag, or without the version; absent when malformed.
std::optional<Argon2Hash> read_argon2(std::string_view stored) {
    if (stored.size() > longest_stored_hash || !stored.starts_with("argon2$")) {
        return std::nullopt;
    }
    auto fields = hash_fields(stored);
    Argon2Hash hash;
    if (fields.size() == 6) {
        const auto version = parameter(fields[2], "v=");
        if (version != ARGON2_VERSION_10 && version != ARGON2_VERSION_13) {
            return std::nullopt;
        }
        hash.version = *version;
        fields.erase(fields.begin() + 2);
    }
    if (fields.size() != 5 || !read_parameters(fields[2], hash)
        || !read_salt_and_tag(fields[3], fields[4], hash)) {
        return std::nullopt;
    }
    const auto type = argon2_type_of(fields[1]);
    // RFC 9106, section 3.1: at least eight blocks of memory per lane.
    if (!type || hash.passes == 0 || hash.lanes == 0 || hash.memory_kib / 8 < hash.lanes) {
        return std::nullopt;
    }
    hash.type = *type;
    return hash;
}

bool too_costly(const Argon2Hash& hash) {
    return hash.memory_kib > most_memory_kib || hash.passes > most_passes || hash.lanes > most_lanes
           || hash.memory_kib * hash.passes > most_memory_passes;
}

// One thread whatever the lanes: the result is the same, and a HashGate pass stays one core's work.
void compute_argon2(const Argon2Hash& hash, std::string_view password, WipedBytes& tag) {
    // The library only reads what it takes as mutable, as long as no flag asks it to wipe.
    const auto octets = [](std::string_view bytes) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
    };
    argon2_context context{};
    context.out = tag.octets();
    context.outlen = static_cast<std::uint32_t>(tag.size());
    context.pwd = octets(password);
    context.pwdlen = static_cast<std::uint32_t>(password.size());
    context.salt = octets(hash.salt);
    context.saltlen = static_cast<std::uint32_t>(hash.salt.size());
    context.t_cost = static_cast<std::uint32_t>(hash.passes);
    context.m_cost = static_cast<std::uint32_t>(hash.memory_kib);
    context.lanes = static_cast<std::uint32_t>(hash.lanes);
    context.threads = 1;
    context.version = static_cast<std::uint32_t>(hash.version);
    context.flags = ARGON2_DEFAULT_FLAGS;
    const int result = argon2_ctx(&context, hash.type);
    if (result != ARGON2_OK) {
        throw std::runtime_error(std::string("password hash: ") + argon2_error_message(result));
    }
}

std::string unpadded_base64(std::string_view bytes) {
    std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);
    const int length = EVP_EncodeBlock(text.data(),
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    std::string result(text.begin(), text.begin() + length);
    result.erase(result.find_last_not_of('=') + 1);
    return result;
}

Argon2Hash new_hash_without_secrets() {
    Argon2Hash hash;
    hash.version = ARGON2_VERSION_13;
    hash.memory_kib = new_memory_kib;
    hash.passes = new_passes;
    hash.lanes = 1;
    hash.salt.assign(new_salt_size, '\0');
    return hash;
}

bool matches_argon2(const Argon2Hash& hash, std::string_view password) {
    WipedBytes tag(hash.tag.size());
    compute_argon2(hash, password, tag);
    return same_bytes(tag.view(), hash.tag);
}

}  // namespace

HashFormat hash_format(std::string_view stored) {
    if (!stored.starts_with("argon2$")) {
        return read_legacy_hash(stored).format;
    }
    const auto hash = read_argon2(stored);
    if (!hash) {
        return HashFormat::Unknown;
    }
    return too_costly(*hash) ? HashFormat::TooCostly : HashFormat::Argon2;
}

std::string_view hash_format_name(HashFormat format) {
    switch (format) {
        case HashFormat::Argon2:
            return "argon2";
        case HashFormat::Pbkdf2Sha256:
            return "pbkdf2_sha256";
        case HashFormat::Pbkdf2Sha1:
            return "pbkdf2_sha1";
        case HashFormat::BcryptSha256:
            return "bcrypt_sha256";
        case HashFormat::Bcrypt:
            return "bcrypt";
        case HashFormat::PhpBcrypt:
            return "php_bcrypt";
        case HashFormat::Scrypt:
            return "scrypt";
        case HashFormat::SaltedMd5:
            return "md5";
        case HashFormat::SaltedSha1:
            return "sha1";
        case HashFormat::UnsaltedMd5:
            return "unsalted_md5";
        case HashFormat::UnsaltedSha1:
            return "unsalted_sha1";
        case HashFormat::Crypt:
            return "crypt";
        case HashFormat::Unusable:
            return "unusable";
        case HashFormat::TooCostly:
            return "too_costly";
        case HashFormat::Unknown:
            break;
    }
    return "unknown";
}

bool can_verify(HashFormat format) {
    return format != HashFormat::Unusable && format != HashFormat::TooCostly
           && format != HashFormat::Unknown;
}

bool verify_password(std::string_view stored, std::string_view password) {
    if (password.size() > longest_password) {
        return false;
    }
    if (!stored.starts_with("argon2$")) {
        return matches_legacy(read_legacy_hash(stored), password);
    }
    const auto hash = read_argon2(stored);
    return hash && !too_costly(*hash) && matches_argon2(*hash, password);
}

std::string hash_password(std::string_view password) {
    if (password.size() > longest_password) {
        throw std::runtime_error("password hash: the password is longer than 1 MiB");
    }
    Argon2Hash hash = new_hash_without_secrets();
    auto* const salt = reinterpret_cast<unsigned char*>(hash.salt.data());
    if (RAND_bytes(salt, static_cast<int>(hash.salt.size())) != 1) {
        throw std::runtime_error("password hash: no random bytes");
    }
    WipedBytes tag(new_tag_size);
    compute_argon2(hash, password, tag);
    return "argon2$argon2id$v=" + std::to_string(hash.version)
           + "$m=" + std::to_string(hash.memory_kib) + ",t=" + std::to_string(hash.passes)
           + ",p=" + std::to_string(hash.lanes) + "$" + unpadded_base64(hash.salt) + "$"
           + unpadded_base64(tag.view());
}

bool needs_rehash(std::string_view stored) {
    const auto hash = read_argon2(stored);
    return !hash || too_costly(*hash) || hash->type != Argon2_id
           || hash->version != ARGON2_VERSION_13 || hash->memory_kib < new_memory_kib
           || hash->passes < new_passes;
}

void spend_hash_time(std::string_view password) {
    Argon2Hash nobody = new_hash_without_secrets();
    nobody.tag.assign(new_tag_size, '\0');
    static_cast<void>(matches_argon2(nobody, password.substr(0, longest_password)));
}

}  // namespace ventanilla
