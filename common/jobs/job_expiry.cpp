#include "jobs/job_runner.h"

namespace ventanilla {
namespace {

constexpr std::chrono::hours day{24};
constexpr std::chrono::hours link_memory{24 * 30};

constexpr db::Statement forget_expired{"forget_expired_credentials", R"sql(
    UPDATE bulk_job_item SET sealed = NULL FROM bulk_job
    WHERE bulk_job.id = job_id AND sealed IS NOT NULL AND expires_at <= $1
)sql"};

// What waits in the outbox holds the same password, or a link instead of it.
constexpr db::Statement expire_mails{"expire_credential_mails", R"sql(
    UPDATE mail_outbox SET status = 'expired', last_error = 'not sent in time', model = NULL
    FROM bulk_job_item AS item JOIN bulk_job ON bulk_job.id = item.job_id
    WHERE item.mail_id = mail_outbox.id AND mail_outbox.status = 'pending' AND bulk_job.expires_at <= $1
)sql"};

constexpr db::Statement remove_links{"remove_activation_links", R"sql(
    DELETE FROM activation_link WHERE expires_at < $1
)sql"};

constexpr db::Statement remove_drafts{"remove_old_drafts", R"sql(
    DELETE FROM bulk_job WHERE status = 'draft' AND created_at < $1
)sql"};

// Of a command that died and was not started again within the time of its credentials.
constexpr db::Statement end_left_commands{"end_left_commands", R"sql(
    UPDATE bulk_job SET status = 'cancelled', finished_at = $1
    WHERE status = 'queued' AND by_command
      AND coalesce(expires_at, created_at + interval '1 day') <= $1
)sql"};

}  // namespace

void remove_expired_credentials(db::Connection& connection, Timestamp now) {
    connection.run_all({{&expire_mails, db::Params(now)},
                        {&forget_expired, db::Params(now)},
                        {&remove_links, db::Params(now - link_memory)},
                        {&remove_drafts, db::Params(now - day)},
                        {&end_left_commands, db::Params(now)}});
}

}  // namespace ventanilla
