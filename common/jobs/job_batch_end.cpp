// How a batch ends: the mails, what becomes of each item, and the trail.
#include <nlohmann/json.hpp>

#include "clients/text_array.h"
#include "core/digest.h"
#include "core/unreachable.h"
#include "jobs/credential_mail.h"
#include "jobs/job_batch.h"

namespace ventanilla {
namespace {

constexpr db::Statement end_items{"end_items", R"sql(
    UPDATE bulk_job_item
    SET status = input.status, reason = input.reason, account_id = input.account, username = input.username,
        sealed = decode(input.sealed, 'hex'), finished_at = $2,
        mail_id = input.mail, mailed_at = CASE WHEN input.mail IS NOT NULL THEN $2::timestamptz END
    FROM jsonb_to_recordset($1::jsonb) AS input (
        id bigint, status text, reason text, account bigint, username text, sealed text, mail bigint)
    WHERE bulk_job_item.id = input.id
)sql"};

constexpr db::Statement note_source_mails{"note_source_mails", R"sql(
    UPDATE bulk_job_item SET mail_id = input.mail, mailed_at = $3
    FROM unnest($1::bigint[], $2::bigint[]) AS input (item, mail)
    WHERE bulk_job_item.id = input.item
)sql"};

const char* event_name(JobAction action) {
    switch (action) {
        case JobAction::CreateUsers:
        case JobAction::NewPassword:
            return "credentials_made";
        case JobAction::SendCredentials:
            return "credentials_sent";
        case JobAction::DisableAccess:
            return "access_disabled";
        case JobAction::EnableAccess:
            return "access_enabled";
    }
    unreachable();
}

}  // namespace

void JobBatch::queue_mails() {
    const bool is_wanted = job_.action == JobAction::SendCredentials
                           || (job_.sends_mail && makes_passwords(job_.action));
    std::vector<Entry*> chosen;
    std::vector<MailedCredential> mails;
    for (auto* entry : going_on()) {
        const JobItem& item = entry->item;
        if (is_wanted && !item.email.empty()) {
            chosen.push_back(entry);
            mails.push_back({entry->account_id.value(),
                             item.full_name,
                             item.email,
                             item.username,
                             item.password});
        }
    }
    const auto ids =
        queue_credential_mails(transaction_, services_.settings, services_.outbox, mails, now_);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        chosen[i]->mail_id = ids[i];
        chosen[i]->item.mail = MailState::Waiting;
        chosen[i]->item.mailed_at = now_;
    }
}

void JobBatch::write() {
    std::vector<db::Call> calls;
    std::vector<std::int64_t> sources;
    std::vector<std::int64_t> mails;
    for (auto& entry : entries_) {
        entry.item.status = entry.goes_on() ? ItemStatus::Done : ItemStatus::Failed;
        if (!entry.goes_on()) {
            entry.item.password.clear();
            continue;
        }
        calls.push_back(event_of(entry));
        if (entry.source_item && entry.mail_id) {
            sources.push_back(*entry.source_item);
            mails.push_back(*entry.mail_id);
        }
    }
    calls.push_back(ended_items());
    if (!sources.empty()) {
        calls.push_back({&note_source_mails, db::Params(id_array(sources), id_array(mails), now_)});
    }
    transaction_.run_all(std::move(calls));
}

db::Call JobBatch::ended_items() const {
    const auto or_null = [](const auto& value) {
        return value ? nlohmann::json(*value) : nlohmann::json();
    };
    nlohmann::json input = nlohmann::json::array();
    for (const auto& entry : entries_) {
        const JobItem& item = entry.item;
        nlohmann::json row = {{"id", item.id},
                              {"status", item_status_name(item.status)},
                              {"account", or_null(entry.account_id)},
                              {"username", item.username},
                              {"mail", or_null(entry.mail_id)}};
        if (!item.reason.empty()) {
            row["reason"] = item.reason;
        } else if (makes_passwords(job_.action)) {
            row["sealed"] = hex(services_.credentials.seal(item.password, job_.id, item.client_id));
        }
        input.push_back(std::move(row));
    }
    return {&end_items, db::Params(input.dump(), now_)};
}

db::Call JobBatch::event_of(const Entry& entry) const {
    return audited({job_.actor.account_id,
                    event_name(job_.action),
                    "client:" + std::to_string(entry.item.client_id),
                    job_.actor.network,
                    nlohmann::json{{"job", job_.id}}.dump()},
                   now_);
}

}  // namespace ventanilla
