// How jobs stand: one round trip, whatever their size.
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "jobs/bulk_job.h"

namespace ventanilla {
namespace {

// The job $1, or without it the newest $2.
constexpr db::Statement summarize_jobs{"summarize_jobs", R"sql(
    SELECT job.id, job.action, job.status, job.sends_mail, coalesce(creator.username, ''), job.created_at,
           job.started_at, job.finished_at, job.expires_at, counted.*, coalesce(reasons.counts, '{}')
    FROM (SELECT * FROM bulk_job WHERE $1::bigint IS NULL OR id = $1 ORDER BY id DESC LIMIT $2) AS job
    LEFT JOIN account AS creator ON creator.id = job.created_by
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'done'),
               count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'left_out'),
               count(*) FILTER (WHERE status = 'cancelled'), count(*) FILTER (WHERE sealed IS NOT NULL),
               count(*) FILTER (WHERE never_came_in), count(*) FILTER (WHERE mail = 'failed'),
               count(*) FILTER (WHERE finished_at >= job.started_at)
        FROM job_item_state WHERE job_id = job.id) AS counted
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(reason, clients) AS counts FROM (
            SELECT reason, count(*) AS clients FROM bulk_job_item
            WHERE job_id = job.id AND reason IS NOT NULL GROUP BY reason) AS grouped) AS reasons
    ORDER BY job.id DESC
)sql"};

std::vector<ReasonCount> reasons_from(const std::string& json) {
    std::vector<ReasonCount> reasons;
    const auto counts = nlohmann::json::parse(json);
    for (const auto& [reason, count] : counts.items()) {
        reasons.push_back({reason, count.get<std::int64_t>()});
    }
    return reasons;
}

JobAction known_action(const std::string& name) {
    if (const auto action = job_action(name)) {
        return *action;
    }
    throw Failure("a job with an unknown action: " + name);
}

// Column by column, for a tuple of twenty would have to be taken apart by position anyway.
class Row {
  public:
    Row(const db::Rows& rows, std::size_t index) : rows_(rows), index_(index) {}

    template <class Value>
    Value next() {
        Value value{};
        db::parse_cell(rows_.cell(index_, column_++), value);
        return value;
    }

  private:
    const db::Rows& rows_;
    std::size_t index_;
    std::size_t column_ = 0;
};

JobSummary summary_from(Row row) {
    JobSummary job;
    job.id = row.next<std::int64_t>();
    job.action = known_action(row.next<std::string>());
    job.status = job_status(row.next<std::string>());
    job.sends_mail = row.next<bool>();
    job.created_by = row.next<std::string>();
    job.created_at = row.next<Timestamp>();
    for (auto* when : {&job.started_at, &job.finished_at, &job.expires_at}) {
        *when = row.next<std::optional<Timestamp>>();
    }
    for (auto* count : {&job.pending,
                        &job.done,
                        &job.failed,
                        &job.left_out,
                        &job.cancelled,
                        &job.with_credentials,
                        &job.never_came_in,
                        &job.mail_failed,
                        &job.ended_since_start}) {
        *count = row.next<std::int64_t>();
    }
    job.reasons = reasons_from(row.next<std::string>());
    return job;
}

std::vector<JobSummary> summaries(db::Connection& connection,
                                  std::optional<std::int64_t> id,
                                  std::int64_t count) {
    const auto rows = connection.run(summarize_jobs, id, count);
    std::vector<JobSummary> jobs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        jobs.push_back(summary_from(Row(rows, i)));
    }
    return jobs;
}

}  // namespace

std::optional<double> JobSummary::per_second(Timestamp now) const {
    if (!started_at || ended_since_start == 0) {
        return std::nullopt;
    }
    const double seconds =
        std::chrono::duration<double>(finished_at.value_or(now) - *started_at).count();
    return seconds > 0 ? std::optional(static_cast<double>(ended_since_start) / seconds)
                       : std::nullopt;
}

std::optional<std::chrono::seconds> JobSummary::remaining(Timestamp now) const {
    const auto rate = per_second(now);
    if (status != JobStatus::Queued || !rate) {
        return std::nullopt;
    }
    return std::chrono::seconds(std::llround(static_cast<double>(pending) / *rate));
}

std::optional<JobSummary> job_summary(db::Connection& connection, std::int64_t id) {
    auto found = summaries(connection, id, 1);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<JobSummary> recent_jobs(db::Connection& connection, std::int64_t count) {
    return summaries(connection, std::nullopt, count);
}

}  // namespace ventanilla
