// The passwords that a job made: sealed while they last (AES-256-GCM, bound to job and client),
// opened for staff, and in the forms in which they are handed over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.h"
#include "core/clock.h"
#include "core/sealing.h"
#include "core/settings.h"
#include "db/connection.h"
#include "jobs/bulk_job.h"
#include "mail/outbox.h"

namespace ventanilla {

struct RunnerServices;  // jobs/job_runner.h

constexpr std::size_t made_password_length = 12;
// Letters and digits without look-alikes (no 0 O o 1 l I).
constexpr std::string_view made_password_alphabet =
    "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
[[nodiscard]] std::string made_password();

class Credentials {
  public:
    // Both must outlive this.
    Credentials(const Settings& settings, const Clock& clock);
    // With the system's clock.
    explicit Credentials(const Settings& settings);

    [[nodiscard]] std::string seal(const std::string& password,
                                   std::int64_t job_id,
                                   std::int64_t client_id) const;
    // Absent when the key is another one now, or the text belongs to another job or client.
    [[nodiscard]] std::optional<std::string> open(const std::string& sealed,
                                                  std::int64_t job_id,
                                                  std::int64_t client_id) const;

    // Nothing is opened whose job has expired, removed or not (remove_expired_credentials).
    [[nodiscard]] bool may_open(const std::optional<Timestamp>& expires_at) const;

  private:
    KeyRing keys_;
    const Clock& clock_;
};

// Items of a job in the order of names, one page. With `opened`, passwords are in it (and the
// caller has the looking audited through note_handling).
[[nodiscard]] JobItemPage job_items(db::Connection& connection,
                                    const Credentials& credentials,
                                    std::int64_t job_id,
                                    ItemFilter filter,
                                    std::int64_t page,
                                    bool opened);

// All done items that still have their password, in the order of names, given one by one: for the
// file, slips and mails of 10,000 without holding them all.
void each_credential(db::Connection& connection,
                     const Credentials& credentials,
                     std::int64_t job_id,
                     const std::function<void(const JobItem&)>& take);

// The newest password of this client that is still there, of whatever job.
struct ClientCredential {
    std::int64_t job_id = 0;
    JobItem item;
    Timestamp expires_at;
};
[[nodiscard]] std::optional<ClientCredential> client_credential(db::Connection& connection,
                                                                const Credentials& credentials,
                                                                std::int64_t client_id);

// Seen, downloaded, printed: who, which job, and what. `how` is credentials_seen,
// credentials_downloaded, credentials_printed.
void note_handling(db::Connection& connection,
                   const char* how,
                   std::int64_t job_id,
                   const Actor& actor,
                   Timestamp now);
// The slips of these items of the job are on paper.
void note_printed(db::Connection& connection,
                  std::int64_t job_id,
                  const std::vector<std::int64_t>& item_ids,
                  Timestamp now);
// Handed over by WhatsApp or telephone; the first time stays. False: the job has no such item that
// is done.
[[nodiscard]] bool note_shared(db::Connection& connection,
                               std::int64_t job_id,
                               std::int64_t item_id,
                               const Actor& actor,
                               Timestamp now);

// Queues the mail with the credentials (setting CREDENTIALS_BY_MAIL: the password, or an activation
// link) to the done items that have an address and still their password: to all that were not
// mailed yet, with `only_failed` to those whose last mail failed or expired, or to the one
// `item_id` in any case but a mail that still waits. Gives how many.
[[nodiscard]] std::int64_t send_credentials(const RunnerServices& services,
                                            std::int64_t job_id,
                                            std::optional<std::int64_t> item_id,
                                            bool only_failed,
                                            const Actor& actor);

// --- forms of handing over; texts of seeds/000 ---

// ✅ Usuario creado para Juan Pérez: juan@ejemplo.com | Contraseña: aB3xK9mP2qR7
// ❌ Juan Pérez: ya tiene un usuario
// Without its password the line ends before it. `reason_text` says a reason in Spanish. For items
// that are done, failed or left out.
[[nodiscard]] std::string result_line(
    JobAction action,
    const JobItem& item,
    const std::function<std::string(const std::string&)>& reason_text);

// credenciales_clientes.txt, byte for byte as the seed shows it: a head, then an entry a client.
// What a client does not have is an empty value.
[[nodiscard]] std::string credentials_file_head();
[[nodiscard]] std::string credentials_file_entry(const JobItem& item);

// Where clients log in.
[[nodiscard]] std::string client_login_url(const Settings& settings);

// https://wa.me/529931234567?text=... ; empty when the phone is no number.
[[nodiscard]] std::string whatsapp_link(const Settings& settings, const JobItem& item);

// The password to read aloud: "a minúscula, B mayúscula, tres, ...".
[[nodiscard]] std::string spelled_out(const std::string& password);

}  // namespace ventanilla
