// The floor of bulk creation: COUNT password hashes on all cores and nothing else. Prints how many
// a second.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

#include "accounts/password_hash.h"

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 400;
    std::atomic<int> next{0};
    const auto began = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
            threads.emplace_back([&] {
                while (next++ < count) {
                    static_cast<void>(ventanilla::hash_password("aB3xK9mP2qR7"));
                }
            });
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::cout << count / took.count() << '\n';
    return 0;
}
