#include "core/random.h"

#include <openssl/rand.h>

#include "core/digest.h"
#include "core/errors.h"

namespace ventanilla {

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw Failure("the random source failed");
    }
    return bytes;
}

std::string RandomPool::take(std::size_t count) {
    constexpr std::size_t page = 4096;
    if (bytes_.size() < count) {
        bytes_ = random_bytes(page + count);
    }
    std::string taken = bytes_.substr(bytes_.size() - count);
    bytes_.resize(bytes_.size() - count);
    return taken;
}

std::string random_token() {
    return base64url(random_bytes(32));
}

std::uint32_t random_below(std::uint32_t bound) {
    // Values below 2^32 mod bound would make small results likelier: draw again.
    const std::uint32_t refused = (0U - bound) % bound;
    for (;;) {
        const std::string bytes = random_bytes(4);
        std::uint32_t value = 0;
        for (const char byte : bytes) {
            value = (value << 8U) | static_cast<unsigned char>(byte);
        }
        if (value >= refused) {
            return value % bound;
        }
    }
}

std::string random_digits(int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) {
        text += static_cast<char>('0' + random_below(10));
    }
    return text;
}

}  // namespace ventanilla
