#include "app/code_pages.h"

#include "app/paths.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

const char* reason_key(CodeLimit limit) {
    switch (limit) {
        case CodeLimit::MailGap:
            return "reason_mail_gap";
        case CodeLimit::MailDay:
            return "reason_mail_day";
        case CodeLimit::NetworkRequests:
            return "reason_network_requests";
        case CodeLimit::NetworkWrong:
            return "reason_network_codes";
    }
    unreachable();
}

}  // namespace

FlowPaths paths_of(Flow flow) {
    switch (flow) {
        case Flow::Search:
            return {paths::search, paths::search_code, paths::search_resend};
        case Flow::Form:
            return {paths::form, paths::form_code, paths::form_resend};
        case Flow::Recovery:
            return {paths::recovery, paths::recovery_code, paths::recovery_resend};
    }
    unreachable();
}

Response code_sent_or_throttled(Visit& visit,
                                Flow flow,
                                const StartOutcome& outcome,
                                const std::string& back_path) {
    if (const auto* throttled = std::get_if<CodeThrottled>(&outcome)) {
        return visit.throttled(reason_key(throttled->limit), throttled->retry_at, back_path);
    }
    return visit.see_other(paths_of(flow).code);
}

}  // namespace ventanilla
