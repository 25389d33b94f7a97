// The queue: which mail goes next, and what becomes of it. A row is marked as being sent before it
// is sent, so whatever dies in between, no mail is lost and at most the one at hand goes out twice.
//
//   pending --claimed--> sending --taken by the server---------------------> sent      (its content
//   erased)
//                           |------refused for now: 1 min doubling to 1 h--> pending, after 5 days
//                           failed
//                           |------refused for good------------------------> failed
//                           |------no longer of use (not_after)------------> expired
//                           |------server away: the whole queue pauses-----> pending, the attempt
//                           does not count
//                           `------worker died: the next one finds it------> pending
//
// Mails that will be worthless some day (codes) go before those that will not, else the oldest
// first. One worker delivers at a time: it holds an advisory lock of the database, others stand by.
// Behind a transaction pooler there is no such lock; then run one worker.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/clock.h"
#include "db/connection.h"
#include "mail/message_text.h"
#include "mail/outbox.h"
#include "mail/transport.h"

namespace ventanilla {

// What deliver_due() leaves behind.
struct DeliveryReport {
    bool is_in_charge = false;  // false: another worker delivers
    bool server_is_away = false;
    std::optional<Timestamp>
        next_due;  // when it is worth to come again; absent: when a mail is queued
};

class Delivery {
  public:
    // All of them outlive this.
    struct Parts {
        db::Connection& database;
        const Outbox& outbox;
        const MessageText& texts;
        Transport& transport;
        const Clock& clock;
    };

    // `pooler` is the setting DATABASE_POOLER.
    Delivery(const Parts& parts, bool pooler) : parts_(parts), pooler_(pooler) {}

    // Sends what is due, for about a second; then there may be more (next_due is now). `must_leave`
    // is asked between mails. One round trip to the database a mail. Throws DatabaseError; what had
    // become of the mail at hand is kept and written by the next call.
    [[nodiscard]] DeliveryReport deliver_due(const std::function<bool()>& must_leave);

  private:
    struct Mail;

    [[nodiscard]] std::optional<Mail> claim_next();
    void record();
    [[nodiscard]] std::vector<db::Rows> run_after_record(std::optional<db::Call> call);
    [[nodiscard]] DeliveryReport outlook();
    [[nodiscard]] bool take_charge();

    [[nodiscard]] db::Call handled(const Mail& mail);
    [[nodiscard]] db::Call settled(const Mail& mail,
                                   const SendResult& result,
                                   std::chrono::milliseconds took);
    [[nodiscard]] db::Call postponed(const Mail& mail, const std::string& reason) const;
    [[nodiscard]] db::Call returned(const Mail& mail, const std::string& reason);
    [[nodiscard]] bool is_paused() const;

    Parts parts_;
    bool pooler_;
    std::optional<db::Call> unrecorded_;  // what became of a mail, not yet in the database
    Timestamp paused_until_{};
    std::chrono::seconds pause_{0};  // 0: the server is there
};

}  // namespace ventanilla
