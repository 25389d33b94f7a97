// Carries out what is queued. Each batch is one transaction, so a job that was killed anywhere goes
// on where it was: no client ends with two users or an unknown password. Two runners at once do
// each item once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/settings.h"
#include "db/connection.h"
#include "jobs/bulk_job.h"
#include "jobs/credentials.h"
#include "mail/outbox.h"

namespace ventanilla {

struct RunnerServices {
    db::Connection& database;
    const Settings& settings;
    const Outbox& outbox;
    const Credentials& credentials;
    const Clock& clock;
};

enum class BatchOutcome {
    NothingToDo,   // nothing is queued
    OthersAtWork,  // what is left of all jobs is in others' hands: come again in a second
    Worked,
};

class JobRunner {
  public:
    // `threads` hash at once, at the lowest priority.
    JobRunner(const RunnerServices& services, int threads);

    // One batch, of about a second, of the oldest queued job that is not in others' hands, or its
    // end. Jobs of a command are left to it.
    BatchOutcome run_batch();

    // One batch of this job; its items as they ended, with their passwords. Empty: nothing is left
    // to do, or not for this runner; finish_job() tells.
    std::vector<JobItem> run_batch_of(std::int64_t job_id);

    // The job is done, unless items are still pending or it was cancelled: then false.
    [[nodiscard]] bool finish_job(std::int64_t job_id);

  private:
    // False: others have what is left of it.
    [[nodiscard]] bool advance(std::int64_t job_id);
    [[nodiscard]] std::vector<JobItem> try_batch_of(std::int64_t job_id);
    [[nodiscard]] std::int64_t batch_size(JobAction action) const;

    const RunnerServices services_;
    int threads_;
    double hashes_per_second_ = 0;  // as the last batch had it; 0: not known yet
};

// The passwords' hashes, computed by `threads` threads at the lowest priority. After `patience`
// nothing new is begun: what was not reached has an empty hash. At least the first is computed.
[[nodiscard]] std::vector<std::string> background_hashes(const std::vector<std::string>& passwords,
                                                         int threads,
                                                         std::chrono::milliseconds patience);

// For one client, at once and in this thread (the client's page, which takes a hash pass first, and
// ventanilla crear-usuario): the job with its one item, carried out. `password`: this one instead
// of a made one. When nothing could be done there is no job.
struct SingleResult {
    std::int64_t job_id = 0;
    JobItem item;  // Done with the password, or Failed with the reason
};
[[nodiscard]] SingleResult run_for_one(const RunnerServices& services,
                                       JobAction action,
                                       std::int64_t client_id,
                                       bool sends_mail,
                                       const std::optional<std::string>& password,
                                       const Actor& actor);

// Sealed passwords, mails and links whose time is over, drafts of yesterday. For the worker's
// timer.
void remove_expired_credentials(db::Connection& connection, Timestamp now);

}  // namespace ventanilla
