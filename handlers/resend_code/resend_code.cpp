#include "resend_code/resend_code.h"

#include "app/code_pages.h"

namespace ventanilla::resend_code {
namespace {

Response resend(Visit& visit, Flow flow) {
    const auto outcome = send_new_code(visit.services().claims, flow, visit.visitor());
    if (!outcome) {
        return visit.see_other(paths_of(flow).start);
    }
    if (std::holds_alternative<CodeThrottled>(*outcome)) {
        return code_sent_or_throttled(visit, flow, *outcome, paths_of(flow).code);
    }
    return visit.see_other(paths_of(flow).code, "notice_code_resent", Model());
}

}  // namespace

Response for_search(Visit& visit) {
    return resend(visit, Flow::Search);
}
Response for_form(Visit& visit) {
    return resend(visit, Flow::Form);
}
Response for_recovery(Visit& visit) {
    return resend(visit, Flow::Recovery);
}

}  // namespace ventanilla::resend_code
