#include "admin_clients/admin_clients.h"

#include "claims/archive_progress.h"

namespace ventanilla::admin_clients {

Response overview(Visit& visit) {
    const ArchiveProgress progress =
        archive_progress(visit.services().database, visit.services().clock.now());
    Model model;
    model.set("archive_total", progress.archived)
        .set("archive_claimed", progress.claimed)
        .set("archive_by_password", progress.with_password)
        .set("archive_by_code", progress.only_with_email)
        .set("archive_lost", progress.with_neither)
        .set("claims_week", progress.claimed_this_week)
        .set("mail_pending", progress.mails_waiting)
        .set("mail_failed", progress.mails_failed);
    return visit.page("admin_clients/overview", std::move(model));
}

}  // namespace ventanilla::admin_clients
