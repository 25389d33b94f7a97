// What staff let the system do to many clients (SPEC.md 3, bulk action): a job with an item a
// client. A draft shows who is in and who is left out; confirmed it waits for the worker
// (job_runner.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.h"
#include "clients/client_list.h"
#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

// As the field `action` and the column name them.
enum class JobAction {
    CreateUsers,      // crear_usuario_portal
    SendCredentials,  // enviar_credenciales: what is still sealed of these clients
    NewPassword,      // nueva_contrasena: a made one; sessions end
    DisableAccess,    // desactivar_acceso: sessions end
    EnableAccess,     // activar_acceso
};
[[nodiscard]] const char* job_action_name(JobAction action);
[[nodiscard]] std::optional<JobAction> job_action(std::string_view name);

enum class JobStatus { Draft, Queued, Done, Cancelled };

// Why a client is left out or failed; the names are those of the column `reason`.
enum class ItemReason {
    HasUser,
    NoContact,  // neither email nor phone
    NoUser,
    Deleted,
    NoFreeUsername,
    NoEmail,
    NoCredentials,  // nothing sealed any more: a new password is needed
    AlreadyDisabled,
    AlreadyEnabled,
};
[[nodiscard]] const char* item_reason_name(ItemReason reason);

struct Selection {
    std::vector<std::int64_t> ids;
    std::optional<ClientFilter> all_matching;  // present: instead of `ids`
};

// A draft with its items; those who cannot take part are left_out with the reason. Absent when
// nothing was selected. One statement, also for 100,000.
[[nodiscard]] std::optional<std::int64_t> draft_job(db::Connection& connection,
                                                    JobAction action,
                                                    const Selection& selection,
                                                    const Actor& actor,
                                                    Timestamp now);

// Draft to queued. `sends_mail`: credentials go out by mail as they are made, to those who have an
// address. False: it is no draft any more (two clicks), which is fine.
[[nodiscard]] bool confirm_job(db::Connection& connection,
                               std::int64_t id,
                               bool sends_mail,
                               const Actor& actor,
                               Timestamp now);

// What is pending stays undone, but what a runner has in hand may still be done; a draft is
// dropped. False when it had ended.
[[nodiscard]] bool cancel_job(db::Connection& connection,
                              std::int64_t id,
                              const Actor& actor,
                              Timestamp now);

// The failed items are pending again (of a job that has ended, and without its cancelled ones).
// Gives how many.
[[nodiscard]] std::int64_t retry_failed(db::Connection& connection,
                                        std::int64_t id,
                                        const Actor& actor,
                                        Timestamp now);

// The sealed passwords go now.
void discard_credentials(db::Connection& connection,
                         std::int64_t id,
                         const Actor& actor,
                         Timestamp now);

struct ReasonCount {
    std::string reason;  // item_reason_name
    std::int64_t count = 0;
};

struct JobSummary {
    std::int64_t id = 0;
    JobAction action = JobAction::CreateUsers;
    JobStatus status = JobStatus::Draft;
    bool sends_mail = false;
    std::string created_by;  // username; empty: the command line
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;
    std::optional<Timestamp> expires_at;
    std::int64_t pending = 0;
    std::int64_t done = 0;
    std::int64_t failed = 0;
    std::int64_t left_out = 0;
    std::int64_t cancelled = 0;
    std::int64_t with_credentials = 0;  // still sealed
    std::int64_t never_came_in = 0;     // done, with an account that has not logged in since
    std::int64_t mail_failed = 0;
    std::int64_t ended_since_start =
        0;                             // done or failed since started_at: what the rate is made of
    std::vector<ReasonCount> reasons;  // of failed and left out

    [[nodiscard]] std::int64_t taking_part() const { return pending + done + failed + cancelled; }
    // How many end in a second, from the start to now or the end; absent before the first.
    [[nodiscard]] std::optional<double> per_second(Timestamp now) const;
    [[nodiscard]] std::optional<std::chrono::seconds> remaining(Timestamp now) const;
};

[[nodiscard]] std::optional<JobSummary> job_summary(db::Connection& connection, std::int64_t id);

// The newest first, at most `count`.
[[nodiscard]] std::vector<JobSummary> recent_jobs(db::Connection& connection, std::int64_t count);

enum class ItemStatus { Pending, Done, Failed, LeftOut, Cancelled };
enum class MailState { None, Waiting, Sent, Failed, Expired };

struct JobItem {
    std::int64_t id = 0;
    std::int64_t client_id = 0;
    std::string full_name;
    std::string email;
    std::string phone;  // as stored
    ItemStatus status = ItemStatus::Pending;
    std::string reason;  // item_reason_name; empty when none
    std::string username;
    std::string password;  // opened; empty when gone, or not asked for
    // Delivery.
    MailState mail = MailState::None;
    std::string mail_error;
    std::optional<Timestamp> mailed_at;
    std::optional<Timestamp> printed_at;
    std::optional<Timestamp> shared_at;
    std::optional<Timestamp> first_login_at;      // the first since the credentials were made
    std::optional<Timestamp> password_chosen_at;  // since then
};

enum class ItemFilter { All, Done, Failed, LeftOut, NeverCameIn, MailFailed };

constexpr std::int64_t items_per_page = 50;

struct JobItemPage {
    std::vector<JobItem> items;
    std::int64_t total = 0;  // that match
    std::int64_t page = 1;
    std::int64_t pages = 1;
};

// As the columns name them. Throws Failure for other text, which the schema excludes.
[[nodiscard]] JobStatus job_status(std::string_view name);
[[nodiscard]] ItemStatus item_status(std::string_view name);
[[nodiscard]] const char* item_status_name(ItemStatus status);
[[nodiscard]] MailState mail_state(std::string_view name);

}  // namespace ventanilla
