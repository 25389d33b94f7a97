#include "jobs/job_batch.h"

#include "accounts/account_store.h"
#include "clients/phone.h"
#include "clients/text_array.h"
#include "core/errors.h"
#include "core/unreachable.h"
#include "sessions/session.h"

namespace ventanilla {
namespace {

// $1 items, $2 action, $3 now. Sorted, so that two batches with the same clients wait for each
// other in one order. Staff's own accounts are nobody's to handle here.
constexpr db::Statement lock_clients{"lock_clients", R"sql(
    SELECT item.id, client.id, client.full_name, coalesce(client.email, ''), coalesce(client.phone, ''),
           coalesce(job_refusal($2, client, account, source.id IS NOT NULL), ''),
           account.id, coalesce(account.username, ''), source.id, source.job_id, source.sealed
    FROM bulk_job_item AS item
    JOIN client ON client.id = item.client_id
    LEFT JOIN account ON account.id = client.account_id AND NOT account.is_staff
    LEFT JOIN LATERAL (
        SELECT made.id, made.job_id, made.sealed
        FROM bulk_job_item AS made JOIN bulk_job ON bulk_job.id = made.job_id
        WHERE $2 = 'enviar_credenciales'
          AND made.account_id = account.id AND made.sealed IS NOT NULL AND bulk_job.expires_at > $3
        ORDER BY made.finished_at DESC, made.id DESC LIMIT 1) AS source ON true
    WHERE item.id = ANY ($1::bigint[])
    ORDER BY client.id
    FOR NO KEY UPDATE OF client
)sql"};

constexpr db::Statement link_clients{"link_clients", R"sql(
    UPDATE client SET account_id = input.account
    FROM unnest($1::bigint[], $2::bigint[]) AS input (client, account)
    WHERE client.id = input.client AND client.account_id IS NULL AND NOT client.is_deleted
)sql"};

// A made password that is no longer the account's, and a link that would replace the new one.
constexpr db::Statement forget_former{"forget_former_credentials", R"sql(
    WITH links AS (
        UPDATE activation_link SET expires_at = $2
        WHERE account_id = ANY ($1::bigint[]) AND used_at IS NULL AND expires_at > $2
    )
    UPDATE bulk_job_item SET sealed = NULL WHERE account_id = ANY ($1::bigint[]) AND sealed IS NOT NULL
)sql"};

constexpr db::Statement set_access{"set_access", R"sql(
    UPDATE account SET is_active = $2 WHERE id = ANY ($1::bigint[])
)sql"};

}  // namespace

bool makes_passwords(JobAction action) {
    return action == JobAction::CreateUsers || action == JobAction::NewPassword;
}

JobBatch::JobBatch(const RunnerServices& services,
                   db::Transaction& transaction,
                   const RunningJob& job)
    : services_(services), transaction_(transaction), job_(job), now_(services.clock.now()) {}

std::vector<JobItem> JobBatch::carry_out(const std::vector<std::int64_t>& item_ids,
                                         const std::map<std::int64_t, ReadyPassword>& ready) {
    load(item_ids, ready);
    act();
    queue_mails();
    write();
    std::vector<JobItem> items;
    for (auto& entry : entries_) {
        items.push_back(std::move(entry.item));
    }
    return items;
}

void JobBatch::load(const std::vector<std::int64_t>& item_ids,
                    const std::map<std::int64_t, ReadyPassword>& ready) {
    const auto rows =
        transaction_.run(lock_clients, id_array(item_ids), job_action_name(job_.action), now_);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Entry entry;
        std::optional<std::int64_t> source_job;
        std::optional<db::Bytes> sealed;
        std::tie(entry.item.id,
                 entry.item.client_id,
                 entry.item.full_name,
                 entry.item.email,
                 entry.item.phone,
                 entry.item.reason,
                 entry.account_id,
                 entry.item.username,
                 entry.source_item,
                 source_job,
                 sealed) = rows.at<std::int64_t,
                                   std::int64_t,
                                   std::string,
                                   std::string,
                                   std::string,
                                   std::string,
                                   std::optional<std::int64_t>,
                                   std::string,
                                   std::optional<std::int64_t>,
                                   std::optional<std::int64_t>,
                                   std::optional<db::Bytes>>(i);
        if (const auto made = ready.find(entry.item.id); made != ready.end()) {
            entry.item.password = made->second.password;
            entry.hash = made->second.hash;
        } else if (entry.goes_on() && sealed) {
            const auto password =
                services_.credentials.open(sealed->value, source_job.value(), entry.item.client_id);
            entry.item.password = password.value_or("");
            entry.item.reason = password ? "" : item_reason_name(ItemReason::NoCredentials);
        }
        entries_.push_back(std::move(entry));
    }
}

void JobBatch::act() {
    switch (job_.action) {
        case JobAction::CreateUsers:
            create_users();
            return;
        case JobAction::NewPassword:
            replace_passwords();
            return;
        case JobAction::DisableAccess:
            switch_access(false);
            return;
        case JobAction::EnableAccess:
            switch_access(true);
            return;
        case JobAction::SendCredentials:
            return;
    }
    unreachable();
}

std::vector<JobBatch::Entry*> JobBatch::going_on() {
    std::vector<Entry*> chosen;
    for (auto& entry : entries_) {
        if (entry.goes_on()) {
            chosen.push_back(&entry);
        }
    }
    return chosen;
}

std::string JobBatch::accounts_going_on() {
    std::vector<std::int64_t> ids;
    for (const auto* entry : going_on()) {
        ids.push_back(entry->account_id.value());
    }
    return id_array(ids);
}

// The email, else the national digits (SPEC.md 7, phones).
std::string JobBatch::wanted_username(const JobItem& item) const {
    if (!item.email.empty()) {
        return item.email;
    }
    const auto phone = read_phone(item.phone, services_.settings.phone_region);
    return phone ? phone->stored : item.phone;
}

void JobBatch::create_users() {
    const auto chosen = going_on();
    std::vector<NewAccount> wanted;
    const Timestamp ends = now_ + std::chrono::days(services_.settings.made_password_days);
    for (const auto* entry : chosen) {
        const JobItem& item = entry->item;
        wanted.push_back(
            {wanted_username(item), item.email, item.full_name, "", entry->hash, false, ends});
    }
    const auto created = create_accounts(transaction_, wanted, now_);
    std::vector<std::int64_t> clients;
    std::vector<std::int64_t> accounts;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (!created[i]) {
            chosen[i]->item.reason = item_reason_name(ItemReason::NoFreeUsername);
            continue;
        }
        chosen[i]->account_id = created[i]->id;
        chosen[i]->item.username = created[i]->username;
        clients.push_back(chosen[i]->item.client_id);
        accounts.push_back(created[i]->id);
    }
    const auto linked = transaction_.run(link_clients, id_array(clients), id_array(accounts));
    if (linked.affected() != static_cast<std::int64_t>(clients.size())) {
        throw Failure("a locked client got another account");
    }
}

void JobBatch::replace_passwords() {
    const SessionStore sessions(services_.database, services_.settings, services_.clock);
    const Timestamp ends = now_ + std::chrono::days(services_.settings.made_password_days);
    std::vector<db::Call> calls = {{&forget_former, db::Params(accounts_going_on(), now_)}};
    for (const auto* entry : going_on()) {
        const std::int64_t account_id = entry->account_id.value();
        calls.push_back(storing_made_password(account_id, entry->hash, ends));
        calls.push_back(sessions.ending_others(account_id, 0));
    }
    transaction_.run_all(std::move(calls));
}

void JobBatch::switch_access(bool on) {
    const SessionStore sessions(services_.database, services_.settings, services_.clock);
    std::vector<db::Call> calls = {{&set_access, db::Params(accounts_going_on(), on)}};
    if (!on) {
        for (const auto* entry : going_on()) {
            calls.push_back(sessions.ending_others(entry->account_id.value(), 0));
        }
    }
    transaction_.run_all(std::move(calls));
}

}  // namespace ventanilla
