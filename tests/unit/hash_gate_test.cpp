// The gate over real processes: children are forked, killed and counted.
#include "accounts/hash_gate.h"

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/gate_processes.h"

using namespace std::chrono_literals;
using ventanilla::HashGate;
using namespace ventanilla::test;

namespace {

// What the processes of one test tell each other.
struct Counts {
    std::atomic<int> inside{0};
    std::atomic<int> most_inside{0};
    std::atomic<bool> entered{false};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_gate)

BOOST_AUTO_TEST_CASE(as_many_enter_as_there_are_slots_and_the_next_gets_nothing) {
    const Directory directory;
    HashGate gate(directory.path(), 3);
    std::vector<HashGate::Pass> passes;
    for (int i = 0; i < 3; ++i) {
        auto pass = gate.enter(0ms);
        BOOST_REQUIRE(pass.has_value());
        passes.push_back(std::move(*pass));
    }
    const auto start = std::chrono::steady_clock::now();
    BOOST_TEST(!admits(gate, 40ms));
    BOOST_TEST((std::chrono::steady_clock::now() - start >= 40ms));
    passes.pop_back();
    BOOST_TEST(admits(gate));
}

BOOST_AUTO_TEST_CASE(a_slot_taken_through_one_gate_is_taken_for_all_others) {
    const Directory directory;
    HashGate one(directory.path(), 1);
    HashGate other(directory.path(), 1);
    auto pass = one.enter(0ms);
    BOOST_REQUIRE(pass.has_value());
    BOOST_TEST(!admits(other));
    pass.reset();
    BOOST_TEST(admits(other));
}

BOOST_AUTO_TEST_CASE(no_slots_are_read_as_one) {
    const Directory directory;
    HashGate gate(directory.path(), 0);
    const auto pass = gate.enter(0ms);
    BOOST_TEST(pass.has_value());
    BOOST_TEST(!admits(gate));
}

BOOST_AUTO_TEST_CASE(a_moved_pass_releases_once) {
    const Directory directory;
    HashGate gate(directory.path(), 2);
    auto first = gate.enter(0ms);
    auto second = gate.enter(0ms);
    BOOST_REQUIRE((first && second));
    *first = std::move(*second);  // lets go of the first slot, keeps the second
    second.reset();
    auto third = gate.enter(0ms);
    BOOST_TEST(third.has_value());
    BOOST_TEST(!admits(gate));
    first.reset();
    BOOST_TEST(admits(gate));
}

BOOST_AUTO_TEST_CASE(who_waits_gets_the_slot_that_is_released_meanwhile) {
    const Directory directory;
    HashGate gate(directory.path(), 1);
    auto pass = gate.enter(0ms);
    BOOST_REQUIRE(pass.has_value());
    bool admitted = false;
    std::thread waiting([&] { admitted = admits(gate, 30s); });
    pass.reset();
    waiting.join();
    BOOST_TEST(admitted);
}

BOOST_AUTO_TEST_CASE(a_killed_process_leaves_its_slot_free) {
    const Directory directory;
    Shared<Counts> shared;
    HashGate gate(directory.path(), 1);
    const pid_t child = in_child([&] {
        const auto pass = gate.enter(0ms);
        shared->entered = pass.has_value();
        for (;;) {
            pause();
        }
        return 0;
    });
    while (!shared->entered && waitpid(child, nullptr, WNOHANG) == 0) {
        std::this_thread::yield();
    }
    BOOST_TEST(shared->entered);
    BOOST_TEST(!admits(gate));
    kill(child, SIGKILL);
    exit_code(child);
    BOOST_TEST(admits(gate));
}

BOOST_AUTO_TEST_CASE(a_child_neither_shares_nor_ends_the_pass_of_its_parent) {
    const Directory directory;
    HashGate gate(directory.path(), 1);
    auto pass = gate.enter(0ms);
    BOOST_REQUIRE(pass.has_value());
    const int code = exit_code(in_child([&] {
        pass.reset();  // before the gate knows that this is another process
        return admits(gate) ? 1 : 0;
    }));
    BOOST_TEST(code == 0);
    HashGate other(directory.path(), 1);
    BOOST_TEST(!admits(other));
    pass.reset();
    BOOST_TEST(admits(other));
}

BOOST_AUTO_TEST_CASE(many_processes_are_never_inside_at_once_above_the_slots) {
    const Directory directory;
    Shared<Counts> shared;
    HashGate gate(directory.path(), 2);
    std::array<pid_t, 8> children{};
    for (pid_t& child : children) {
        child = in_child([&] {
            for (int round = 0; round < 20; ++round) {
                const auto pass = gate.enter(60s);
                const int inside = ++shared->inside;
                for (int most = shared->most_inside;
                     most < inside && !shared->most_inside.compare_exchange_weak(most, inside);) {
                }
                std::this_thread::yield();
                --shared->inside;
                if (!pass) {
                    return 1;
                }
            }
            return 0;
        });
    }
    for (const pid_t child : children) {
        BOOST_TEST(exit_code(child) == 0);
    }
    BOOST_TEST(shared->inside == 0);
    BOOST_TEST(shared->most_inside >= 1);
    BOOST_TEST(shared->most_inside <= 2);
}

BOOST_AUTO_TEST_CASE(slot_files_are_for_the_group_whatever_the_umask) {
    const Directory directory;
    const mode_t before = umask(0077);
    HashGate gate(directory.path(), 1);
    const bool admitted = admits(gate);
    umask(before);
    BOOST_TEST(admitted);
    struct stat status {};
    BOOST_REQUIRE(stat((directory.path() + "/hash-slot-0").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777U) == 0660U);
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_an_error_of_the_system_and_not_a_full_house) {
    const Directory directory;
    HashGate gate(directory.path() + "/nowhere", 1);
    BOOST_CHECK_THROW(admits(gate), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
