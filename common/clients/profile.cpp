#include "clients/profile.h"

#include <nlohmann/json.hpp>

#include "clients/client_form.h"
#include "clients/profile_store.h"

namespace ventanilla {
namespace {

constexpr db::Statement find_profile{"find_profile", R"sql(
    SELECT client.id, full_name, coalesce(email, ''), coalesce(phone, ''), coalesce(address, '')
    FROM client WHERE account_id = $1 AND NOT is_deleted
)sql"};

constexpr db::Statement find_waiting_change{"find_waiting_change", R"sql(
    SELECT profile_change.id, profile_change.full_name, profile_change.email, profile_change.phone,
           profile_change.address, asked_at
    FROM client JOIN profile_change ON profile_change.client_id = client.id
    WHERE client.account_id = $1 AND NOT is_deleted AND status = 'waiting'
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

Profile profile_of(const ProfileServices& services, const Account& account) {
    const auto rows = services.database.run_all(
        {{&find_profile, db::Params(account.id)}, {&find_waiting_change, db::Params(account.id)}});
    Profile profile;
    profile.full_name = account.full_name();
    profile.email = account.email;
    if (const auto row =
            rows[0].first<std::int64_t, std::string, std::string, std::string, std::string>()) {
        const auto& [id, full_name, email, phone, address] = *row;
        profile.client_id = id;
        profile.full_name = full_name;
        profile.email = email.empty() ? account.email : email;
        profile.phone = phone;
        profile.address = address;
    }
    take_waiting(profile, rows[1]);
    if (const auto pending = pending_email(services, account.id)) {
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
