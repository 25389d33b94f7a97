// Pages of the program `admin_bulk_action` (SPEC.md 3, bulk action): what staff do with many
// clients at once, and handing over the credentials that come out of it.
#pragma once

#include "app/visit.h"

namespace ventanilla::admin_bulk_action {

// POST of the client list. 303 to the draft of a job; 200 the file clients.csv; 303 back to the
// list, with its filters, when nobody or no action was chosen.
Response start(Visit& visit);

// 200: the newest jobs.
Response jobs(Visit& visit);

// 200: the job as a draft, as it moves, or its result; 404 no such job. Passwords only for
// operators, and their being seen is in the audit log.
Response job(Visit& visit);

// POST. 303 to the job, or to the client list when a draft was dropped; 404 no such job.
Response confirm(Visit& visit);
Response cancel(Visit& visit);
Response retry(Visit& visit);
Response discard(Visit& visit);
Response send(Visit& visit);
// 404 also when the job has no such client.
Response mark_handed_over(Visit& visit);

// 200: credenciales_clientes.txt; 404 when no password is left.
Response download(Visit& visit);
// 200: slips to cut; 404 when no password is left.
Response slips(Visit& visit);

}  // namespace ventanilla::admin_bulk_action
