// A job and its clients as templates want them.
#pragma once

#include <string>

#include "app/visit.h"
#include "jobs/bulk_job.h"

namespace ventanilla::admin_bulk_action {

// The job's own page, and addresses below it.
[[nodiscard]] std::string job_path(std::int64_t id);

// The number in a field; absent when it is none.
[[nodiscard]] std::optional<std::int64_t> id_of(const std::string& text);

// Whether passwords of the job can still be seen.
[[nodiscard]] bool has_credentials(const JobSummary& job, Timestamp now);

// What every page of a job shows: what it does, to how many, who began it, and how it stands.
void set_job(Model& model, const JobSummary& job, Timestamp now);

// One client of a job. With an empty password nothing that needs it is there.
[[nodiscard]] Model item_model(Visit& visit, const JobSummary& job, const JobItem& item);

// Why people failed or were left out, and how many.
[[nodiscard]] std::vector<Model> reason_models(Visit& visit, const JobSummary& job);

}  // namespace ventanilla::admin_bulk_action
