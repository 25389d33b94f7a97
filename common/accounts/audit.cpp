#include "accounts/audit.h"

namespace ventanilla {
namespace {

constexpr db::Statement write_audit{"write_audit", R"sql(
    INSERT INTO audit_log (at, actor_id, action, subject, network, details)
    VALUES ($1, $2, $3, $4, $5, $6::jsonb)
)sql"};

}  // namespace

db::Call audited(const AuditEvent& event, Timestamp now) {
    return {
        &write_audit,
        db::Params(now, event.actor_id, event.action, event.subject, event.network, event.details)};
}

}  // namespace ventanilla
