#include "admin_bulk_action/job_model.h"

#include <array>
#include <charconv>
#include <iomanip>
#include <sstream>

#include "app/paths.h"
#include "clients/phone.h"
#include "jobs/credentials.h"

namespace ventanilla::admin_bulk_action {
namespace {

constexpr std::array<JobAction, 5> all_actions = {JobAction::CreateUsers,
                                                  JobAction::SendCredentials,
                                                  JobAction::NewPassword,
                                                  JobAction::DisableAccess,
                                                  JobAction::EnableAccess};

bool makes_passwords(JobAction action) {
    return action == JobAction::CreateUsers || action == JobAction::NewPassword;
}

bool delivers(JobAction action) {
    return makes_passwords(action) || action == JobAction::SendCredentials;
}

std::string time_text(const std::optional<Timestamp>& when) {
    return when ? date_time_text(*when) : "";
}

std::string reason_text(Visit& visit, const std::string& reason) {
    return reason.empty() ? "" : visit.services().renderer.text("item_" + reason);
}

void set_status(Model& model, const JobSummary& job) {
    model.set("is_draft", job.status == JobStatus::Draft)
        .set("is_running", job.status == JobStatus::Queued)
        .set("is_finished", job.status == JobStatus::Done)
        .set("is_stopped", job.status == JobStatus::Cancelled);
}

void set_counts(Model& model, const JobSummary& job) {
    const std::int64_t all = job.taking_part();
    const std::int64_t ended = all - job.pending;
    model.set("taking_part", all)
        .set("is_one", all == 1)
        .set("nobody", all == 0)
        .set("ended", ended)
        .set("percent", all == 0 ? 0 : ended * 100 / all)
        .set("done", job.done)
        .set("undone", job.cancelled)
        .set("chosen", all + job.left_out);
    const auto when_any = [&model](const char* name, std::int64_t count) {
        model.set(name, count == 0 ? "" : std::to_string(count));
    };
    when_any("failed", job.failed);
    when_any("left_out", job.left_out);
    when_any("mail_failed", job.mail_failed);
}

void set_speed(Model& model, const JobSummary& job, Timestamp now) {
    if (const auto speed = job.per_second(now)) {
        std::ostringstream text;
        text << std::fixed << std::setprecision(1) << *speed;
        model.set("rate", text.str());
    }
    if (const auto left = job.remaining(now)) {
        const auto minutes = std::chrono::ceil<std::chrono::minutes>(*left).count();
        model.set("remaining_minutes", minutes > 1 ? std::to_string(minutes) : "")
            .set("remaining_moment", minutes <= 1);
    }
}

// Has gone out, was given, was used: what the page says of each.
void set_delivery(Model& model, const JobSummary& job, const JobItem& item) {
    const bool is_shown = item.status == ItemStatus::Done && delivers(job.action);
    const bool is_mailed = item.mail == MailState::Waiting || item.mail == MailState::Sent;
    const bool is_out = is_mailed || item.printed_at || item.shared_at;
    const bool came_in = item.first_login_at.has_value();
    model.set("shows_delivery", is_shown)
        .set("undelivered", is_shown && !is_out && !came_in)
        .set("mail_waiting", item.mail == MailState::Waiting)
        .set("mail_sent_at", item.mail == MailState::Sent ? time_text(item.mailed_at) : "")
        .set("mail_refused", item.mail == MailState::Failed)
        .set("mail_error", item.mail_error)
        .set("mail_expired", item.mail == MailState::Expired)
        .set("printed_at", time_text(item.printed_at))
        .set("shared_at", time_text(item.shared_at))
        .set("first_login_at", time_text(item.first_login_at))
        .set("never_came_in", is_shown && !came_in)
        .set("password_chosen", item.password_chosen_at.has_value());
}

void set_handing_over(Model& model, Visit& visit, const JobItem& item) {
    const bool opened = !item.password.empty();
    const Settings& settings = visit.services().settings;
    model.set("password", item.password)
        .set("spelled", opened ? spelled_out(item.password) : "")
        .set("whatsapp_path", opened ? whatsapp_link(settings, item) : "")
        .set("can_mail", opened && !item.email.empty())
        .set("can_mark", opened && !item.shared_at);
}

}  // namespace

std::string job_path(std::int64_t id) {
    return paths::jobs + std::to_string(id) + '/';
}

std::optional<std::int64_t> id_of(const std::string& text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool fine = error == std::errc() && end == text.data() + text.size() && id > 0;
    return fine ? std::optional(id) : std::nullopt;
}

bool has_credentials(const JobSummary& job, Timestamp now) {
    return job.with_credentials > 0 && (!job.expires_at || *job.expires_at > now);
}

void set_job(Model& model, const JobSummary& job, Timestamp now) {
    for (const auto action : all_actions) {
        model.set(job_action_name(action), action == job.action);
    }
    set_status(model, job);
    set_counts(model, job);
    set_speed(model, job, now);
    model.set("job_id", job.id)
        .set("at_jobs", true)
        .set("makes_passwords", makes_passwords(job.action))
        .set("is_delivery", delivers(job.action))
        .set("sends_mail", job.sends_mail)
        .set("created_by", job.created_by)
        .set("created_at", date_time_text(job.created_at))
        .set("finished_at", time_text(job.finished_at))
        .set("expires_at", time_text(job.expires_at))
        .set("with_credentials", has_credentials(job, now))
        .set("passwords_gone",
             makes_passwords(job.action) && job.done > 0 && !has_credentials(job, now));
}

Model item_model(Visit& visit, const JobSummary& job, const JobItem& item) {
    const auto phone = read_phone(item.phone, visit.services().settings.phone_region);
    const bool has_line =
        item.status != ItemStatus::Pending && item.status != ItemStatus::Cancelled;
    const auto say = [&visit](const std::string& reason) { return reason_text(visit, reason); };
    Model model;
    model.set("id", item.id)
        .set("client_id", item.client_id)
        .set("full_name", item.full_name)
        .set("email", item.email)
        .set("phone", phone ? phone->shown : item.phone)
        .set("username", item.username)
        .set("line", has_line ? result_line(job.action, item, say) : "")
        .set("reason", reason_text(visit, item.reason));
    set_delivery(model, job, item);
    set_handing_over(model, visit, item);
    return model;
}

std::vector<Model> reason_models(Visit& visit, const JobSummary& job) {
    std::vector<Model> models;
    for (const auto& reason : job.reasons) {
        Model model;
        model.set("count", reason.count).set("reason", reason_text(visit, reason.reason));
        models.push_back(std::move(model));
    }
    return models;
}

}  // namespace ventanilla::admin_bulk_action
