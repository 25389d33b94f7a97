#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <unistd.h>

#include <sys/resource.h>

#include "accounts/password_hash.h"
#include "jobs/job_runner.h"

namespace ventanilla {
namespace {

using std::chrono::steady_clock;

constexpr int lowest_priority = 19;

// What the threads share.
class HashWork {
  public:
    HashWork(const std::vector<std::string>& passwords, steady_clock::time_point deadline)
        : passwords_(passwords), deadline_(deadline), hashes_(passwords.size()) {}

    // What one thread does.
    void run() {
        // On Linux a priority belongs to a thread; without it the work is only less polite.
        (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), lowest_priority);
        try {
            for (auto index = next_++; index < passwords_.size() && may_begin(index);
                 index = next_++) {
                hashes_[index] = hash_password(passwords_[index]);
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
        }
    }

    std::vector<std::string> result() {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        return std::move(hashes_);
    }

  private:
    [[nodiscard]] bool may_begin(std::size_t index) const {
        return index == 0 || steady_clock::now() < deadline_;
    }

    const std::vector<std::string>& passwords_;
    steady_clock::time_point deadline_;
    std::vector<std::string> hashes_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

std::vector<std::string> background_hashes(const std::vector<std::string>& passwords,
                                           int threads,
                                           std::chrono::milliseconds patience) {
    HashWork work(passwords, steady_clock::now() + patience);
    {
        std::vector<std::jthread> all;
        const auto count =
            std::min(static_cast<std::size_t>(std::max(threads, 1)), passwords.size());
        for (std::size_t i = 0; i < count; ++i) {
            all.emplace_back([&work] { work.run(); });
        }
    }
    return work.result();
}

}  // namespace ventanilla
