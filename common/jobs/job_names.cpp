// Enums and the texts that stand for them in forms and columns.
#include <algorithm>
#include <array>
#include <utility>

#include "core/errors.h"
#include "core/unreachable.h"
#include "jobs/bulk_job.h"

namespace ventanilla {
namespace {

template <class Enum>
using Name = std::pair<const char*, Enum>;

constexpr std::array<Name<JobAction>, 5> actions = {{
    {"crear_usuario_portal", JobAction::CreateUsers},
    {"enviar_credenciales", JobAction::SendCredentials},
    {"nueva_contrasena", JobAction::NewPassword},
    {"desactivar_acceso", JobAction::DisableAccess},
    {"activar_acceso", JobAction::EnableAccess},
}};

constexpr std::array<Name<JobStatus>, 4> job_statuses = {{
    {"draft", JobStatus::Draft},
    {"queued", JobStatus::Queued},
    {"done", JobStatus::Done},
    {"cancelled", JobStatus::Cancelled},
}};

constexpr std::array<Name<ItemStatus>, 5> item_statuses = {{
    {"pending", ItemStatus::Pending},
    {"done", ItemStatus::Done},
    {"failed", ItemStatus::Failed},
    {"left_out", ItemStatus::LeftOut},
    {"cancelled", ItemStatus::Cancelled},
}};

constexpr std::array<Name<MailState>, 6> mail_states = {{
    {"none", MailState::None},
    {"pending", MailState::Waiting},
    {"sending", MailState::Waiting},
    {"sent", MailState::Sent},
    {"failed", MailState::Failed},
    {"expired", MailState::Expired},
}};

template <class Enum, std::size_t count>
std::optional<Enum> named(const std::array<Name<Enum>, count>& names, std::string_view name) {
    const auto* found = std::find_if(
        names.begin(), names.end(), [&](const Name<Enum>& one) { return name == one.first; });
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

template <class Enum, std::size_t count>
Enum known(const std::array<Name<Enum>, count>& names, std::string_view name) {
    if (const auto value = named(names, name)) {
        return *value;
    }
    throw Failure("a column holds an unknown name: " + std::string(name));
}

template <class Enum, std::size_t count>
const char* name_of(const std::array<Name<Enum>, count>& names, Enum value) {
    const auto* found = std::find_if(
        names.begin(), names.end(), [&](const Name<Enum>& one) { return value == one.second; });
    return found->first;
}

}  // namespace

const char* job_action_name(JobAction action) {
    return name_of(actions, action);
}

std::optional<JobAction> job_action(std::string_view name) {
    return named(actions, name);
}

JobStatus job_status(std::string_view name) {
    return known(job_statuses, name);
}

ItemStatus item_status(std::string_view name) {
    return known(item_statuses, name);
}

const char* item_status_name(ItemStatus status) {
    return name_of(item_statuses, status);
}

MailState mail_state(std::string_view name) {
    return known(mail_states, name);
}

const char* item_reason_name(ItemReason reason) {
    switch (reason) {
        case ItemReason::HasUser:
            return "has_user";
        case ItemReason::NoContact:
            return "no_contact";
        case ItemReason::NoUser:
            return "no_user";
        case ItemReason::Deleted:
            return "deleted";
        case ItemReason::NoFreeUsername:
            return "no_free_username";
        case ItemReason::NoEmail:
            return "no_email";
        case ItemReason::NoCredentials:
            return "no_credentials";
        case ItemReason::AlreadyDisabled:
            return "already_disabled";
        case ItemReason::AlreadyEnabled:
            return "already_enabled";
    }
    unreachable();
}

}  // namespace ventanilla
