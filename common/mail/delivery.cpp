#include "mail/delivery.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/log.h"
#include "core/random.h"
#include "core/unreachable.h"

namespace ventanilla {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds turn{1000};
constexpr milliseconds first_retry{std::chrono::minutes(1)};
constexpr milliseconds longest_retry{std::chrono::hours(1)};
constexpr std::uint32_t jitter_percent = 20;
constexpr std::chrono::hours patience{24 * 5};
// Shorter than the minute within which a live code must go out once the server is back.
constexpr std::chrono::seconds longest_pause{30};
constexpr std::size_t max_reason = 300;

// Any number will do that nothing else in this database uses.
constexpr std::int64_t lock_key = 0x6d61696c;

// The setting of the session says that it holds the lock: a connection that was opened anew does
// not have it, so it claims nothing. While a row is being sent, next_attempt_at says when that must
// have ended.
constexpr db::Statement claim_mail{"claim_mail", R"sql(
    UPDATE mail_outbox
    SET status = 'sending', attempts = attempts + 1, next_attempt_at = $1::timestamptz + interval '1 minute'
    WHERE id = COALESCE(
            (SELECT id FROM mail_outbox
             WHERE status = 'pending' AND next_attempt_at <= $1 AND not_after IS NOT NULL
             ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED),
            (SELECT id FROM mail_outbox
             WHERE status = 'pending' AND next_attempt_at <= $1 AND not_after IS NULL
             ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED))
      AND ($2::boolean OR current_setting('ventanilla.delivers', true) = 'on')
    RETURNING id, message, recipient, created_at, model, attempts, not_after
)sql"};

// Whoever holds this knows that the mail is out, even when another worker had taken over meanwhile.
constexpr db::Statement record_sent{"record_sent", R"sql(
    UPDATE mail_outbox SET status = 'sent', sent_at = $2, model = NULL
    WHERE id = $1 AND status IN ('pending', 'sending')
)sql"};

constexpr db::Statement record_ended{"record_ended", R"sql(
    UPDATE mail_outbox
    SET status = $3, last_error = $4, model = CASE WHEN $5::boolean THEN model END
    WHERE id = $1 AND attempts = $2 AND status = 'sending'
)sql"};

constexpr db::Statement record_pending{"record_pending", R"sql(
    UPDATE mail_outbox
    SET status = 'pending', next_attempt_at = $3, last_error = $4,
        attempts = CASE WHEN $5::boolean THEN attempts ELSE attempts - 1 END
    WHERE id = $1 AND attempts = $2 AND status = 'sending'
)sql"};

// A mail that a worker died with again and again must not keep the others waiting.
constexpr db::Statement release_left_mails{"release_left_mails", R"sql(
    UPDATE mail_outbox
    SET status = 'pending',
        next_attempt_at = CASE WHEN attempts > 3 THEN $1::timestamptz + interval '1 minute' ELSE created_at END
    WHERE status = 'sending' AND ($2::boolean OR next_attempt_at < $1)
)sql"};

constexpr db::Statement lock_delivery{"lock_delivery", R"sql(
    SELECT set_config('ventanilla.delivers', CASE WHEN pg_try_advisory_lock($1) THEN 'on' ELSE 'off' END, false) = 'on'
)sql"};

constexpr db::Statement mail_outlook{"mail_outlook", R"sql(
    SELECT COALESCE(current_setting('ventanilla.delivers', true), 'off') = 'on',
           (SELECT min(next_attempt_at) FROM mail_outbox WHERE status = 'pending')
)sql"};

constexpr bool keep_model = true;
constexpr bool erase_model = false;

// Server replies may hold anything; the column and the log take printable ASCII.
std::string storable(std::string reason) {
    reason.resize(std::min(reason.size(), max_reason));
    for (char& c : reason) {
        c = c < 0x20 || c > 0x7e ? '?' : c;
    }
    return reason;
}

milliseconds retry_delay(std::int64_t attempts) {
    constexpr std::int64_t doublings_that_matter = 10;
    const auto doublings = std::clamp<std::int64_t>(attempts - 1, 0, doublings_that_matter);
    const milliseconds plain =
        std::min<milliseconds>(first_retry * (1LL << doublings), longest_retry);
    const std::int64_t percent = 100 - jitter_percent + random_below(2 * jitter_percent + 1);
    return plain * percent / 100;
}

}  // namespace

struct Delivery::Mail {
    MailIdentity identity;
    std::optional<db::Bytes> model;
    std::int64_t attempts = 0;
    std::optional<Timestamp> not_after;

    [[nodiscard]] std::string id() const { return std::to_string(identity.id); }
    [[nodiscard]] db::Call ended(const char* status, const std::string& reason, bool keep) const {
        return {&record_ended, db::Params(identity.id, attempts, status, reason, keep)};
    }
};

DeliveryReport Delivery::deliver_due(const std::function<bool()>& must_leave) {
    const auto turn_end = steady_clock::now() + turn;
    if (is_paused()) {
        record();
        return {true, true, paused_until_};
    }
    while (const auto mail = claim_next()) {
        unrecorded_ = handled(*mail);
        if (is_paused() || must_leave() || steady_clock::now() >= turn_end) {
            record();
            return {true, is_paused(), is_paused() ? paused_until_ : parts_.clock.now()};
        }
    }
    parts_.transport.rest();
    return outlook();
}

// A pause that lies too far ahead was set before the clock was put back.
bool Delivery::is_paused() const {
    const Timestamp now = parts_.clock.now();
    return now < paused_until_ && paused_until_ - now <= pause_;
}

std::vector<db::Rows> Delivery::run_after_record(std::optional<db::Call> call) {
    std::vector<db::Call> calls;
    if (unrecorded_) {
        calls.push_back(*unrecorded_);
    }
    if (call) {
        calls.push_back(std::move(*call));
    }
    auto rows = calls.empty() ? std::vector<db::Rows>() : parts_.database.run_all(calls);
    unrecorded_.reset();
    return rows;
}

void Delivery::record() {
    static_cast<void>(run_after_record(std::nullopt));
}

std::optional<Delivery::Mail> Delivery::claim_next() {
    const auto rows =
        run_after_record(db::Call{&claim_mail, db::Params(parts_.clock.now(), pooler_)}).back();
    const auto row = rows.first<std::int64_t,
                                std::string,
                                std::string,
                                Timestamp,
                                std::optional<db::Bytes>,
                                std::int64_t,
                                std::optional<Timestamp>>();
    if (!row) {
        return std::nullopt;
    }
    const auto& [id, message, recipient, created_at, model, attempts, not_after] = *row;
    return Mail{{id, message, recipient, created_at}, model, attempts, not_after};
}

DeliveryReport Delivery::outlook() {
    const Timestamp now = parts_.clock.now();
    if (pooler_) {
        parts_.database.run(release_left_mails, now, false);
    }
    const auto [locked, next_due] =
        parts_.database.run(mail_outlook).at<bool, std::optional<Timestamp>>(0);
    if (locked || pooler_) {
        return {true, false, next_due};
    }
    return take_charge() ? DeliveryReport{true, false, now} : DeliveryReport{};
}

bool Delivery::take_charge() {
    if (!std::get<0>(parts_.database.run(lock_delivery, lock_key).at<bool>(0))) {
        return false;
    }
    const auto left = parts_.database.run(release_left_mails, parts_.clock.now(), true).affected();
    log_info("mail_delivery_taken", {{"left_by_another", std::to_string(left)}});
    return true;
}

db::Call Delivery::handled(const Mail& mail) {
    if (mail.not_after && *mail.not_after <= parts_.clock.now()) {
        log_info("mail_expired", {{"id", mail.id()}, {"message", mail.identity.message}});
        return mail.ended("expired", "not sent in time", erase_model);
    }
    const auto model = mail.model ? parts_.outbox.open(mail.model->value) : std::nullopt;
    if (!model) {
        const std::string reason = "its content cannot be opened: SECRET_KEY is another one";
        log_error("mail_failed", {{"id", mail.id()}, {"reason", reason}});
        return mail.ended("failed", reason, keep_model);
    }
    const auto begin = steady_clock::now();
    SendResult result{SendOutcome::RefusedForGood, "the recipient is not one mail address"};
    try {
        if (const auto composed = parts_.texts.compose(mail.identity, *model)) {
            result = parts_.transport.send(*composed);
        }
    } catch (const Failure& failure) {
        // A template that this worker does not know yet, in the middle of an upgrade: the next one
        // will.
        result = {SendOutcome::RefusedForNow, failure.what()};
    }
    return settled(
        mail, result, std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin));
}

db::Call Delivery::settled(const Mail& mail, const SendResult& result, milliseconds took) {
    const std::string reason = storable(result.reason);
    if (result.outcome != SendOutcome::ServerAway) {
        pause_ = std::chrono::seconds(0);
    }
    switch (result.outcome) {
        case SendOutcome::Sent:
            log_info("mail_sent",
                     {{"id", mail.id()},
                      {"message", mail.identity.message},
                      {"ms", std::to_string(took.count())}});
            return {&record_sent, db::Params(mail.identity.id, parts_.clock.now())};
        case SendOutcome::ServerAway:
            return returned(mail, reason);
        case SendOutcome::RefusedForNow:
            return postponed(mail, reason);
        case SendOutcome::RefusedForGood:
            log_error("mail_failed", {{"id", mail.id()}, {"reason", reason}});
            return mail.ended("failed", reason, erase_model);
    }
    unreachable();
}

db::Call Delivery::postponed(const Mail& mail, const std::string& reason) const {
    const Timestamp now = parts_.clock.now();
    if (mail.identity.created_at + patience <= now) {
        log_error("mail_given_up", {{"id", mail.id()}, {"reason", reason}});
        return mail.ended("failed", reason, erase_model);
    }
    log_error("mail_postponed", {{"id", mail.id()}, {"reason", reason}});
    const Timestamp next = now + retry_delay(mail.attempts);
    return {&record_pending, db::Params(mail.identity.id, mail.attempts, next, reason, true)};
}

// The row goes behind the others that are due: should it be this mail that drives the server away,
// the rest get by.
db::Call Delivery::returned(const Mail& mail, const std::string& reason) {
    const Timestamp now = parts_.clock.now();
    pause_ = std::clamp(pause_ * 2, std::chrono::seconds(1), longest_pause);
    paused_until_ = now + pause_;
    log_error("mail_server_away",
              {{"reason", reason}, {"pause_s", std::to_string(pause_.count())}});
    return {&record_pending, db::Params(mail.identity.id, mail.attempts, now, reason, false)};
}

}  // namespace ventanilla
