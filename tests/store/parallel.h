// Races: the same work in many threads at once, each with a connection of its own that is open
// before the start.
#pragma once

#include <exception>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/test_services.h"

namespace ventanilla::test {

// The results of work(services, number) for number 0 .. count-1. What a thread throws is thrown
// here.
template <class Result, class Work>
std::vector<Result> in_parallel(const TestServices& test, int count, const Work& work) {
    std::vector<Result> results(static_cast<std::size_t>(count));
    std::vector<std::exception_ptr> errors(results.size());
    std::latch ready(count);
    std::vector<std::thread> threads;
    for (int number = 0; number < count; ++number) {
        threads.emplace_back([&, number] {
            const auto index = static_cast<std::size_t>(number);
            bool arrived = false;
            try {
                Services services(test.settings, test.clock, test_renderer(), "race");
                services.database.ensure_open();
                arrived = true;
                ready.arrive_and_wait();
                results[index] = work(services, number);
            } catch (...) {
                errors[index] = std::current_exception();
                if (!arrived) {
                    ready.count_down();
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    for (const auto& error : errors) {
        if (error) {
            std::rethrow_exception(error);
        }
    }
    return results;
}

}  // namespace ventanilla::test
