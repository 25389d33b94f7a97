// What a runner does with the items that it has claimed, in one transaction: all of it or nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job_runner.h"

namespace ventanilla {

// The job whose items these are.
struct RunningJob {
    std::int64_t id = 0;
    JobAction action = JobAction::CreateUsers;
    bool sends_mail = false;
    Actor actor;  // whom the audit log names
};

// A password with its hash, computed before anything is written.
struct ReadyPassword {
    std::string password;
    std::string hash;
};

[[nodiscard]] bool makes_passwords(JobAction action);

class JobBatch {
  public:
    JobBatch(const RunnerServices& services, db::Transaction& transaction, const RunningJob& job);

    // Locks the clients of these items, looks again at what is possible, and does it. An item that
    // needs a password must be in `ready`. The items as they ended, with their passwords.
    std::vector<JobItem> carry_out(const std::vector<std::int64_t>& item_ids,
                                   const std::map<std::int64_t, ReadyPassword>& ready);

  private:
    struct Entry {
        JobItem item;
        std::optional<std::int64_t> account_id;
        std::string hash;  // of the made password
        std::optional<std::int64_t> mail_id;
        std::optional<std::int64_t> source_item;  // where the sealed password stands
        [[nodiscard]] bool goes_on() const { return item.reason.empty(); }
    };

    void load(const std::vector<std::int64_t>& item_ids,
              const std::map<std::int64_t, ReadyPassword>& ready);
    void act();
    void create_users();
    void replace_passwords();
    void switch_access(bool on);
    void queue_mails();
    void write();
    [[nodiscard]] std::string wanted_username(const JobItem& item) const;
    [[nodiscard]] db::Call ended_items() const;
    [[nodiscard]] db::Call event_of(const Entry& entry) const;
    [[nodiscard]] std::vector<Entry*> going_on();
    [[nodiscard]] std::string accounts_going_on();

    const RunnerServices& services_;
    db::Transaction& transaction_;
    const RunningJob& job_;
    Timestamp now_;
    std::vector<Entry> entries_;
};

}  // namespace ventanilla
