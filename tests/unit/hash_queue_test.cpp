// Who waits at the gate enters in the order of coming, whoever else is killed or stopped.
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "core/descriptor.h"
#include "unit/gate_processes.h"

using namespace std::chrono_literals;
using namespace ventanilla;
using namespace ventanilla::test;

namespace {

constexpr std::size_t people = 5;

struct Entries {
    std::array<std::atomic<int>, people> order{};
    std::atomic<std::size_t> count{0};
};

class Queue {
  public:
    explicit Queue(const std::string& directory)
        : file_(open((directory + "/hash-queue").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0660)) {}

    // Waits there as one who came so long ago.
    void stand_since(std::chrono::nanoseconds ago) {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        struct flock lock = bytes(F_RDLCK, std::chrono::nanoseconds(now - ago).count(), 1);
        BOOST_REQUIRE(fcntl(file_.get(), F_OFD_SETLK, &lock) == 0);
    }
    void leave() {
        struct flock lock = bytes(F_UNLCK, 0, 0);
        BOOST_REQUIRE(fcntl(file_.get(), F_OFD_SETLK, &lock) == 0);
    }
    // Until another one has come.
    void await_next() {
        struct flock lock {};
        do {
            std::this_thread::yield();
            lock = bytes(F_WRLCK, last_ + 1, 0);
            BOOST_REQUIRE(fcntl(file_.get(), F_OFD_GETLK, &lock) == 0);
        } while (lock.l_type == F_UNLCK);
        last_ = lock.l_start;
    }

  private:
    static struct flock bytes(short kind, off_t from, off_t length) {
        struct flock lock {};
        lock.l_type = kind;
        lock.l_whence = SEEK_SET;
        lock.l_start = from;
        lock.l_len = length;
        return lock;
    }

    Descriptor file_;
    off_t last_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_queue)

BOOST_AUTO_TEST_CASE(who_comes_first_is_served_first) {
    const Directory directory;
    HashGate gate(directory.path(), 1);
    auto pass = gate.enter(0ms);
    BOOST_REQUIRE(pass.has_value());
    Queue queue(directory.path());
    const Shared<Entries> entries;
    std::array<pid_t, people> children{};
    for (std::size_t i = 0; i < people; ++i) {
        children.at(i) = in_child([&] {
            const auto own = gate.enter(60s);
            entries->order.at(entries->count++) = static_cast<int>(i);
            return own ? 0 : 1;
        });
        queue.await_next();
    }
    pass.reset();
    for (const pid_t child : children) {
        BOOST_TEST(exit_code(child) == 0);
    }
    for (std::size_t i = 0; i < people; ++i) {
        BOOST_TEST(entries->order.at(i) == static_cast<int>(i));
    }
}

BOOST_AUTO_TEST_CASE(who_is_killed_while_waiting_keeps_nobody_back) {
    const Directory directory;
    HashGate gate(directory.path(), 1);
    auto pass = gate.enter(0ms);
    BOOST_REQUIRE(pass.has_value());
    Queue queue(directory.path());
    const auto wait_long = [&] { return admits(gate, 60s) ? 0 : 1; };
    const pid_t first = in_child(wait_long);
    queue.await_next();
    const pid_t second = in_child(wait_long);
    queue.await_next();
    kill(first, SIGKILL);
    BOOST_TEST(exit_code(first) == -1);
    pass.reset();
    BOOST_TEST(exit_code(second) == 0);
}

BOOST_AUTO_TEST_CASE(nobody_passes_those_who_wait_except_whoever_seems_to_be_stopped) {
    const Directory directory;
    HashGate gate(directory.path(), 1);
    Queue queue(directory.path());
    queue.stand_since(1s);
    BOOST_TEST(!admits(gate));
    queue.leave();
    BOOST_TEST(admits(gate));
    queue.stand_since(4s);
    BOOST_TEST(admits(gate));
}

BOOST_AUTO_TEST_SUITE_END()
