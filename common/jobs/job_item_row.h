// How a row of the view job_item_state becomes a JobItem; for the statements of this folder.
#pragma once

#include <cstddef>

#include "db/connection.h"
#include "jobs/bulk_job.h"
#include "jobs/credentials.h"

namespace ventanilla {

// The columns from number `first` on must be: id, job_id, client_id, full_name, email, phone,
// status, reason, username, sealed, expires_at, mail, mail_error, mailed_at, printed_at, shared_at,
// first_login_at, password_chosen_at. The password is opened when `credentials` are given and its
// time is not over.
[[nodiscard]] JobItem item_from(const db::Rows& rows,
                                std::size_t row,
                                std::size_t first,
                                const Credentials* credentials);

}  // namespace ventanilla
