#include "jobs/credentials.h"

#include "core/random.h"

namespace ventanilla {
namespace {

const SystemClock system_clock;

std::string bound_to(std::int64_t job_id, std::int64_t client_id) {
    return "job " + std::to_string(job_id) + " client " + std::to_string(client_id);
}

}  // namespace

std::string made_password() {
    std::string password;
    for (std::size_t i = 0; i < made_password_length; ++i) {
        password += made_password_alphabet[random_below(
            static_cast<std::uint32_t>(made_password_alphabet.size()))];
    }
    return password;
}

Credentials::Credentials(const Settings& settings, const Clock& clock)
    : keys_(settings.secret_key, settings.secret_key_previous, "credentials"), clock_(clock) {}

Credentials::Credentials(const Settings& settings) : Credentials(settings, system_clock) {}

std::string Credentials::seal(const std::string& password,
                              std::int64_t job_id,
                              std::int64_t client_id) const {
    return keys_.seal(password, bound_to(job_id, client_id));
}

std::optional<std::string> Credentials::open(const std::string& sealed,
                                             std::int64_t job_id,
                                             std::int64_t client_id) const {
    return keys_.open(sealed, bound_to(job_id, client_id));
}

bool Credentials::may_open(const std::optional<Timestamp>& expires_at) const {
    return expires_at && *expires_at > clock_.now();
}

}  // namespace ventanilla
