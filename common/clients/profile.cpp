#include "clients/profile.h"

#include <nlohmann/json.hpp>

#include "clients/client_form.h"
#include "clients/profile_store.h"
#include "core/digest.h"

namespace ventanilla {
namespace {

// Where there is no client, the account's own name and email.
constexpr db::Statement find_profile{"find_profile", R"sql(
    SELECT client.id, coalesce(client.full_name, concat_ws(' ', first_name, nullif(last_name, ''))),
           coalesce(nullif(client.email, ''), account.email, ''), coalesce(phone, ''), coalesce(address, '')
    FROM session
    JOIN account ON account.id = session.account_id
    LEFT JOIN client ON client.account_id = account.id AND NOT is_deleted
    WHERE token_hash = $1
)sql"};

constexpr db::Statement find_waiting_change{"find_waiting_change", R"sql(
    SELECT id, full_name, email, phone, address, asked_at
    FROM session_client JOIN profile_change USING (client_id)
    WHERE token_hash = $1 AND status = 'waiting'
)sql"};

void take_waiting(Profile& profile, const db::Rows& rows) {
    using Text = std::optional<std::string>;
    if (const auto row = rows.first<std::int64_t, Text, Text, Text, Text, Timestamp>()) {
        const auto& [id, full_name, email, phone, address, asked_at] = *row;
        profile.waiting = WaitingChange{id, full_name, email, phone, address, asked_at};
    }
}

// The fields that differ from what is there.
ProfileFields differing(const ClientData& before, const ClientData& wanted) {
    ProfileFields fields;
    const auto compare = [](std::optional<std::string>& field,
                            const std::string& old_value,
                            const std::string& new_value) {
        if (old_value != new_value) {
            field = new_value;
        }
    };
    compare(fields.full_name, before.full_name, wanted.full_name);
    compare(fields.phone, before.phone, wanted.phone);
    compare(fields.address, before.address, wanted.address);
    return fields;
}

db::Call audited_wish(const char* action,
                      const ProfileOwner& owner,
                      const ProfileFields& fields,
                      const std::string& network,
                      Timestamp now) {
    const nlohmann::json details = {{"fields", fields.names()}};
    return audited({owner.account_id,
                    action,
                    "client:" + std::to_string(owner.client_id),
                    network,
                    details.dump()},
                   now);
}

}  // namespace

Profile profile_of(const ProfileServices& services, const std::string& session_token) {
    const db::Bytes token_hash{sha256(session_token)};
    const auto rows = services.database.run_all({{&find_profile, db::Params(token_hash)},
                                                 {&find_waiting_change, db::Params(token_hash)},
                                                 finding_pending_email(session_token)});
    Profile profile;
    if (const auto row = rows[0]
                             .first<std::optional<std::int64_t>,
                                    std::string,
                                    std::string,
                                    std::string,
                                    std::string>()) {
        std::tie(
            profile.client_id, profile.full_name, profile.email, profile.phone, profile.address) =
            *row;
    }
    take_waiting(profile, rows[1]);
    if (const auto pending = pending_email_from(rows[2], services.clock.now())) {
        profile.unproven_email = pending->email;
    }
    return profile;
}

std::variant<ProfileOutcome, ProfileProblems> change_profile(const ProfileServices& services,
                                                             const Account& account,
                                                             const ProfileData& typed,
                                                             const std::string& network) {
    auto checked = checked_client({typed.full_name, "", typed.phone, typed.address, ""},
                                  services.settings.phone_region);
    if (!checked.problems.empty()) {
        return std::move(checked.problems);
    }
    db::Transaction transaction(services.database);
    const auto owner = lock_owner_of(transaction, account.id);
    if (!owner) {
        return ProfileOutcome::NoClient;
    }
    const ProfileFields fields = differing(owner->data, checked.data);
    if (fields.are_empty()) {
        return ProfileOutcome::Unchanged;
    }
    const bool waits = services.settings.profile_approval;
    auto calls =
        waits ? wishing(transaction, services, *owner, fields) : applying(services, *owner, fields);
    calls.push_back(audited_wish(waits ? "profile_change_asked" : "profile_changed",
                                 *owner,
                                 fields,
                                 network,
                                 services.clock.now()));
    transaction.run_all(std::move(calls));
    transaction.commit();
    return waits ? ProfileOutcome::Waiting : ProfileOutcome::Changed;
}

}  // namespace ventanilla
