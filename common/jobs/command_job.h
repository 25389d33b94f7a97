// The job of `ventanilla crear-usuarios`: like one of staff, but the command carries it out itself,
// and it stays queued until its credentials are in the command's file. What a command that was
// killed leaves behind is found by the next one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "db/connection.h"

namespace ventanilla {

// Not deleted, without a user.
[[nodiscard]] std::int64_t clients_without_user(db::Connection& connection);

// One command at a time: true when no other is at work, and then none will be until this connection
// is closed. Needs a session of its own, not one of a transaction pooler.
[[nodiscard]] bool take_command_turn(db::Connection& connection);

// Jobs of commands that were killed before their credentials were in a file.
[[nodiscard]] std::vector<std::int64_t> left_command_jobs(db::Connection& connection);

// A queued job for at most `limit` of the clients without a user, those who can get one first. One
// statement, also for 100,000. Absent when there is none.
[[nodiscard]] std::optional<std::int64_t> begin_command_job(db::Connection& connection,
                                                            std::optional<std::int64_t> limit,
                                                            Timestamp now);

// The credentials are in the file: the job is done, and what is still pending in it is dropped.
void end_command_job(db::Connection& connection,
                     std::int64_t id,
                     std::int64_t credentials_hours,
                     Timestamp now);

}  // namespace ventanilla
